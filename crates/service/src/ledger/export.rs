//! The ledger as a file, to keep and to check elsewhere: JSON lines, a head line, one line for each entry, a tail line.

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
    /// How many entries follow.
    pub size: u64,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryLine {
    pub seq: u64,
    /// The leaf's text; null where the database has none.
    pub leaf: Option<String>,
    /// The tree's hashes that were stored with this entry, base64: the leaf's own, then those of the subtrees that it
    /// completed.
    pub hashes: Vec<String>,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TailLine {
    /// The signed head.
    pub checkpoint: String,
    /// Entries that the database numbers past its head; there should be none.
    pub beyond: u64,
}

/// As many entries are read at once, so that no reading transaction is long: SQLite's log would grow under it.
const CHUNK: i64 = 1000;

fn read<T>(db: &Db, work: impl FnMut(&mut Conn) -> Result<T, WorkError>) -> anyhow::Result<T> {
    db.read_blocking(work).map_err(|fail| anyhow::anyhow!("cannot read the ledger: {fail}"))
}

/// What was exported.
#[derive(Debug, PartialEq, Eq)]
pub struct Exported {
    pub size: u64,
    /// Entries that the database files under something else than what was sealed: lists and filters would miss them, or
    /// name somebody else. Their leaves are sound or not by themselves.
    pub misfiled: Vec<i64>,
}

fn is_misfiled(entry: &Entry, leaf: Option<&str>, salt: Option<&String>) -> bool {
    // A leaf that is missing or cannot be read is named by the checker. An erased salt says nothing.
    let Some(leaf) = leaf.and_then(Leaf::read) else { return false };
    !leaf.is_filed_as(entry) || (salt.is_some() && !leaf.was_by(&entry.actor_sub, salt))
}

/// Writes the ledger up to its present head, while it goes on growing.
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
            // A missing hash is written as an empty text: the checker names it.
            let hashes = positions.map(|at| hashes.get(&at).map(|hash| base64(&hash.0)).unwrap_or_default()).collect();
            let leaf = leaves.remove(&seq).flatten();
            line(serde_json::to_value(EntryLine { seq: number, leaf, hashes })?)?;
        }
    }
    // The sealer may have gone on since: past the head is what is past the head of one and the same snapshot.
    let beyond = read(db, |conn| {
        let now = store::head(conn)?.map_or(head.size, |now| now.size);
        reading_store::count_beyond(conn, now)
    })?;
    let beyond = u64::try_from(beyond)?;
    line(serde_json::to_value(TailLine { checkpoint: head.checkpoint, beyond })?)?;
    out.flush()?;
    Ok(Exported { size, misfiled })
}
