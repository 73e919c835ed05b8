//! Verifies a backup.

use std::path::Path;

use super::content::Content;
use super::manifest::{self, Manifest};
use super::{Programs, entry, postgres, sqlite};

/// Compares a backup with its manifest, and opens it. Returns all defects. None means that the backup is unchanged and
/// that a database can be restored from it. `restore_into` names an empty PostgreSQL database.
pub fn verify(
    folder: &Path,
    programs: &Programs,
    restore_into: Option<&str>,
) -> Result<(Manifest, Vec<String>), String> {
    let path = folder.join(manifest::FILE);
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}: no finished backup", path.display()))?;
    let manifest = Manifest::read(&bytes)?;
    let mut faults = Vec::new();
    compare_files(folder, &manifest, &mut faults);
    // A changed backup is not opened, because its content cannot be trusted.
    if faults.is_empty()
        && let Err(error) = open(folder, &manifest, programs, restore_into, &mut faults)
    {
        faults.push(format!("{error:#}"));
    }
    Ok((manifest, faults))
}

fn compare_files(folder: &Path, manifest: &Manifest, faults: &mut Vec<String>) {
    for file in &manifest.files {
        let name = &file.name;
        match entry(folder, name) {
            Err(error) => faults.push(format!("{name}: {error}")),
            Ok(found) if found.bytes != file.bytes => {
                faults.push(format!("{name} has {} bytes; the manifest says {}", found.bytes, file.bytes));
            }
            Ok(found) if found.sha256 != file.sha256 => faults.push(format!("{name} is changed: another SHA-256")),
            Ok(_) => {}
        }
    }
    let known = |name: &str| name == manifest::FILE || manifest.files.iter().any(|file| file.name == name);
    for found in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = found.file_name().to_string_lossy().into_owned();
        if !known(&name) {
            faults.push(format!("{name} is not in the manifest"));
        }
    }
}

fn open(
    folder: &Path,
    manifest: &Manifest,
    programs: &Programs,
    restore_into: Option<&str>,
    faults: &mut Vec<String>,
) -> anyhow::Result<()> {
    let [file] = manifest.files.as_slice() else { anyhow::bail!("the manifest names no file, or several") };
    let file = folder.join(&file.name);
    if manifest.database == "sqlite" {
        anyhow::ensure!(restore_into.is_none(), "a backup of SQLite is restored by copying its file");
        let mut conn = sqlite::open(&file)?;
        faults.extend(sqlite::faults(&mut conn)?);
        compare(manifest, &super::content::of(&mut conn)?, faults);
        return Ok(());
    }
    let listed = postgres::listed(&file, programs)?;
    for table in manifest.rows.keys().filter(|table| !listed.contains(table)) {
        faults.push(format!("{} holds no rows of {table}", file.display()));
    }
    if let Some(into) = restore_into {
        compare(manifest, &postgres::restore(&file, into, programs)?, faults);
    }
    Ok(())
}

fn compare(manifest: &Manifest, found: &Content, faults: &mut Vec<String>) {
    let tables = manifest.rows.keys().chain(found.rows.keys().filter(|table| !manifest.rows.contains_key(*table)));
    for table in tables {
        let (said, there) = (manifest.rows.get(table), found.rows.get(table));
        if said != there {
            let words = |rows: Option<&i64>| rows.map_or("no such table".to_owned(), |rows| format!("{rows} rows"));
            faults.push(format!("{table}: {}; the manifest says {}", words(there), words(said)));
        }
    }
    if manifest.migrations != found.migrations {
        faults.push(format!("migrations {:?}; the manifest says {:?}", found.migrations, manifest.migrations));
    }
    if manifest.ledger != found.ledger {
        faults.push("the ledger's head is not the one of the manifest".into());
    }
}
