//! Shared code of commands that use the service's database.

use std::future::Future;

use crate::bootstrap;
use crate::db::{self, Db, StoreError, WorkError};
use crate::settings::Settings;

/// Opens the database in these settings. A missing one is not created, because an empty one could be mistaken for the
/// service's.
pub fn store_of(settings: &Settings) -> anyhow::Result<Db> {
    let options = bootstrap::db_options(settings)?;
    if !options.is_postgres() {
        let path = db::sqlite_path(&options.url);
        anyhow::ensure!(
            std::path::Path::new(&path).exists(),
            "there is no database {path}: this command needs the database of the service (database_url)"
        );
    }
    Db::open(&options)
}

pub fn unreadable(fail: WorkError) -> anyhow::Error {
    if let WorkError::Query(error) = &fail
        && matches!(StoreError::of(error), StoreError::NotMigrated)
    {
        return anyhow::anyhow!("the database is not migrated to this version: run `xiaoqu migrate`");
    }
    anyhow::anyhow!("the database cannot be read: {fail}")
}

pub fn wait<T>(work: impl Future<Output = Result<T, WorkError>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work).map_err(|fail| anyhow::anyhow!("the database was not changed: {fail}"))
}
