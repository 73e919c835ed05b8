//! `xiaoqu migrate`: migrates the database.

use std::path::Path;

use super::SettingFlags;
use crate::bootstrap;
use crate::db::{Db, WriteLock};
use crate::divisions;
use crate::settings::Settings;

/// Migrates the database, and imports divisions from a file if given.
pub fn run(flags: &SettingFlags, file: Option<&Path>) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let options = bootstrap::db_options(&settings)?;
    let applied = bootstrap::prepare(&options)?;
    println!("{} migration(s) applied", applied.len());
    if let Some(file) = file {
        let all = divisions::store::parse_csv(&std::fs::read_to_string(file)?)?;
        let db = Db::open(&options)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let changed = runtime
            .block_on(db.write(WriteLock::default(), move |conn| divisions::store::load(conn, &all)))
            .map_err(|fail| anyhow::anyhow!("divisions were not loaded: {fail}"))?;
        db.close();
        println!("{changed} division(s) added or renamed");
    }
    Ok(())
}
