//! Lists may be read from a PostgreSQL standby, as long as it follows closely.
//!
//! How far it is behind shows in a row that the primary renews every two seconds by its own clock: the lease of the
//! background work. It is read in the list's own snapshot, so what is answered is never older than allowed, whether
//! replication is slow, paused or cut off, and it asks for no privilege on the server. Where the standby cannot answer,
//! the primary does.

use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Double, Text};

use super::admission::{Admission, ConnectionKind};
use super::job::JobRef;
use super::lease;
use super::postgres::Postgres;
use super::{Conn, DbOptions, StoreMetrics, Unavailable, WorkError, WorkResult};

/// How long a list waits for a connection to the standby: the primary is there too.
const WAIT: Duration = Duration::from_millis(500);
/// How long a standby that could not answer is left alone.
const REST: Duration = Duration::from_secs(3);

pub struct Standby {
    postgres: Postgres,
    max_lag: Duration,
    resting_until: Mutex<Option<Instant>>,
    metrics: StoreMetrics,
}

#[derive(QueryableByName)]
struct Fresh {
    #[diesel(sql_type = Bool)]
    fresh: bool,
}

/// Renewed at `until - term`, by the primary's clock.
const FRESH: &str = "SELECT COALESCE((SELECT clock_timestamp() - until < ($2 - $3) * interval '1 second' \
    FROM leases WHERE name = $1), false) AS fresh";

impl Standby {
    pub fn open(
        options: &DbOptions,
        url: &str,
        metrics: &StoreMetrics,
        admission: Arc<Admission>,
    ) -> anyhow::Result<Standby> {
        let wait = WAIT.min(options.pool_wait);
        let postgres = Postgres::open(
            (url, ConnectionKind::Reader, admission),
            options.pool_size,
            wait,
            metrics.wait_standby.clone(),
            metrics.clone(),
        );
        Ok(Standby {
            postgres,
            max_lag: options.read_max_lag,
            resting_until: Mutex::new(None),
            metrics: metrics.clone(),
        })
    }

    /// Could the standby do it? Whatever goes wrong here the primary decides.
    pub fn read(&self, work: JobRef<'_>) -> bool {
        if self.rests() {
            return false;
        }
        let (max_lag, begun, fresh) = (self.max_lag, Cell::new(false), Cell::new(false));
        let result = self.postgres.read(&mut |conn| {
            begun.set(true);
            fresh.set(is_fresh(conn, max_lag)?);
            if fresh.get() { work(conn) } else { Err(WorkError::Out(Unavailable::Busy)) }
        });
        let counter = match (&result, begun.get(), fresh.get()) {
            (Ok(_), ..) => &self.metrics.standby_served,
            (_, true, true) => &self.metrics.standby_failed,
            (_, true, false) => &self.metrics.standby_behind,
            (_, false, _) => &self.metrics.standby_away,
        };
        counter.inc();
        // A list that failed by itself (a row that is not there yet) says nothing of the standby.
        *self.resting_until() = if fresh.get() { None } else { Some(Instant::now() + REST) };
        result.is_ok()
    }

    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }

    /// Between two rests one list tries it; those that come meanwhile do not wait for what comes of it.
    fn rests(&self) -> bool {
        let mut until = self.resting_until();
        let now = Instant::now();
        match *until {
            None => false,
            Some(end) if now < end => true,
            Some(_) => {
                *until = Some(now + REST);
                false
            }
        }
    }

    fn resting_until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.resting_until.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn is_fresh(conn: &mut Conn, max_lag: Duration) -> WorkResult<bool> {
    let Conn::Postgres(conn) = conn else { return Ok(false) };
    let row: Fresh = diesel::sql_query(FRESH)
        .bind::<Text, _>(lease::BACKGROUND)
        .bind::<Double, _>(max_lag.as_secs_f64())
        .bind::<Double, _>(lease::TERM.as_secs_f64())
        .get_result(conn)?;
    Ok(row.fresh)
}
