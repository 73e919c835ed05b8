//! Sealing: in one transaction, events become numbered leaves of the tree and the ledger key signs the new head.
//!
//! On SQLite, each batch of the writer seals its own events before the commit. On PostgreSQL, a sealer runs regularly.
//! It reads the queue of unsealed events and not the ids after the last sealed one, because ids are not in commit
//! order. Two sealers at once are safe: the row of the head is locked before anything is read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tlog_tiles::{Error, Hash, record_hash};
use tokio::sync::Notify;

use super::checkpoint::{CheckpointFault, Head, Signer, Verifiers};
use super::store::{self, HeadRow};
use super::tree::{Tree, edge};
use crate::db::{self, Conn, Db, Instant, WorkError, WorkResult, WriteLock};
use crate::keys::Keys;

/// Events sealed in one transaction, so that no transaction holds SQLite's writer for long.
const CHUNK: i64 = 512;
/// Longest time that events wait if they were written by another replica, or if a wake-up was missed.
const ROUND: Duration = Duration::from_millis(500);

/// Why sealing fails. The events stay in the queue; the writes that they record are not affected.
#[derive(Debug, thiserror::Error)]
pub enum SealFault {
    #[error("the stored tree does not have the root that its head states: the ledger was changed from outside")]
    Changed,
    #[error("the head's checkpoint does not state the head: {0}")]
    Checkpoint(String),
    #[error("the ledger's key: {0}")]
    Key(#[from] CheckpointFault),
    #[error("the tree: {0}")]
    Tree(#[from] Error),
    #[error("the store: {0}")]
    Store(WorkError),
}

impl From<WorkError> for SealFault {
    fn from(fail: WorkError) -> Self {
        SealFault::Store(fail)
    }
}

/// Seals queued events.
#[derive(Clone)]
pub struct Sealer {
    /// Name for a new ledger. An existing one keeps its name.
    origin: String,
    keys: Arc<Keys>,
    wake: Arc<Notify>,
    /// The last attempt failed; reported by `/readyz`.
    refused: Arc<AtomicBool>,
    /// The last signed checkpoint and its head, so that a busy writer does not verify its own signature in every batch.
    signed: Arc<Mutex<Option<(String, Head)>>>,
}

impl Sealer {
    pub fn new(origin: &str, keys: Arc<Keys>) -> anyhow::Result<Sealer> {
        let sealer = Sealer {
            origin: origin.to_owned(),
            keys,
            wake: Arc::default(),
            refused: Arc::default(),
            signed: Arc::default(),
        };
        sealer.signer(origin)?;
        Ok(sealer)
    }

    fn signer(&self, origin: &str) -> Result<Signer, CheckpointFault> {
        let ring = self.keys.ring();
        Signer::new(&ring.ledger_key(Instant::now().0).signer_key(origin))
    }

    /// The keys that verify this ledger's checkpoints, the active key first.
    pub fn public_keys(&self, origin: &str) -> Vec<String> {
        let ring = self.keys.ring();
        let acting = ring.ledger_key(Instant::now().0);
        let others = ring.ledger_keys().iter().filter(|key| key.id() != acting.id());
        std::iter::once(acting).chain(others).map(|key| key.verifier_key(origin)).collect()
    }

    /// Did the last attempt to seal fail, so that events are waiting?
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Seals the next events. If sealing fails, they stay in the queue; a database error is returned.
    fn attempt(&self, conn: &mut Conn) -> WorkResult<usize> {
        match self.seal(conn) {
            Ok(count) => {
                if count > 0 {
                    self.refused.store(false, Ordering::Relaxed);
                }
                Ok(count)
            }
            Err(SealFault::Store(fail)) => Err(fail),
            Err(fault) => {
                if !self.refused.swap(true, Ordering::Relaxed) {
                    tracing::error!(%fault, "the ledger cannot be sealed; new events stay unsealed");
                }
                Ok(0)
            }
        }
    }

    /// Wakes the sealer after a write.
    pub fn notify(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Seals the next events in the current transaction. Returns their number.
    pub fn seal(&self, conn: &mut Conn) -> Result<usize, SealFault> {
        if !store::any_unsealed(conn)? {
            return Ok(0);
        }
        let head = match store::lock_head(conn)? {
            Some(head) => head,
            None => self.found(conn)?,
        };
        let mut tree = self.resume(conn, &head)?;
        // Read after the lock, because another sealer may have emptied the queue.
        let waiting = store::unsealed(conn, CHUNK)?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let (mut positions, mut entries, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        for (position, mut entry, leaf) in waiting {
            let hash = record_hash(leaf.as_bytes());
            entry.seq = tree.size() as i64;
            hashes.extend(tree.append(hash)?);
            positions.push(position);
            entries.push(entry);
        }
        // The last step that can fail alone. After it, only the database can fail, which rolls back the whole
        // transaction.
        let head = self.signed(&head.origin, &tree, db::database_now(conn)?)?;
        store::add_entries(conn, &entries)?;
        store::add_hashes(conn, &hashes)?;
        store::leave_queue(conn, &positions)?;
        store::save_head(conn, &head)?;
        Ok(entries.len())
    }

    /// Creates the empty tree before the first seal.
    fn found(&self, conn: &mut Conn) -> Result<HeadRow, SealFault> {
        let empty = self.signed(&self.origin, &Tree::resume(0, []), db::database_now(conn)?)?;
        store::found(conn, &empty)?;
        Ok(store::lock_head(conn)?.unwrap_or(empty))
    }

    /// Called by SQLite's writer in each of its batches.
    pub fn seal_batch(&self, conn: &mut Conn) -> WorkResult<()> {
        self.attempt(conn).map(drop)
    }

    /// Seals all queued events.
    pub async fn seal_all(&self, db: &Db) -> Result<(), WorkError> {
        while db.read(store::any_unsealed).await? {
            let sealer = self.clone();
            if db.write(WriteLock::default(), move |conn| sealer.attempt(conn)).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Seals regularly until the service stops. On SQLite, this only finds events that a batch could not seal.
    pub async fn run(&self, db: Db) {
        loop {
            if db.is_postgres() {
                let _ = tokio::time::timeout(ROUND, self.wake.notified()).await;
            } else {
                tokio::time::sleep(ROUND).await;
            }
            if let Err(fail) = self.seal_all(&db).await {
                tracing::warn!(%fail, "the ledger could not be sealed because of the database; this is retried");
                tokio::time::sleep(ROUND).await;
            }
        }
    }

    /// Loads the stored tree, if it matches the head that the ledger key signed. Nothing is added to a tree that was
    /// changed from outside.
    fn resume(&self, conn: &mut Conn, head: &HeadRow) -> Result<Tree, SealFault> {
        let size = u64::try_from(head.size).map_err(|_| SealFault::Changed)?;
        let tree = Tree::resume(size, store::hashes_at(conn, &edge(size))?);
        let root = tree.root().map_err(|_| SealFault::Changed)?;
        if root.0.as_slice() != head.root.as_slice() {
            return Err(SealFault::Changed);
        }
        match self.stated_by(&head.origin, &head.checkpoint) {
            Ok(stated) if stated == (Head { size, root }) => Ok(tree),
            Ok(_) => Err(SealFault::Checkpoint("it is of another size or root".into())),
            Err(fault) => Err(SealFault::Checkpoint(fault.to_string())),
        }
    }

    /// The head in a checkpoint, if this ledger's key signed it.
    fn stated_by(&self, origin: &str, checkpoint: &str) -> Result<Head, CheckpointFault> {
        let signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, head)) = signed.as_ref().filter(|(text, _)| text == checkpoint) {
            return Ok(*head);
        }
        drop(signed);
        let keys = self.public_keys(origin);
        Verifiers::parse(keys.iter().map(String::as_str))?.open(checkpoint)
    }

    fn signed(&self, origin: &str, tree: &Tree, sealed_at: Instant) -> Result<HeadRow, SealFault> {
        let root: Hash = tree.root()?;
        let head = Head { size: tree.size(), root };
        let checkpoint = self.signer(origin)?.sign(&head)?;
        *self.signed.lock().unwrap_or_else(PoisonError::into_inner) = Some((checkpoint.clone(), head));
        Ok(HeadRow {
            id: 1,
            origin: origin.to_owned(),
            size: tree.size() as i64,
            root: root.0.to_vec(),
            checkpoint,
            sealed_at,
        })
    }
}
