//! Database access: SQLite (one file) or PostgreSQL, selected by `database_url`, with two entry points: [`Db::read`]
//! and [`Db::write`].

pub mod admission;
pub mod error;
mod frame;
pub mod job;
pub mod lease;
mod metrics;
mod migrations;
mod pool;
mod postgres;
pub mod schema;
mod sqlite;
mod standby;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::RunQueryDsl;

use crate::characters::search_key;
pub use crate::types::{self, Conn, Id, Instant, Json, MultiBackend};
pub use admission::{Admission, Check, ConnectionKind, Mismatch, Refusal};
pub use error::{StoreError, StoredResponse, Unavailable, WorkError, WorkResult};
use job::{Job, JobRef};
pub use metrics::StoreMetrics;
pub use migrations::{applied, connect, count, has_table, known_versions, migrate, pending, revert_all, versions};
pub use sqlite::{folder_is_there as sqlite_folder, path_of as sqlite_path};
pub use writer::BeforeCommit;

/// The database's clock, read after the lock on the aggregate, because the clocks of replicas can differ.
pub fn database_now(conn: &mut Conn) -> WorkResult<Instant> {
    match conn {
        Conn::Sqlite(_) => Ok(Instant::now()),
        Conn::Postgres(conn) => {
            Ok(diesel::select(diesel::dsl::sql::<types::Moment>("clock_timestamp()")).get_result(conn)?)
        }
    }
}

/// A batch takes milliseconds, the longest action of the service some seconds.
const WRITER_LIMIT: Duration = Duration::from_secs(15);

/// Connection and size settings.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite:FILE`, or a libpq connection URL with its timeouts.
    pub url: String,
    pub sqlite_readers: u32,
    pub write_queue: usize,
    /// SQLite: if a batch takes longer, the writer is stuck and the service is not ready.
    pub writer_limit: Duration,
    pub pool_size: u32,
    pub pool_wait: Duration,
    /// A PostgreSQL standby from which lists are read, and its largest allowed lag.
    pub read_url: Option<String>,
    pub read_max_lag: Duration,
}

impl DbOptions {
    pub fn new(url: impl Into<String>) -> Self {
        DbOptions {
            url: url.into(),
            sqlite_readers: 16,
            write_queue: 1024,
            writer_limit: WRITER_LIMIT,
            pool_size: 8,
            pool_wait: Duration::from_secs(2),
            read_url: None,
            read_max_lag: Duration::from_secs(5),
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres { primary: postgres::Postgres, standby: Option<Box<standby::Standby>> },
}

/// The two entry points. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Arc<Engine>,
    admission: Arc<Admission>,
    /// The last write failed because the disk was full.
    full: Arc<AtomicBool>,
}

impl Db {
    /// Opens the database. SQLite is opened (or created) at once. PostgreSQL is connected on first use, so that the
    /// service can start, return 503 and recover when the server becomes reachable.
    pub fn open(options: &DbOptions) -> anyhow::Result<Db> {
        Db::open_with(options, StoreMetrics::unregistered()?, None, None)
    }

    /// [`Db::open`] with metrics, a step that SQLite's writer runs in each batch before the commit, and a check that
    /// each connection must pass.
    pub fn open_with(
        options: &DbOptions,
        metrics: StoreMetrics,
        before_commit: Option<BeforeCommit>,
        check: Option<Check>,
    ) -> anyhow::Result<Db> {
        let admission = Admission::new(check);
        let engine = if options.is_postgres() {
            let standby = options
                .read_url
                .as_ref()
                .map(|url| standby::Standby::open(options, url, &metrics, admission.clone()).map(Box::new));
            let waited = metrics.wait_primary.clone();
            let primary = postgres::Postgres::open(
                (&options.url, ConnectionKind::Primary, admission.clone()),
                options.pool_size,
                options.pool_wait,
                waited,
                metrics,
            );
            Engine::Postgres { primary, standby: standby.transpose()? }
        } else {
            Engine::Sqlite(sqlite::Sqlite::open(options, metrics, before_commit, admission.clone())?)
        };
        Ok(Db { engine: Arc::new(engine), admission, full: Arc::default() })
    }

    pub fn is_postgres(&self) -> bool {
        matches!(*self.engine, Engine::Postgres { .. })
    }

    /// Reads on a pooled connection, off the worker thread.
    pub async fn read<T, F>(&self, work: F) -> Result<T, WorkError>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, WorkError> + Send + 'static,
    {
        let (job, found) = job::job(work);
        found.after(self.run_read(job).await)
    }

    pub async fn run_read(&self, mut job: Job) -> Result<(), WorkError> {
        self.admission.pass()?;
        let turn = match &*self.engine {
            Engine::Sqlite(sqlite) => Some(sqlite.turn().await?),
            Engine::Postgres { .. } => None,
        };
        let db = self.clone();
        blocking(Box::new(move || {
            let read = db.run_read_blocking(&mut job);
            drop(turn);
            read
        }))
        .await
    }

    /// Reads one row by its key. On SQLite this runs inline, on a connection of the calling thread (0.8 of the
    /// throughput of the same handler from memory, compared with 0.4 through the blocking pool). On PostgreSQL it is
    /// [`Db::read`].
    pub async fn read_point<T, F>(&self, mut work: F) -> Result<T, WorkError>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, WorkError> + Send + 'static,
    {
        self.admission.pass()?;
        match &*self.engine {
            Engine::Sqlite(sqlite) => job::run(&mut work, |work| sqlite.read_inline(work)),
            Engine::Postgres { .. } => self.read(work).await,
        }
    }

    /// Reads data that may be slightly old (`read_max_lag`): from the standby, if one follows closely.
    pub async fn read_lagging<T, F>(&self, work: F) -> Result<T, WorkError>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, WorkError> + Send + 'static,
    {
        let (job, found) = job::job(work);
        found.after(self.run_lagging(job).await)
    }

    async fn run_lagging(&self, mut job: Job) -> Result<(), WorkError> {
        self.admission.pass()?;
        if !self.has_standby() {
            return self.run_read(job).await;
        }
        let db = self.clone();
        blocking(Box::new(move || {
            if let Engine::Postgres { standby: Some(standby), .. } = &*db.engine
                && standby.read(&mut job)
            {
                return Ok(());
            }
            db.run_read_blocking(&mut job)
        }))
        .await
    }

    pub fn has_standby(&self) -> bool {
        matches!(*self.engine, Engine::Postgres { standby: Some(_), .. })
    }

    /// Writes in one transaction, and returns after its commit. The work may run again (after a deadlock, or a failure
    /// of another job in the batch), so its only effects must be on its connection, and it must not open a transaction.
    pub async fn write<T, F>(&self, gate: WriteLock, work: F) -> Result<T, WorkError>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, WorkError> + Send + 'static,
    {
        let (job, found) = job::job(work);
        found.after(self.run_write(gate, job).await)
    }

    pub async fn run_write(&self, gate: WriteLock, mut job: Job) -> Result<(), WorkError> {
        self.admission.pass()?;
        let written = match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.writer.submit(job).await,
            Engine::Postgres { .. } => {
                let db = self.clone();
                blocking(Box::new(move || match &*db.engine {
                    Engine::Postgres { primary, .. } => primary.write(&gate, &mut job),
                    Engine::Sqlite(_) => unreachable!("the engine of a store never changes"),
                }))
                .await
            }
        };
        self.note_fullness(&written);
        written
    }

    /// Logs once that the disk is full, and once that it no longer is.
    fn note_fullness(&self, written: &Result<(), WorkError>) {
        let is_full = match written {
            Err(WorkError::Out(Unavailable::Full)) => true,
            Err(fail) if fail.store_error() == Some(StoreError::Full) => true,
            Ok(()) => false,
            Err(_) => return,
        };
        if self.full.load(Ordering::Relaxed) != is_full && self.full.swap(is_full, Ordering::Relaxed) != is_full {
            if is_full {
                tracing::warn!("the disk of the database is full: writes are refused until there is room");
            } else {
                tracing::info!("the disk of the database has room again");
            }
        }
    }

    /// Did the last write fail because the disk was full?
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// [`Db::read`] for callers outside the async runtime.
    pub fn read_blocking<T, F>(&self, mut work: F) -> Result<T, WorkError>
    where
        F: FnMut(&mut Conn) -> Result<T, WorkError>,
    {
        job::run(&mut work, |work| self.run_read_blocking(work))
    }

    fn run_read_blocking(&self, work: JobRef<'_>) -> Result<(), WorkError> {
        self.admission.pass()?;
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work),
            Engine::Postgres { primary, .. } => primary.read(work),
        }
    }

    /// Why the database is not used, if it was reached but belongs to another deployment.
    pub fn refusal(&self) -> Option<Refusal> {
        self.admission.refusal()
    }

    /// Was the database reached, and does it belong to this deployment?
    pub fn is_admitted(&self) -> bool {
        self.admission.is_admitted()
    }

    /// Checks again whether the database belongs to this deployment, even if it was refused before.
    pub async fn recheck(&self) -> Result<(), WorkError> {
        if let Engine::Sqlite(sqlite) = &*self.engine
            && !self.is_admitted()
        {
            // A refused writer opens the file again, which also claims it.
            let admission = self.admission.clone();
            let refused = move || admission.pass().err().unwrap_or(WorkError::Out(Unavailable::Unreachable));
            let admission = self.admission.clone();
            let admit = move |conn: &mut Conn| admission.admit(conn, ConnectionKind::Reader).map_err(|_| refused());
            return sqlite.writer.submit(Box::new(admit)).await;
        }
        let db = self.clone();
        blocking(Box::new(move || db.recheck_blocking())).await
    }

    /// [`Db::recheck`] for callers outside the async runtime. SQLite's writer was checked when it was opened.
    pub fn recheck_blocking(&self) -> Result<(), WorkError> {
        let check = |conn: &mut Conn| self.admission.admit(conn, ConnectionKind::Reader);
        let checked = match &*self.engine {
            Engine::Sqlite(_) if !self.admission.is_admitted() => self.admission.pass().map(|()| Ok(()))?,
            Engine::Sqlite(sqlite) => job::run(&mut |conn| Ok(check(conn)), |work| sqlite.read(work))?,
            Engine::Postgres { primary, .. } => primary.bare(check)?,
        };
        checked.map_err(|_| self.admission.pass().err().unwrap_or(WorkError::Out(Unavailable::Unreachable)))
    }

    /// Number of waiting writes, for the metrics.
    pub fn write_queue_depth(&self) -> usize {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.writer.depth(),
            Engine::Postgres { .. } => 0,
        }
    }

    /// How long SQLite's writer has been working on its current batch.
    pub fn writer_held_for(&self) -> Duration {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.writer.held_for(),
            Engine::Postgres { .. } => Duration::ZERO,
        }
    }

    /// That time if it exceeds the limit, so that writes wait and none is committed; otherwise `None`.
    pub fn writer_stuck_for(&self) -> Option<Duration> {
        match &*self.engine {
            Engine::Sqlite(sqlite) => Some(sqlite.writer.held_for()).filter(|held| *held > sqlite.writer_limit),
            Engine::Postgres { .. } => None,
        }
    }

    /// Each pool with its connections in use and idle, for the metrics.
    pub fn pools(&self) -> Vec<(&'static str, u32, u32)> {
        let row = |name, (in_use, idle)| (name, in_use, idle);
        match &*self.engine {
            Engine::Sqlite(sqlite) => vec![row("readers", sqlite.connections())],
            Engine::Postgres { primary, standby } => {
                let standby = standby.iter().map(|standby| row("standby", standby.postgres().connections()));
                std::iter::once(row("primary", primary.connections())).chain(standby).collect()
            }
        }
    }

    /// Lets the writer finish its queue, and stops it.
    pub fn close(&self) {
        if let Engine::Sqlite(sqlite) = &*self.engine {
            sqlite.writer.close();
        }
    }
}

/// Locks that a write waits for before it starts (PostgreSQL only; SQLite has one writer).
#[derive(Clone, Debug, Default)]
pub struct WriteLock {
    /// Advisory lock of an idempotency key. A concurrent request with the same key waits for up to 2 s.
    pub idempotency_lock: Option<i64>,
}

async fn blocking(work: Box<dyn FnOnce() -> Result<(), WorkError> + Send>) -> Result<(), WorkError> {
    match actix_web::rt::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failure) => {
            tracing::error!(panic = %failure, "a job of the database panicked");
            Err(WorkError::Panicked)
        }
    }
}

diesel::define_sql_function! {
    /// The form in which names are searched, on both sides ([`search_key`]). On SQLite it is added to each connection
    /// ([`sqlite::add_functions`]); on PostgreSQL a migration creates it.
    #[sql_name = "search_fold"]
    fn folded(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The distinct ids. For a single id, callers use `=`: SQLite keeps that statement compiled, but not one with a list.
pub fn distinct(ids: &[Id]) -> Vec<Id> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A LIKE pattern for "contains this text" in folded names. Wildcards are escaped with `\`.
pub fn contains(text: &str) -> String {
    format!("%{}%", search_key(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// A register to which rows are added, so that there is no row to lock.
#[derive(Clone, Copy, Debug)]
pub enum Register {
    Policies = 1,
    Calendar = 2,
    Filings = 3,
    RatingCycles = 4,
    Deployment = 23,
}

/// Allows one change of a register at a time, until the transaction ends. Not needed on SQLite, which has one writer.
pub fn lock_register(conn: &mut Conn, register: Register) -> WorkResult<()> {
    use diesel::connection::SimpleConnection;
    if let Conn::Postgres(conn) = conn {
        // Two numbers: a key space separate from that of the idempotency keys.
        conn.batch_execute(&format!("SELECT pg_advisory_xact_lock(1, {})", register as i32))?;
    }
    Ok(())
}

/// Locks a company's row, so that one decision at a time reads its facts. Not needed on SQLite, which has one writer.
pub fn lock_company(conn: &mut Conn, id: Id) -> WorkResult<()> {
    use diesel::prelude::*;
    use schema::companies;
    if let Conn::Postgres(conn) = conn {
        companies::table.find(id).select(companies::id).for_update().first::<Id>(conn).optional()?;
    }
    Ok(())
}

/// Locks a complex's row.
pub fn lock_complex(conn: &mut Conn, id: Id) -> WorkResult<()> {
    use diesel::prelude::*;
    use schema::complexes;
    if let Conn::Postgres(conn) = conn {
        complexes::table.find(id).select(complexes::id).for_update().first::<Id>(conn).optional()?;
    }
    Ok(())
}
