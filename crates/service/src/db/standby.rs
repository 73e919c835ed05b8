//! Reads lists from a PostgreSQL standby, as long as it follows closely.
//!
//! The lag is measured with a row that the primary renews every two seconds by its own clock: the lease of the
//! background jobs. The list reads it in its own snapshot, so its result is never older than allowed, whether
//! replication is slow, paused or broken. No privilege on the server is needed. If the standby cannot serve a list, the
//! primary does.

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

/// How long a list waits for a connection to the standby before it uses the primary.
const WAIT: Duration = Duration::from_millis(500);
/// How long the standby is not tried after a failure.
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

/// The lease was renewed at `until - term`, by the primary's clock.
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

    /// Did the standby serve the read? If anything fails here, the primary serves it.
    pub fn read(&self, work: JobRef<'_>) -> bool {
        if self.rests() {
            return false;
        }
        let (max_lag, connected, fresh) = (self.max_lag, Cell::new(false), Cell::new(false));
        let result = self.postgres.read(&mut |conn| {
            connected.set(true);
            fresh.set(is_fresh(conn, max_lag)?);
            if fresh.get() { work(conn) } else { Err(WorkError::Out(Unavailable::Busy)) }
        });
        let counter = match (&result, connected.get(), fresh.get()) {
            (Ok(_), ..) => &self.metrics.standby_served,
            (_, true, true) => &self.metrics.standby_failed,
            (_, true, false) => &self.metrics.standby_behind,
            (_, false, _) => &self.metrics.standby_away,
        };
        counter.inc();
        // A list that fails by itself (for example a row that is not replicated yet) does not mean that the standby
        // failed.
        *self.resting_until() = if fresh.get() { None } else { Some(Instant::now() + REST) };
        result.is_ok()
    }

    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }

    /// After each pause, one list tries the standby. Concurrent lists do not wait for its result.
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
