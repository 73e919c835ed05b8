//! `xiaoqu migrate`: migrates the database.

use std::path::Path;

use anyhow::Context;

use super::SettingFlags;
use super::database::unreadable;
use crate::bootstrap;
use crate::db::{Db, WriteLock};
use crate::divisions;
use crate::divisions::model::Division;
use crate::settings::Settings;

/// Migrates the database, and imports divisions from a file if given.
pub fn run(flags: &SettingFlags, file: Option<&Path>) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let options = bootstrap::db_options(&settings)?;
    // A bad file is refused before anything changes.
    let added = file.map(read).transpose()?;
    let applied = bootstrap::prepare(&options)?;
    println!("{} migration(s) applied", applied.len());
    if let (Some(file), Some(all)) = (file, added) {
        let db = Db::open(&options)?;
        let known = db.read_blocking(divisions::store::codes).map_err(unreadable)?;
        divisions::store::check_parents(&all, known).with_context(|| file.display().to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let changed = runtime
            .block_on(db.write(WriteLock::default(), move |conn| divisions::store::load(conn, &all)))
            .map_err(|fail| anyhow::anyhow!("divisions were not loaded: {fail}"))?;
        db.close();
        println!("{changed} division(s) added or renamed");
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<Division>> {
    let read = || divisions::store::parse_csv(&std::fs::read_to_string(file)?);
    read().with_context(|| file.display().to_string())
}
