//! Background jobs run in one replica at a time: the one that holds the lease.
//!
//! A lease avoids duplicate work, but it is not a lock. A holder that was paused can resume and act once more while the
//! next holder is active, so the jobs must be correct when two replicas run them.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Double, Text};

use super::{Conn, Db, WorkResult, WriteLock};

/// The lease for the background jobs of a deployment.
pub const BACKGROUND: &str = "background";
/// How long the other replicas wait for a dead holder at most.
pub const TERM: Duration = Duration::from_secs(6);

/// Uses the database's clock, because the clocks of the replicas can differ.
const TAKE: &str = "INSERT INTO leases (name, holder, until) \
    VALUES ($1, $2, clock_timestamp() + $3 * interval '1 second') \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
    WHERE leases.holder = excluded.holder OR leases.until < clock_timestamp()";
const RELEASE: &str = "DELETE FROM leases WHERE name = $1 AND holder = $2";

/// One replica's view of a lease.
pub struct Lease {
    name: &'static str,
    holder: String,
    term: Duration,
    known: Mutex<Known>,
}

/// The database's last response.
struct Known {
    held_until: Option<Instant>,
    ask_at: Instant,
}

impl Lease {
    pub fn new(name: &'static str, term: Duration) -> Lease {
        let holder = uuid::Uuid::now_v7().to_string();
        Lease { name, holder, term, known: Mutex::new(Known { held_until: None, ask_at: Instant::now() }) }
    }

    /// Does this replica hold the lease? Takes it if it is free and renews it in time. In between, it does not query
    /// the database, so a loop may call this often. An SQLite file is served by one process, which holds every lease.
    pub async fn held(&self, db: &Db) -> bool {
        if !db.is_postgres() {
            return true;
        }
        let asked = Instant::now();
        {
            let mut known = self.known();
            if asked < known.ask_at {
                return known.held_until.is_some_and(|until| asked < until);
            }
            // Concurrent callers get the last known result.
            known.ask_at = asked + self.term / 6;
        }
        let answer = self.take(db).await;
        let mut known = self.known();
        match answer {
            Ok(true) => {
                if known.held_until.is_none() {
                    tracing::info!(lease = self.name, "this replica now runs the background jobs");
                }
                // Counted from before the query, so that it ends here no later than in the database.
                *known = Known { held_until: Some(asked + self.term), ask_at: asked + self.term / 3 };
            }
            Ok(false) => known.held_until = None,
            // If the database is unreachable, the lease stays valid until it expires.
            Err(_) => {}
        }
        known.held_until.is_some_and(|until| Instant::now() < until)
    }

    /// Was the lease held at the last query?
    pub fn is_held(&self, db: &Db) -> bool {
        !db.is_postgres() || self.known().held_until.is_some_and(|until| Instant::now() < until)
    }

    /// Releases the lease, so that the others need not wait for it to expire.
    pub async fn release(&self, db: &Db) {
        if self.known().held_until.take().is_none() {
            return;
        }
        let (name, holder) = (self.name, self.holder.clone());
        // If this fails, the lease expires.
        let _ = db
            .write(WriteLock::default(), move |conn| {
                let Conn::Postgres(conn) = conn else { return Ok(()) };
                diesel::sql_query(RELEASE).bind::<Text, _>(name).bind::<Text, _>(&holder).execute(conn)?;
                Ok(())
            })
            .await;
    }

    async fn take(&self, db: &Db) -> WorkResult<bool> {
        let (name, holder, seconds) = (self.name, self.holder.clone(), self.term.as_secs_f64());
        db.write(WriteLock::default(), move |conn| {
            let Conn::Postgres(conn) = conn else { return Ok(true) };
            let taken = diesel::sql_query(TAKE)
                .bind::<Text, _>(name)
                .bind::<Text, _>(&holder)
                .bind::<Double, _>(seconds)
                .execute(conn)?;
            Ok(taken == 1)
        })
        .await
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
