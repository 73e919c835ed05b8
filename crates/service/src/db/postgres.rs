//! PostgreSQL: a pool of connections. Writes use READ COMMITTED, reads use a snapshot.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use prometheus::Histogram;

use super::admission::{Admission, ConnectionKind};
use super::frame::Frame;
use super::job::JobRef;
use super::pool::{self, Manager, Pool, Target};
use super::{Conn, StoreError, StoreMetrics, Unavailable, WorkError, WriteLock};

pub struct Postgres {
    pool: Pool,
    size: u32,
    metrics: StoreMetrics,
}

/// How often a write is run again after a deadlock.
const ATTEMPTS: u32 = 5;

impl Postgres {
    pub fn open(
        (url, kind, admission): (&str, ConnectionKind, Arc<Admission>),
        size: u32,
        wait: Duration,
        waited: Histogram,
        metrics: StoreMetrics,
    ) -> Postgres {
        // The timeouts for connecting, statements and the network are in the URL (settings).
        let setup = "SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '10s'; \
            SET client_min_messages = warning; SET timezone = 'UTC'";
        let manager = Manager { target: Target::Postgres { url: url.to_owned(), setup }, kind, admission };
        let pool = pool::build(manager, size, wait, waited);
        Postgres { pool, size, metrics }
    }

    pub fn connections(&self) -> (u32, u32) {
        self.pool.connections()
    }

    /// Runs work on a connection outside a transaction.
    pub fn bare<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<Result<T, E>, WorkError> {
        let mut slot = pool::get(&self.pool)?;
        let result = work(&mut slot.conn);
        slot.broken = result.is_err();
        Ok(result)
    }

    /// Reads in one snapshot. If a connection died while idle, BEGIN fails before any work ran, and the next one is
    /// tried. So after a restart of the server, the dead connections of the pool cause no errors.
    pub fn read(&self, work: JobRef<'_>) -> Result<(), WorkError> {
        let mut slot = self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        pool::read_on(&mut slot, work)
    }

    pub fn write(&self, gate: &WriteLock, work: JobRef<'_>) -> Result<(), WorkError> {
        let mut attempt = 1;
        loop {
            let result = self.write_once(gate, work);
            let again = matches!(result.as_ref().err().and_then(WorkError::store_error), Some(StoreError::Deadlock));
            if !again || attempt == ATTEMPTS {
                return result;
            }
            attempt += 1;
        }
    }

    fn begin(&self, sql: &str) -> Result<r2d2::PooledConnection<Manager>, WorkError> {
        for _ in 0..self.size {
            let mut slot = pool::get(&self.pool)?;
            match slot.frame_with(sql) {
                Ok(()) => return Ok(slot),
                Err(error) if StoreError::of(&error) == StoreError::LockTimeout => {
                    // The opening statements take only the idempotency lock.
                    slot.broken = slot.conn.batch_execute("ROLLBACK").is_err();
                    return Err(WorkError::Out(Unavailable::KeyInProgress));
                }
                Err(_) => continue,
            }
        }
        pool::get(&self.pool).and_then(|mut slot| {
            slot.frame_with(sql).map_err(|_| WorkError::Out(Unavailable::Unreachable))?;
            Ok(slot)
        })
    }

    fn write_once(&self, gate: &WriteLock, work: JobRef<'_>) -> Result<(), WorkError> {
        let opening = match gate.idempotency_lock {
            Some(key) => format!(
                "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock({key}); SET LOCAL lock_timeout = '10s'"
            ),
            None => "BEGIN".to_owned(),
        };
        let mut slot = self.begin(&opening)?;
        let held = Instant::now();
        let result = pool::guarded(&mut slot.conn, work);
        slot.note(&result);
        if result.is_err() {
            if !slot.broken {
                let _ = slot.frame_with("ROLLBACK");
            }
            return result;
        }
        let began = Instant::now();
        let committed = slot.frame(Frame::Commit);
        self.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
        self.metrics.hold_seconds.observe(held.elapsed().as_secs_f64());
        match committed {
            Ok(()) => result,
            Err(error) if StoreError::of(&error) == StoreError::Unreachable => {
                Err(WorkError::Out(Unavailable::OutcomeUnknown))
            }
            Err(error) => Err(WorkError::Query(error)),
        }
    }
}
