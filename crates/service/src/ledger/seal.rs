//! Sealing: events become numbered leaves of the tree, and the ledger's key signs its new head, all in one transaction.
//!
//! On SQLite each batch of the writer seals itself before its commit. On PostgreSQL a sealer goes round; it looks for
//! events that are not sealed, never for later ones, because ids are not in the order of commits. Two sealers at once
//! are right: the head's row is locked before anything is read.

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

/// As many events are sealed in one transaction, so that none holds SQLite's writer long.
const CHUNK: i64 = 512;
/// How long events of another replica, or of a wake-up that was missed, wait at most.
const ROUND: Duration = Duration::from_millis(500);

/// Why nothing can be sealed. The events wait, and what they record stands.
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

/// Seals what waits.
#[derive(Clone)]
pub struct Sealer {
    /// The name of a ledger that is begun; one that is there keeps its own.
    origin: String,
    keys: Arc<Keys>,
    wake: Arc<Notify>,
    /// The last attempt was refused: for readiness.
    refused: Arc<AtomicBool>,
    /// The checkpoint that was signed last, with what it states: our own signature need not be checked again for each
    /// batch of a busy writer.
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

    /// The keys under which this ledger's checkpoints are believed, the one in use first.
    pub fn public_keys(&self, origin: &str) -> Vec<String> {
        let ring = self.keys.ring();
        let acting = ring.ledger_key(Instant::now().0);
        let others = ring.ledger_keys().iter().filter(|key| key.id() != acting.id());
        std::iter::once(acting).chain(others).map(|key| key.verifier_key(origin)).collect()
    }

    /// Are events waiting because sealing is refused?
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Seals the next events; a refusal leaves them waiting, a fault of the store goes to the caller.
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
                    tracing::error!(%fault, "the ledger cannot be sealed: its events wait");
                }
                Ok(0)
            }
        }
    }

    /// What wakes it when something was written.
    pub fn notify(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Seals the next events, in the transaction at hand. Answers how many.
    pub fn seal(&self, conn: &mut Conn) -> Result<usize, SealFault> {
        if !store::any_unsealed(conn)? {
            return Ok(0);
        }
        let head = match store::lock_head(conn)? {
            Some(head) => head,
            None => self.found(conn)?,
        };
        let mut tree = self.resume(conn, &head)?;
        // Read after the lock: what another sealer took is gone from the queue.
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
        // The last that can fail by itself; from here on only the store can, and takes the whole transaction with it.
        let head = self.signed(&head.origin, &tree, db::database_now(conn)?)?;
        store::add_entries(conn, &entries)?;
        store::add_hashes(conn, &hashes)?;
        store::leave_queue(conn, &positions)?;
        store::save_head(conn, &head)?;
        Ok(entries.len())
    }

    /// The empty tree, which the first seal grows.
    fn found(&self, conn: &mut Conn) -> Result<HeadRow, SealFault> {
        let empty = self.signed(&self.origin, &Tree::resume(0, []), db::database_now(conn)?)?;
        store::found(conn, &empty)?;
        Ok(store::lock_head(conn)?.unwrap_or(empty))
    }

    /// For the writer of SQLite, in each of its batches.
    pub fn seal_batch(&self, conn: &mut Conn) -> WorkResult<()> {
        self.attempt(conn).map(drop)
    }

    /// Seals all that waits.
    pub async fn seal_all(&self, db: &Db) -> Result<(), WorkError> {
        while db.read(store::any_unsealed).await? {
            let sealer = self.clone();
            if db.write(WriteLock::default(), move |conn| sealer.attempt(conn)).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Goes round until the service stops. On SQLite only what a batch left is found: each seals itself.
    pub async fn run(&self, db: Db) {
        loop {
            if db.is_postgres() {
                let _ = tokio::time::timeout(ROUND, self.wake.notified()).await;
            } else {
                tokio::time::sleep(ROUND).await;
            }
            if let Err(fail) = self.seal_all(&db).await {
                tracing::warn!(%fail, "the ledger waits for its store");
                tokio::time::sleep(ROUND).await;
            }
        }
    }

    /// The tree as it is stored, where it is the one that the head states and that the ledger's key has signed: nothing
    /// is put on top of what somebody changed.
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

    /// What a checkpoint states, where this ledger's key has signed it.
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
