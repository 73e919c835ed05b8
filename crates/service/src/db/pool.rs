//! A pool of [`Conn`] for either database. A connection is known to be bad when a query on it said so, or when a
//! transaction on it could not be ended; such a connection never goes back.

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
    /// Runs a statement that frames a transaction; where it fails, the connection is not to be used again.
    pub fn frame(&mut self, frame: Frame) -> QueryResult<()> {
        let result = frame.run(&mut self.conn);
        self.framed(result)
    }

    /// The same for statements with something in them.
    pub fn frame_with(&mut self, sql: &str) -> QueryResult<()> {
        let result = self.conn.batch_execute(sql);
        self.framed(result)
    }

    fn framed(&mut self, result: QueryResult<()>) -> QueryResult<()> {
        self.broken |= result.is_err();
        result
    }

    /// Remembers what a failure says of the connection.
    pub fn note<T>(&mut self, result: &Result<T, WorkError>) {
        if let Err(fail) = result {
            self.broken |=
                matches!(fail.store_error(), Some(StoreError::Unreachable)) || matches!(fail, WorkError::Panicked);
        }
    }
}

/// Where connections go to, and how each is set up.
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

/// A pool that tells how long its callers wait.
pub struct Pool {
    pool: r2d2::Pool<Manager>,
    wait: Histogram,
    /// As many as there are connections.
    turns: Arc<Semaphore>,
    patience: Duration,
    admission: Arc<Admission>,
}

impl Pool {
    /// Connections in use and idle.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections.saturating_sub(state.idle_connections), state.idle_connections)
    }

    /// A turn with a connection, waited for without a thread: a crowd of lists makes no crowd of threads, each with a heap
    /// of its own. For work that only computes; where a server may be away, threads wait, and give up, each by itself.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, WorkError> {
        let asked = Instant::now();
        let turn = tokio::time::timeout(self.patience, self.turns.clone().acquire_owned()).await;
        self.wait.observe(asked.elapsed().as_secs_f64());
        turn.ok().and_then(Result::ok).ok_or(WorkError::Out(Unavailable::Busy))
    }
}

/// Errors of the pool itself are logged once per failure by the caller's answer, not per attempt.
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

/// For whoever waited for a turn, or is alone.
pub fn in_turn(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, WorkError> {
    // A connection that the check refused is not an outage, and says why.
    pool.pool.get().map_err(|_| pool.admission.pass().err().unwrap_or(WorkError::Out(Unavailable::Unreachable)))
}

/// Runs reading work in the transaction that was begun on this connection, and ends it. After a panic the connection is
/// in the middle of something: it never goes back.
pub fn read_on(slot: &mut Slot, work: JobRef<'_>) -> Result<(), WorkError> {
    let result = guarded(&mut slot.conn, work);
    slot.note(&result);
    if !slot.broken {
        // Nothing was written: a failure here only costs the connection, which `frame` marks.
        let _ = slot.frame(Frame::Commit);
    }
    result
}

/// Work that panics fails as [`WorkError::Panicked`].
pub fn guarded(conn: &mut Conn, work: JobRef<'_>) -> Result<(), WorkError> {
    catch_unwind(AssertUnwindSafe(|| work(conn))).unwrap_or_else(|_| {
        tracing::error!("work on the store panicked");
        Err(WorkError::Panicked)
    })
}
