//! Copies an SQLite database, and opens a copy.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::content::{self, Content};
use crate::db::Conn;

/// `VACUUM INTO` reads one snapshot and does not block the writer. The online backup API would start again whenever
/// another process writes between two of its steps. During the copy the WAL cannot be reused, so it grows. The
/// checkpoint afterwards is made here, because the service's next commit would otherwise pay for it.
pub fn copy(path: &str, to: &Path) -> anyhow::Result<Content> {
    anyhow::ensure!(
        Path::new(path).is_file(),
        "there is no database {path}: a backup needs the database of the service (database_url)"
    );
    let mut source = SqliteConnection::establish(path).with_context(|| format!("cannot open {path}"))?;
    source.batch_execute("PRAGMA busy_timeout=5000")?;
    flushed(to, || diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy()).execute(&mut source))??;
    source.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")?;
    content::of(&mut open(to)?).context("cannot count the copy")
}

/// Flushes a file to disk little by little while it is filled. Flushing all of it at once would delay the service's own
/// fdatasync (measured with 515 MB and a busy writer: commits of up to 415 ms).
fn flushed<T>(path: &Path, fill: impl FnOnce() -> T) -> std::io::Result<T> {
    let (file, done) = (std::fs::File::open(path)?, AtomicBool::new(false));
    std::thread::scope(|scope| {
        let flush = scope.spawn(|| -> std::io::Result<()> {
            while !done.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
                file.sync_data()?;
            }
            Ok(())
        });
        let filled = fill();
        done.store(true, Ordering::Relaxed);
        flush.join().unwrap_or(Ok(())).map(|()| filled)
    })
}

/// Opens a copy without writing any file next to it.
pub fn open(copy: &Path) -> anyhow::Result<Conn> {
    let path: String = std::path::absolute(copy)?
        .to_string_lossy()
        .bytes()
        .map(|byte| match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    Ok(Conn::Sqlite(SqliteConnection::establish(&format!("file://{path}?mode=ro&immutable=1"))?))
}

/// Defects that SQLite reports in a copy.
pub fn faults(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let mut all = content::texts(conn, "SELECT integrity_check AS value FROM pragma_integrity_check")?;
    all.retain(|line| line != "ok");
    all.extend(content::texts(
        conn,
        "SELECT DISTINCT 'a row of ' || \"table\" || ' refers to a row of ' || parent || ' that is not there' AS value \
         FROM pragma_foreign_key_check",
    )?);
    Ok(all)
}
