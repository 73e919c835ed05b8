//! SQLite: readers in a pool and on each worker thread, and one supervised writer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};
use tokio::sync::OwnedSemaphorePermit;

use super::admission::{Admission, ConnectionKind};
use super::frame::Frame;
use super::job::JobRef;
use super::pool::{self, Manager, Pool, Slot, Target};
use super::writer::{BeforeCommit, Writer};
use super::{Conn, DbOptions, StoreMetrics, Unavailable, WorkError};
use crate::characters::search_key;

pub struct Sqlite {
    path: String,
    admission: Arc<Admission>,
    readers: Pool,
    pub writer: Writer,
    pub writer_limit: std::time::Duration,
}

thread_local! {
    /// A reading connection of this thread for each database file.
    static INLINE: RefCell<HashMap<String, Slot>> = RefCell::new(HashMap::new());
}

/// `query_only` makes a write through a reader an error. `mmap_size` is the most that SQLite maps. Beyond it, each page
/// that is not in the connection's 2 MB cache costs a system call: with 256 MB mapped, a company's list in a database
/// of a million violations took twice as long.
const READER: &str = "PRAGMA busy_timeout=5000; PRAGMA query_only=ON; PRAGMA mmap_size=2147418112;";

/// `journal_size_limit=-1`: the WAL is reused and never truncated, because an fdatasync of a growing WAL costs 20 times
/// that of a reused one. `synchronous=FULL`: a commit is on disk before the response. `cache_size`: with SQLite's
/// default of 2 MB, a batch of 64 creations read its index pages from the file again and spilled them into the WAL
/// before the commit, which took half of the writer's time; 32 MB are enough. `wal_autocheckpoint`: a page that many
/// batches wrote is copied to the database once. At 8 MB, every second batch waited for a checkpoint; 160 MB instead of
/// 40 MB made creations a sixth faster. A WAL of that size is recovered in 0.2 s after a crash. `temp_store`: each
/// job's savepoint journals the pages that it changes. With that journal in a file, half of the writer's time was
/// `pwrite`.
const WRITER: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
    PRAGMA journal_size_limit=-1; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=40000; \
    PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;";

/// SQLite creates a missing file, but not a missing folder.
pub fn folder_is_there(path: &str) -> anyhow::Result<()> {
    let folder = std::path::Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.filter(|folder| !folder.is_dir()) {
        Some(missing) => anyhow::bail!(
            "the folder {} of the database (database_url) does not exist: make it, for the user that runs the service",
            missing.display()
        ),
        None => Ok(()),
    }
}

pub fn open_writer(path: &str) -> anyhow::Result<SqliteConnection> {
    folder_is_there(path)?;
    let mut conn = SqliteConnection::establish(path).with_context(|| format!("cannot open {path}"))?;
    conn.batch_execute(WRITER).with_context(|| format!("cannot set up {path}"))?;
    add_functions(&mut conn).with_context(|| format!("cannot set up {path}"))?;
    Ok(conn)
}

/// Registers the functions of ours that queries use.
pub fn add_functions(conn: &mut SqliteConnection) -> diesel::QueryResult<()> {
    super::folded_utils::register_impl(conn, |text: String| search_key(&text))
}

#[derive(QueryableByName)]
struct CompileOption {
    #[diesel(sql_type = diesel::sql_types::Text)]
    compile_options: String,
}

/// Without the query planner stability guarantee, each bound LIMIT compiles its statement again.
fn check_qpsg(conn: &mut SqliteConnection) -> anyhow::Result<()> {
    let options: Vec<CompileOption> = diesel::sql_query("PRAGMA compile_options").load(conn)?;
    anyhow::ensure!(
        options.iter().any(|o| o.compile_options == "ENABLE_QPSG"),
        "this build's SQLite lacks ENABLE_QPSG: build with the repository's .cargo/config.toml (LIBSQLITE3_FLAGS)"
    );
    Ok(())
}

/// The file behind a `sqlite:` URL.
pub fn path_of(url: &str) -> String {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    path.strip_prefix("//").unwrap_or(path).to_owned()
}

fn reader(path: &str, admission: &Arc<Admission>) -> Manager {
    let target = Target::Sqlite { path: path.to_owned(), setup: READER };
    Manager { target, kind: ConnectionKind::Reader, admission: admission.clone() }
}

impl Sqlite {
    pub fn open(
        options: &DbOptions,
        metrics: StoreMetrics,
        before_commit: Option<BeforeCommit>,
        admission: Arc<Admission>,
    ) -> anyhow::Result<Sqlite> {
        let path = path_of(&options.url);
        let mut conn = open_writer(&path)?;
        check_qpsg(&mut conn)?;
        let mut conn = Conn::Sqlite(conn);
        // If refused, the writer opens the file again for the next write.
        let conn = admission.admit(&mut conn, ConnectionKind::Primary).is_ok().then_some(conn);
        let readers = pool::build(
            reader(&path, &admission),
            options.sqlite_readers,
            options.pool_wait,
            metrics.wait_readers.clone(),
        );
        let writer =
            Writer::start((path.clone(), admission.clone()), conn, options.write_queue, metrics, before_commit)?;
        Ok(Sqlite { path, admission, readers, writer, writer_limit: options.writer_limit })
    }

    /// A permit to read off the worker threads.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, WorkError> {
        self.readers.turn().await
    }

    pub fn connections(&self) -> (u32, u32) {
        self.readers.connections()
    }

    pub fn read(&self, work: JobRef<'_>) -> Result<(), WorkError> {
        let mut slot = pool::in_turn(&self.readers)?;
        slot.frame(Frame::Begin)?;
        pool::read_on(&mut slot, work)
    }

    /// Also in one transaction: a snapshot, and the file is locked once instead of once for each statement.
    pub fn read_inline(&self, work: JobRef<'_>) -> Result<(), WorkError> {
        let kept = INLINE.with_borrow_mut(|all| all.remove(&self.path));
        let mut slot = match kept {
            Some(slot) => slot,
            None => {
                let conn = reader(&self.path, &self.admission)
                    .establish()
                    .map_err(|_| self.admission.pass().err().unwrap_or(WorkError::Out(Unavailable::Unreachable)))?;
                Slot { conn, broken: false }
            }
        };
        slot.frame(Frame::Begin)?;
        let result = pool::read_on(&mut slot, work);
        if !slot.broken {
            INLINE.with_borrow_mut(|all| all.insert(self.path.clone(), slot));
        }
        result
    }
}
