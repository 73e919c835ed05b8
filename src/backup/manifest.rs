//! The manifest of a backup.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::content::Content;
use crate::db::Instant;

pub const FILE: &str = "manifest.json";
const FORMAT: u32 = 1;

/// Content of a backup, and the digests to verify it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the manifest's format.
    pub format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    pub created_at: Instant,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Versions of the applied migrations.
    pub migrations: Vec<String>,
    pub files: Vec<Entry>,
    /// Number of rows of each table.
    pub rows: BTreeMap<String, i64>,
    pub ledger: Option<LedgerHead>,
    /// SHA-256 of this manifest with this member empty.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// Size and checkpoint of the sealed ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerHead {
    pub size: i64,
    /// The signed checkpoint, which other tools can verify, too.
    pub checkpoint: String,
}

impl Manifest {
    pub fn new(database: &str, files: Vec<Entry>, content: Content) -> Manifest {
        let mut manifest = Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").into(),
            created_at: Instant::now(),
            database: database.into(),
            migrations: content.migrations,
            files,
            rows: content.rows,
            ledger: content.ledger,
            digest: String::new(),
        };
        manifest.digest = manifest.own_digest();
        manifest
    }

    /// The canonical text of this manifest. No other form of the same content is accepted.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    fn own_digest(&self) -> String {
        let empty = Manifest { digest: String::new(), ..self.clone() };
        hex::encode(digest(&SHA256, empty.text().unwrap_or_default().as_bytes()))
    }

    /// Reads a manifest in its canonical text. Anything else is an error in one sentence.
    pub fn read(bytes: &[u8]) -> Result<Manifest, String> {
        let manifest: Manifest =
            serde_json::from_slice(bytes).map_err(|error| format!("{FILE} is no manifest: {error}"))?;
        if manifest.format != FORMAT {
            return Err(format!("{FILE} has format {}; this version reads {FORMAT}", manifest.format));
        }
        let same = manifest.text().is_ok_and(|text| text.as_bytes() == bytes);
        if !same || manifest.own_digest() != manifest.digest {
            return Err(format!("{FILE} is changed: it does not agree with its own digest"));
        }
        Ok(manifest)
    }
}
