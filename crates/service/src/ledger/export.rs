//! Exports the ledger to a file that can be verified elsewhere: JSON lines with a head line, a line for each entry and
//! a tail line.

use std::collections::HashMap;
use std::io::Write;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tlog_tiles::{Hash, stored_hash_count, stored_hash_index};

use super::leaf::{ACTOR_SUB, Leaf};
use super::model::base64;
use super::store::Entry;
use super::{reading_store, store};
use crate::db::{Conn, Db, WorkError};

pub const FORMAT: &str = "xiaoqu-ledger/1";

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadLine {
    pub format: String,
    /// Name of the ledger.
    pub origin: String,
    /// Number of entries that follow.
    pub size: u64,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryLine {
    pub seq: u64,
    /// Text of the leaf; null if it is missing in the database.
    pub leaf: Option<String>,
    /// Base64 hashes that the tree stored with this entry: its own leaf hash, then those of the subtrees that it
    /// completed.
    pub hashes: Vec<String>,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TailLine {
    /// The signed checkpoint.
    pub checkpoint: String,
    /// Number of entries in the database beyond the head. There should be none.
    pub beyond: u64,
}

/// Number of entries read in one transaction. A longer read transaction would let SQLite's WAL grow.
const CHUNK: i64 = 1000;

fn read<T>(db: &Db, work: impl FnMut(&mut Conn) -> Result<T, WorkError>) -> anyhow::Result<T> {
    db.read_blocking(work).map_err(|fail| anyhow::anyhow!("cannot read the ledger: {fail}"))
}

/// Result of an export.
#[derive(Debug, PartialEq, Eq)]
pub struct Exported {
    pub size: u64,
    /// Entries whose columns differ from their sealed leaf, so that lists and filters miss them or show somebody else.
    /// Their leaves are verified separately.
    pub misfiled: Vec<i64>,
}

fn is_misfiled(entry: &Entry, leaf: Option<&str>, salt: Option<&String>) -> bool {
    // The verifier reports a missing or unreadable leaf. An erased salt is no evidence.
    let Some(leaf) = leaf.and_then(Leaf::read) else { return false };
    !leaf.is_filed_as(entry) || (salt.is_some() && !leaf.was_by(&entry.actor_sub, salt))
}

/// Writes the ledger up to its current head, while new entries may be added.
pub fn write(db: &Db, out: &mut impl Write) -> anyhow::Result<Exported> {
    let head = read(db, store::head)?.context("nothing is sealed yet")?;
    let size = u64::try_from(head.size)?;
    let mut line = |value: serde_json::Value| -> anyhow::Result<()> {
        serde_json::to_writer(&mut *out, &value)?;
        Ok(out.write_all(b"\n")?)
    };
    line(serde_json::to_value(HeadLine { format: FORMAT.into(), origin: head.origin, size })?)?;
    let mut misfiled = Vec::new();
    for from in (0..head.size).step_by(CHUNK as usize) {
        let to = head.size.min(from + CHUNK);
        let (entries, hashes, salts) = read(db, |conn| {
            let first = stored_hash_index(0, from as u64);
            let hashes = store::hashes_between(conn, first, stored_hash_count(to as u64))?;
            let entries = reading_store::run_of_entries(conn, from, to)?;
            let events = entries.iter().map(|(entry, _)| entry.event_id).collect();
            Ok((entries, hashes, store::salts_named(conn, ACTOR_SUB, events)?))
        })?;
        let wrong = entries.iter().filter(|(e, leaf)| is_misfiled(e, leaf.as_deref(), salts.get(&e.event_id)));
        misfiled.extend(wrong.map(|(entry, _)| entry.seq));
        let mut leaves: HashMap<i64, Option<String>> =
            entries.into_iter().map(|(entry, leaf)| (entry.seq, leaf)).collect();
        let hashes: HashMap<u64, Hash> = hashes.into_iter().collect();
        for seq in from..to {
            let number = seq as u64;
            let positions = stored_hash_index(0, number)..stored_hash_count(number + 1);
            // A missing hash is written as an empty string. The verifier reports it.
            let hashes = positions.map(|at| hashes.get(&at).map(|hash| base64(&hash.0)).unwrap_or_default()).collect();
            let leaf = leaves.remove(&seq).flatten();
            line(serde_json::to_value(EntryLine { seq: number, leaf, hashes })?)?;
        }
    }
    // The sealer may have continued since. Read the head and the entries beyond it in one snapshot.
    let beyond = read(db, |conn| {
        let now = store::head(conn)?.map_or(head.size, |now| now.size);
        reading_store::count_beyond(conn, now)
    })?;
    let beyond = u64::try_from(beyond)?;
    line(serde_json::to_value(TailLine { checkpoint: head.checkpoint, beyond })?)?;
    out.flush()?;
    Ok(Exported { size, misfiled })
}
