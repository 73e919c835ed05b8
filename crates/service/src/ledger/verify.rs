//! Verifies an export without the service, with only the file, the ledger's public keys and checkpoints kept elsewhere.
//! The file is treated as untrusted input.

use std::collections::HashMap;
use std::io::BufRead;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use tlog_tiles::{Hash, node_hash, record_hash, stored_hash_count, stored_hash_index, tree_hash};

use super::checkpoint::{CheckpointFault, Head, Verifiers};
use super::export::{EntryLine, FORMAT, HeadLine, TailLine};
use super::tree::{Known, MAX_SIZE, Tree, edge};

/// A defect in a ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error("line {0} cannot be read as what it should be: {1}")]
    Unreadable(u64, String),
    #[error("the file ends before its last line")]
    Truncated,
    #[error("the file belongs to the ledger {0:?}, the key to {1:?}")]
    Origin(String, String),
    #[error("the file states {stated} entries and contains {found}")]
    Count { stated: u64, found: u64 },
    #[error("the checkpoint {0}: {1}")]
    Checkpoint(String, CheckpointFault),
    #[error(
        "the checkpoint in the file covers {signed} entries, the file contains {size}: an earlier head was inserted"
    )]
    OtherHead { signed: u64, size: u64 },
    #[error("entry {0} is missing")]
    Removed(u64),
    #[error("entry {0} is in the place of entry {1}")]
    OutOfOrder(u64, u64),
    #[error("entry {0} contains what was sealed as entry {1}")]
    Moved(u64, u64),
    #[error("entry {0} is not what was sealed")]
    Changed(u64),
    #[error("an entry from {0} to {1} is not what was sealed; the stored tree does not say which")]
    ChangedWithin(u64, u64),
    #[error("the entries are as signed, and the stored tree is damaged at entry {0}")]
    Tree(u64),
    #[error("the entries are not what {0} signed")]
    Rewritten(String),
    #[error("{kept} signed {signed} entries, the file has {size}: entries were cut off")]
    CutOff { kept: String, signed: u64, size: u64 },
    #[error("{0} entries are numbered past the head")]
    Beyond(u64),
}

/// Result of a verification.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub origin: String,
    pub size: u64,
    /// Root hash of the entries, base64; `None` if one is missing.
    pub root: Option<String>,
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A checkpoint that was kept elsewhere.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Name for the report, such as its file.
    pub name: String,
    pub text: String,
}

/// Most findings reported.
const AT_MOST: usize = 1000;
/// Longest line in bytes. The largest leaf contains the text of a policy.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

struct Lines<R> {
    reader: R,
    number: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<&[u8]>, Finding> {
        self.number += 1;
        self.buffer.clear();
        let unreadable = |why: String| Finding::Unreadable(self.number, why);
        let read = std::io::Read::take(&mut self.reader, LONGEST_LINE).read_until(b'\n', &mut self.buffer);
        match read {
            Ok(0) => Ok(None),
            Ok(_) if self.buffer.last() == Some(&b'\n') => Ok(Some(&self.buffer)),
            Ok(length) if length as u64 == LONGEST_LINE => Err(unreadable("it is too long".into())),
            Ok(_) => Err(Finding::Truncated),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }
}

fn parse<T: DeserializeOwned>(line: &[u8], number: u64) -> Result<T, Finding> {
    serde_json::from_slice(line).map_err(|error| Finding::Unreadable(number, error.to_string()))
}

fn hash(text: &str) -> Option<Hash> {
    Some(Hash(STANDARD.decode(text).ok()?.try_into().ok()?))
}

/// The readable content of a file.
#[derive(Default)]
struct Contents {
    origin: String,
    stated: u64,
    /// Hash of each leaf; `None` if it is missing.
    leaves: Vec<Option<Hash>>,
    /// Stored hashes of the tree, by position.
    stored: HashMap<u64, Hash>,
    tail: Option<TailLine>,
}

/// Reads a file. `each` is called with every leaf that is present.
fn read(
    reader: impl BufRead,
    findings: &mut Vec<Finding>,
    mut each: impl FnMut(u64, &str),
) -> Result<Contents, Finding> {
    let mut lines = Lines { reader, number: 0, buffer: Vec::new() };
    let head: HeadLine = match lines.next()? {
        Some(line) => parse(line, 1)?,
        None => return Err(Finding::Truncated),
    };
    if head.format != FORMAT || head.size > MAX_SIZE {
        return Err(Finding::Unreadable(1, format!("not an export of the form {FORMAT}")));
    }
    let mut contents = Contents { origin: head.origin, stated: head.size, ..Contents::default() };
    for place in 0..head.size {
        let number = place + 2;
        let Some(line) = lines.next()? else {
            return Err(Finding::Truncated);
        };
        // The tail line comes early: there are fewer entries than the head line states.
        if let Ok(tail) = serde_json::from_slice::<TailLine>(line) {
            contents.tail = Some(tail);
            break;
        }
        let entry: EntryLine = parse(line, number)?;
        if entry.seq != place {
            findings.push(Finding::OutOfOrder(entry.seq, place));
        }
        if let Some(leaf) = &entry.leaf {
            each(place, leaf);
        }
        contents.leaves.push(entry.leaf.map(|leaf| record_hash(leaf.as_bytes())));
        let first = stored_hash_index(0, place);
        let room = stored_hash_count(place + 1) - first;
        for (position, text) in (first..first + room).zip(&entry.hashes) {
            // An empty string is a hash that is missing in the database.
            if !text.is_empty() {
                let hash = hash(text).ok_or_else(|| Finding::Unreadable(number, "not a hash".into()))?;
                contents.stored.insert(position, hash);
            }
        }
    }
    if contents.tail.is_none() {
        let number = head.size + 2;
        contents.tail = match lines.next()? {
            Some(line) => Some(parse(line, number)?),
            None => return Err(Finding::Truncated),
        };
    }
    if lines.next()?.is_some() {
        return Err(Finding::Unreadable(lines.number, "there is a line after the last".into()));
    }
    Ok(contents)
}

/// Verifies an export with the ledger's keys and against checkpoints kept elsewhere. `each` is called with every leaf.
pub fn verify(reader: impl BufRead, keys: &Verifiers, kept: &[Kept], each: impl FnMut(u64, &str)) -> Report {
    let mut report = Report::default();
    let contents = match read(reader, &mut report.findings, each) {
        Ok(contents) => contents,
        Err(finding) => {
            report.findings.push(finding);
            return report;
        }
    };
    report.origin.clone_from(&contents.origin);
    report.size = contents.leaves.len() as u64;
    judge(&contents, keys, kept, &mut report);
    report.findings.truncate(AT_MOST);
    report
}

fn judge(contents: &Contents, keys: &Verifiers, kept: &[Kept], report: &mut Report) {
    let size = report.size;
    if contents.origin != keys.origin {
        report.findings.push(Finding::Origin(contents.origin.clone(), keys.origin.clone()));
    }
    if contents.stated != size {
        report.findings.push(Finding::Count { stated: contents.stated, found: size });
    }
    let grown = Grown::of(&contents.leaves);
    report.root = grown.root(size).map(|root| root.to_string());
    if let Some(tail) = &contents.tail {
        if tail.beyond > 0 {
            report.findings.push(Finding::Beyond(tail.beyond));
        }
        match keys.open(&tail.checkpoint) {
            Err(fault) => report.findings.push(Finding::Checkpoint("in the file".into(), fault)),
            Ok(head) if head.size != size => {
                report.findings.push(Finding::OtherHead { signed: head.size, size });
            }
            Ok(head) if grown.root(size) == Some(head.root) => stored_tree(contents, &grown, report),
            Ok(head) => locate(contents, &grown, &head, report),
        }
    }
    for one in kept {
        match keys.open(&one.text) {
            Err(fault) => report.findings.push(Finding::Checkpoint(one.name.clone(), fault)),
            Ok(head) if head.size > size => {
                report.findings.push(Finding::CutOff { kept: one.name.clone(), signed: head.size, size });
            }
            Ok(head) if grown.root(head.size) != Some(head.root) => {
                report.findings.push(Finding::Rewritten(one.name.clone()));
                locate(contents, &grown, &head, report);
            }
            Ok(_) => {}
        }
    }
    let mut seen = std::collections::HashSet::new();
    report.findings.retain(|finding| seen.insert(format!("{finding:?}")));
}

/// The tree computed from the leaves of a file, as far as they are present.
struct Grown(HashMap<u64, Hash>);

impl Grown {
    fn of(leaves: &[Option<Hash>]) -> Grown {
        // A missing leaf is filled in to continue the tree. All hashes that depend on it are removed afterwards.
        let mut tree = Tree::resume(0, []);
        for leaf in leaves {
            let _ = tree.append(leaf.unwrap_or_default());
        }
        let mut all = tree.into_hashes();
        for (seq, _) in leaves.iter().enumerate().filter(|(_, leaf)| leaf.is_none()) {
            for level in 0..40u8 {
                all.remove(&stored_hash_index(level, (seq as u64) >> level));
            }
        }
        Grown(all)
    }

    fn root(&self, size: u64) -> Option<Hash> {
        tree_hash(size, &Known(&self.0)).ok()
    }
}

/// The entries are correct. Checks whether the stored tree is, too.
fn stored_tree(contents: &Contents, grown: &Grown, report: &mut Report) {
    for (seq, _) in contents.leaves.iter().enumerate() {
        let first = stored_hash_index(0, seq as u64);
        let damaged = (first..stored_hash_count(seq as u64 + 1)).any(|at| contents.stored.get(&at) != grown.0.get(&at));
        if damaged {
            report.findings.push(Finding::Tree(seq as u64));
        }
    }
}

/// Descends the stored tree from a signed root, as long as its hashes match, to find the entries that differ.
fn locate(contents: &Contents, grown: &Grown, head: &Head, report: &mut Report) {
    let stored = Known(&contents.stored);
    if tree_hash(head.size, &stored).ok() != Some(head.root) {
        // The edge of the stored tree does not match the signed root, so none of its hashes can be trusted.
        if let Some(seq) = contents.leaves.iter().position(Option::is_none) {
            report.findings.push(Finding::Removed(seq as u64));
        }
        report.findings.push(Finding::ChangedWithin(0, head.size.saturating_sub(1)));
        return;
    }
    let mut open: Vec<(u8, u64)> = Vec::new();
    let (mut first, mut left) = (0, head.size);
    // The edge has one complete subtree for each bit of the size, the largest first.
    for _ in edge(head.size) {
        let level = left.ilog2() as u8;
        open.push((level, first >> level));
        first += 1 << level;
        left -= 1 << level;
    }
    let mut sealed_as: HashMap<[u8; 32], u64> = HashMap::new();
    for seq in 0..head.size {
        if let Some(hash) = contents.stored.get(&stored_hash_index(0, seq)) {
            sealed_as.insert(hash.0, seq);
        }
    }
    while let Some((level, at)) = open.pop() {
        let position = stored_hash_index(level, at);
        if report.findings.len() > AT_MOST || grown.0.get(&position) == contents.stored.get(&position) {
            continue;
        }
        if level == 0 {
            report.findings.push(match contents.leaves.get(at as usize) {
                Some(Some(leaf)) => match sealed_as.get(&leaf.0) {
                    Some(place) if *place != at => Finding::Moved(at, *place),
                    _ => Finding::Changed(at),
                },
                _ => Finding::Removed(at),
            });
            continue;
        }
        let children = [(level - 1, 2 * at), (level - 1, 2 * at + 1)];
        let [left, right] = children.map(|(level, at)| contents.stored.get(&stored_hash_index(level, at)).copied());
        match (left, right, contents.stored.get(&position)) {
            (Some(left), Some(right), Some(parent)) if node_hash(left, right) == *parent => open.extend(children),
            _ => report.findings.push(Finding::ChangedWithin(at << level, ((at + 1) << level) - 1)),
        }
    }
}

/// Verifies an entry, as `/v1/ledger/entries/{seq}` returns it, against a checkpoint.
pub fn verify_entry(entry: &super::model::LedgerEntry, keys: &Verifiers, kept: Option<&str>) -> Result<Head, String> {
    let text = kept.or(entry.checkpoint.as_deref()).ok_or("no checkpoint: name the one that you kept")?;
    let head = keys.open(text).map_err(|fault| fault.to_string())?;
    let leaf = entry.leaf.as_deref().ok_or("the answer has no leaf")?;
    if head.size != entry.tree_size {
        return Err(format!("the proof is for {} entries, the checkpoint of {}", entry.tree_size, head.size));
    }
    let proof = proof(&entry.inclusion_proof)?;
    let seq = u64::try_from(entry.seq).map_err(|_| "a number below 0")?;
    tlog_tiles::check_record(&proof, head.size, head.root, seq, record_hash(leaf.as_bytes()))
        .map_err(|_| "the proof does not lead from the leaf to the signed root".to_owned())?;
    Ok(head)
}

/// Verifies that the later of two checkpoints includes the earlier one, with the proof from `/v1/ledger/consistency`.
pub fn verify_consistency(
    answer: &super::model::Consistency,
    keys: &Verifiers,
    earlier: &str,
    later: &str,
) -> Result<(Head, Head), String> {
    let open = |text: &str| keys.open(text).map_err(|fault| fault.to_string());
    let (from, to) = (open(earlier)?, open(later)?);
    if (from.size, to.size) != (answer.from, answer.to) {
        return Err(format!(
            "the proof is from {} to {}, the checkpoints of {} and {}",
            answer.from, answer.to, from.size, to.size
        ));
    }
    tlog_tiles::check_tree(&proof(&answer.proof)?, to.size, to.root, from.size, from.root)
        .map_err(|_| "the later tree does not contain the earlier one".to_owned())?;
    Ok((from, to))
}

fn proof(texts: &[String]) -> Result<Vec<Hash>, String> {
    if texts.len() > 64 {
        return Err("a proof has at most 64 hashes".to_owned());
    }
    texts
        .iter()
        .map(|text| hash(text))
        .collect::<Option<_>>()
        .ok_or_else(|| "the proof holds what is no hash".to_owned())
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
