//! Background work runs in one replica at a time: in the one that holds the lease.
//!
//! A lease spares work; it is no lock. A holder that stood still (a paused machine) may wake up and act once more while
//! the next one acts already, so the work must be right with two at once.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Double, Text};

use super::{Conn, Db, WorkResult, WriteLock};

/// The lease of the background work of a deployment.
pub const BACKGROUND: &str = "background";
/// How long a dead holder keeps the others waiting at most.
pub const TERM: Duration = Duration::from_secs(6);

/// The clock is the database's: those of the replicas may differ.
const TAKE: &str = "INSERT INTO leases (name, holder, until) \
    VALUES ($1, $2, clock_timestamp() + $3 * interval '1 second') \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
    WHERE leases.holder = excluded.holder OR leases.until < clock_timestamp()";
const RELEASE: &str = "DELETE FROM leases WHERE name = $1 AND holder = $2";

/// One replica's side of a lease.
pub struct Lease {
    name: &'static str,
    holder: String,
    term: Duration,
    known: Mutex<Known>,
}

/// What the database said last.
struct Known {
    held_until: Option<Instant>,
    ask_at: Instant,
}

impl Lease {
    pub fn new(name: &'static str, term: Duration) -> Lease {
        let holder = uuid::Uuid::now_v7().to_string();
        Lease { name, holder, term, known: Mutex::new(Known { held_until: None, ask_at: Instant::now() }) }
    }

    /// Does this replica hold the lease? Takes it where it is free and renews it in time; between that it asks nobody, so
    /// a loop may call this as often as it likes. One process serves an SQLite file, and it holds every lease.
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
            // Whoever asks meanwhile is told what was known.
            known.ask_at = asked + self.term / 6;
        }
        let answer = self.take(db).await;
        let mut known = self.known();
        match answer {
            Ok(true) => {
                if known.held_until.is_none() {
                    tracing::info!(lease = self.name, "this replica does the background work from now on");
                }
                // Counted from before the question, so that it ends here no later than in the database.
                *known = Known { held_until: Some(asked + self.term), ask_at: asked + self.term / 3 };
            }
            Ok(false) => known.held_until = None,
            // The database is away: what was given still holds, until its end.
            Err(_) => {}
        }
        known.held_until.is_some_and(|until| Instant::now() < until)
    }

    /// Whether it was held when the database was last asked.
    pub fn is_held(&self, db: &Db) -> bool {
        !db.is_postgres() || self.known().held_until.is_some_and(|until| Instant::now() < until)
    }

    /// Gives it back at once, so that nobody waits for its end.
    pub async fn release(&self, db: &Db) {
        if self.known().held_until.take().is_none() {
            return;
        }
        let (name, holder) = (self.name, self.holder.clone());
        // Where this fails, it ends by itself.
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
