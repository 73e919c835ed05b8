//! `xiaoqu backup`: makes and verifies backups.

use std::path::{Path, PathBuf};

use super::SettingFlags;
use crate::backup::{self, Manifest, Programs};
use crate::bootstrap;
use crate::settings::Settings;

/// Copies the database to a new folder while the service runs.
pub fn run(flags: &SettingFlags, to: &Path, programs: Option<PathBuf>) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let manifest = backup::make(&bootstrap::db_options(&settings)?, to, &Programs(programs))?;
    let (bytes, rows) =
        (manifest.files.iter().map(|file| file.bytes).sum::<u64>(), manifest.rows.values().sum::<i64>());
    println!("{}: {rows} rows, {bytes} bytes", to.display());
    println!("digest {}", manifest.digest);
    remind_of_files(&manifest);
    Ok(())
}

/// Reminds the operator that attachments are not in the database.
fn remind_of_files(manifest: &Manifest) {
    match manifest.rows.get("attachments") {
        None | Some(0) => {}
        Some(count) => {
            println!("{count} attachments are not in it: keep a copy of attachments_url that was made after it")
        }
    }
}

/// Prints all defects of a backup.
pub fn verify(
    folder: &Path,
    programs: Option<PathBuf>,
    restore_into: Option<&str>,
    digest: Option<&str>,
) -> anyhow::Result<()> {
    let checked = backup::verify(folder, &Programs(programs), restore_into);
    let (manifest, mut faults) = checked.map_err(|fault| anyhow::anyhow!(fault))?;
    if digest.is_some_and(|digest| digest != manifest.digest) {
        faults.push(format!("the manifest's digest is {}, not the one given", manifest.digest));
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    anyhow::ensure!(faults.is_empty(), "{}: {} fault(s)", folder.display(), faults.len());
    let rows = manifest.rows.values().sum::<i64>();
    println!(
        "{}: good; {} of {}, {rows} rows",
        folder.display(),
        manifest.database,
        manifest.created_at.0.to_rfc3339()
    );
    println!("digest {}", manifest.digest);
    remind_of_files(&manifest);
    Ok(())
}
