//! A pool of [`Conn`] for either database. A connection is broken if a query on it says so, or if a transaction on it
//! could not be ended. A broken connection is never reused.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryResult, SqliteConnection};
use prometheus::Histogram;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::admission::{Admission, ConnectionKind};
use super::frame::Frame;
use super::job::JobRef;
use super::{Conn, StoreError, Unavailable, WorkError};

pub struct Slot {
    pub conn: Conn,
    pub broken: bool,
}

impl Slot {
    /// Runs a statement that starts or ends a transaction. If it fails, the connection must not be reused.
    pub fn frame(&mut self, frame: Frame) -> QueryResult<()> {
        let result = frame.run(&mut self.conn);
        self.framed(result)
    }

    /// The same for SQL text that is not fixed.
    pub fn frame_with(&mut self, sql: &str) -> QueryResult<()> {
        let result = self.conn.batch_execute(sql);
        self.framed(result)
    }

    fn framed(&mut self, result: QueryResult<()>) -> QueryResult<()> {
        self.broken |= result.is_err();
        result
    }

    /// Marks the connection as broken if the error says so.
    pub fn note<T>(&mut self, result: &Result<T, WorkError>) {
        if let Err(fail) = result {
            self.broken |=
                matches!(fail.store_error(), Some(StoreError::Unreachable)) || matches!(fail, WorkError::Panicked);
        }
    }
}

/// The database, and the setup of each connection.
pub enum Target {
    Sqlite { path: String, setup: &'static str },
    Postgres { url: String, setup: &'static str },
}

pub struct Manager {
    pub target: Target,
    pub kind: ConnectionKind,
    pub admission: Arc<Admission>,
}

impl Manager {
    pub fn establish(&self) -> Result<Conn, diesel::ConnectionError> {
        let setup = |error| diesel::ConnectionError::CouldntSetupConfiguration(error);
        let mut conn = match &self.target {
            Target::Sqlite { path, setup: sql } => {
                let mut conn = SqliteConnection::establish(path)?;
                conn.batch_execute(sql).map_err(setup)?;
                super::sqlite::add_functions(&mut conn).map_err(setup)?;
                Conn::Sqlite(conn)
            }
            Target::Postgres { url, setup: sql } => {
                let mut conn = PgConnection::establish(url)?;
                conn.batch_execute(sql).map_err(setup)?;
                Conn::Postgres(conn)
            }
        };
        self.admission.admit(&mut conn, self.kind).map_err(diesel::ConnectionError::BadConnection)?;
        Ok(conn)
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Slot;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<Slot, Self::Error> {
        self.establish().map(|conn| Slot { conn, broken: false })
    }

    fn is_valid(&self, _: &mut Slot) -> Result<(), Self::Error> {
        Ok(())
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.broken
    }
}

/// A pool with a metric of the waiting time.
pub struct Pool {
    pool: r2d2::Pool<Manager>,
    wait: Histogram,
    /// As many permits as connections.
    turns: Arc<Semaphore>,
    patience: Duration,
    admission: Arc<Admission>,
}

impl Pool {
    /// Number of connections in use and idle.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections.saturating_sub(state.idle_connections), state.idle_connections)
    }

    /// Waits for a connection without blocking a thread, so that many lists at once do not start many threads, each
    /// with its own heap. Only for SQLite. With a server that can be unreachable, each caller waits and times out on a
    /// thread.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, WorkError> {
        let asked = Instant::now();
        let turn = tokio::time::timeout(self.patience, self.turns.clone().acquire_owned()).await;
        self.wait.observe(asked.elapsed().as_secs_f64());
        turn.ok().and_then(Result::ok).ok_or(WorkError::Out(Unavailable::Busy))
    }
}

/// Pool errors are logged once, with the response of the caller, and not for each attempt.
#[derive(Debug)]
struct Quiet;

impl<E: std::error::Error> r2d2::HandleError<E> for Quiet {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "cannot connect to the database");
    }
}

pub fn build(manager: Manager, size: u32, wait: Duration, waited: Histogram) -> Pool {
    let admission = manager.admission.clone();
    let pool = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(wait)
        .error_handler(Box::new(Quiet))
        .build_unchecked(manager);
    Pool { pool, wait: waited, turns: Arc::new(Semaphore::new(size as usize)), patience: wait, admission }
}

pub fn get(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, WorkError> {
    let asked = Instant::now();
    let got = in_turn(pool);
    pool.wait.observe(asked.elapsed().as_secs_f64());
    got
}

/// For callers that hold a permit, or are alone.
pub fn in_turn(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, WorkError> {
    // If the check refused the connection, report its reason instead of an outage.
    pool.pool.get().map_err(|_| pool.admission.pass().err().unwrap_or(WorkError::Out(Unavailable::Unreachable)))
}

/// Runs reading work in the transaction that was started on this connection, and ends it. After a panic, the connection
/// may be inside a statement and is not reused.
pub fn read_on(slot: &mut Slot, work: JobRef<'_>) -> Result<(), WorkError> {
    let result = guarded(&mut slot.conn, work);
    slot.note(&result);
    if !slot.broken {
        // Nothing was written, so a failure here only costs the connection, which `frame` marks as broken.
        let _ = slot.frame(Frame::Commit);
    }
    result
}

/// Runs work, and turns a panic into [`WorkError::Panicked`].
pub fn guarded(conn: &mut Conn, work: JobRef<'_>) -> Result<(), WorkError> {
    catch_unwind(AssertUnwindSafe(|| work(conn))).unwrap_or_else(|_| {
        tracing::error!("work on the database panicked");
        Err(WorkError::Panicked)
    })
}
