//! Checks the system clock before background jobs (cards, escalations, erasures, clean-up) act by it.
//!
//! A clock that jumps would issue cards that cannot be withdrawn and erase data that is still needed. Before each
//! round, the clock is compared with the database's clock, with its own last reading, and with the last time by which
//! jobs acted. After a jump, background jobs are paused in every replica until an operator confirms the clock (`xiaoqu
//! clock confirm`).

pub mod rules;
pub mod store;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as StopWatch};

use crate::clock::Clock;
use crate::db::{Conn, Db, Instant, WorkError, WorkResult, WriteLock};
use crate::security::{About, Kind, Security};
pub use rules::Limits;
use rules::{ClockReadings, Jump, judge};
use store::Watched;

/// How often the time is recorded.
const RECORD: Duration = Duration::from_secs(30);

pub struct ClockWatch {
    limits: Limits,
    /// The last reading of the clock, and when it was taken.
    last: Mutex<Option<(Instant, StopWatch)>>,
    /// Comparisons run one at a time, so that no other round starts before a jump is recorded.
    turn: tokio::sync::Mutex<()>,
    stopped: AtomicBool,
}

impl ClockWatch {
    pub fn new(limits: Limits) -> ClockWatch {
        ClockWatch {
            limits,
            last: Mutex::new(None),
            turn: tokio::sync::Mutex::new(()),
            stopped: AtomicBool::new(false),
        }
    }

    /// May background jobs act now? Called before each round by the replica that runs them.
    pub async fn permits(&self, db: &Db, clock: &Clock, security: &Security) -> bool {
        match self.check(db, clock, security).await {
            Ok(permitted) => permitted,
            // Without the database, the jobs cannot run either.
            Err(fail) => {
                tracing::debug!(%fail, "the clock cannot be compared");
                false
            }
        }
    }

    async fn check(&self, db: &Db, clock: &Clock, security: &Security) -> WorkResult<bool> {
        let _turn = self.turn.lock().await;
        let (watched, database) = db.read(|conn| Ok((store::find(conn)?, store::database_now(conn)?))).await?;
        // Read after the query, so that the time the query took is not taken for a jump.
        let now = clock.system();
        let before = self.last().map(|(then, since)| (then, since.elapsed()));
        if let Some(watched) = watched.as_ref().filter(|watched| watched.stopped_at.is_some()) {
            if !self.stopped.swap(true, Ordering::Relaxed) {
                let reason = watched.reason.as_deref().unwrap_or_default();
                tracing::error!(reason, "background jobs are paused until `xiaoqu clock confirm`");
            }
            self.remember(now);
            return Ok(false);
        }
        let recorded = watched.map(|watched| watched.seen_at);
        if let Some(jump) = judge(&ClockReadings { now, database, recorded, before }, &self.limits) {
            self.stop(db, security, now, jump).await?;
            self.remember(now);
            return Ok(false);
        }
        self.remember(now);
        if self.stopped.swap(false, Ordering::Relaxed) {
            tracing::info!("the clock is confirmed; background jobs resume");
        }
        clock.believe(now);
        let is_old = recorded.is_none_or(|at| now.0 - at.0 > chrono::TimeDelta::from_std(RECORD).unwrap_or_default());
        if is_old {
            db.write(WriteLock::default(), move |conn| store::record(conn, now)).await?;
        }
        Ok(true)
    }

    fn last(&self) -> Option<(Instant, StopWatch)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, now: Instant) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, StopWatch::now()));
    }

    async fn stop(&self, db: &Db, security: &Security, now: Instant, jump: Jump) -> Result<(), WorkError> {
        let reason = jump.to_string();
        tracing::error!(
            reason,
            "the system clock is not trusted: no cards, escalations or erasures until `xiaoqu clock confirm`"
        );
        security.event(Kind::ClockJump, About { reason: jump.code(), ..About::default() });
        self.stopped.store(true, Ordering::Relaxed);
        db.write(WriteLock::default(), move |conn| store::stop(conn, now, &reason)).await
    }

    /// May the consequences of a deadline be applied here, within a request?
    pub fn permits_in(&self, conn: &mut Conn, clock: &Clock) -> WorkResult<bool> {
        let watched = store::find(conn)?;
        let now = clock.system();
        let seen = ClockReadings {
            now,
            database: store::database_now(conn)?,
            recorded: watched.as_ref().map(|watched| watched.seen_at),
            before: self.last().map(|(then, since)| (then, since.elapsed())),
        };
        Ok(watched.is_none_or(|watched| watched.stopped_at.is_none()) && judge(&seen, &self.limits).is_none())
    }
}

/// The warning of `/readyz` while background jobs are paused.
pub fn warning(watched: &Watched) -> Option<String> {
    watched.stopped_at?;
    let reason = watched.reason.as_deref().unwrap_or("the system clock jumped");
    Some(format!(
        "clock_stopped: {reason}. No cards, escalations or erasures until an operator runs `xiaoqu clock confirm`"
    ))
}
