//! Backups: a consistent copy of the database, made while the service runs, with a manifest to verify the copy.
//! Contains no keys.

mod content;
mod manifest;
mod postgres;
mod sqlite;
mod verify;

use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use aws_lc_rs::digest::{self, SHA256};

pub use manifest::{Entry, LedgerHead, Manifest};
pub use verify::verify;

use crate::db::{DbOptions, sqlite_path};

/// Folder of PostgreSQL's programs; `None` uses PATH.
#[derive(Clone, Debug, Default)]
pub struct Programs(pub Option<PathBuf>);

/// Copies the database to a new folder. Until everything is on disk, the folder has another name and no manifest, so
/// that an interrupted backup cannot be verified.
pub fn make(options: &DbOptions, to: &Path, programs: &Programs) -> anyhow::Result<Manifest> {
    anyhow::ensure!(!to.exists(), "{} is there already: a backup is written into a new folder", to.display());
    let parent = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let unfinished = tempfile::Builder::new()
        .prefix(".xiaoqu-unfinished-backup-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .with_context(|| format!("cannot write into {}", parent.display()))?;
    let (database, name, content) = if options.is_postgres() {
        let name = "xiaoqu.pgdump";
        ("postgres", name, postgres::dump(&options.url, &new_file(unfinished.path(), name)?, programs)?)
    } else {
        let name = "xiaoqu.sqlite";
        ("sqlite", name, sqlite::copy(&sqlite_path(&options.url), &new_file(unfinished.path(), name)?)?)
    };
    let manifest = Manifest::new(database, vec![entry(unfinished.path(), name)?], content);
    std::fs::write(new_file(unfinished.path(), manifest::FILE)?, manifest.text()?)?;
    for file in [name, manifest::FILE, "."] {
        std::fs::File::open(unfinished.path().join(file))?.sync_all()?;
    }
    std::fs::rename(unfinished.path(), to).with_context(|| format!("cannot name the backup {}", to.display()))?;
    std::fs::File::open(parent)?.sync_all()?;
    Ok(manifest)
}

/// Creates an empty file that only its owner can read. Programs that fill it keep its mode.
fn new_file(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    Ok(path)
}

fn entry(folder: &Path, name: &str) -> anyhow::Result<Entry> {
    let mut file = std::fs::File::open(folder.join(name))?;
    let mut sum = digest::Context::new(&SHA256);
    let (mut bytes, mut buffer) = (0, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        sum.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok(Entry { name: name.to_owned(), bytes, sha256: hex::encode(sum.finish()) })
}
