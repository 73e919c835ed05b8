//! No connection is used before a check has confirmed that the database belongs to this deployment.
//!
//! The check runs on each new connection, so it also covers a database that was unreachable at the start, one that was
//! replaced by another, and one that was never migrated. [`super::Db::recheck`] repeats it while the service runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Conn, Unavailable, WorkError, WorkResult};

/// Why a database is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    NotMigrated,
    NewerSchema,
    Keyring,
    TimeZone,
    PublicUrl,
}

impl Mismatch {
    pub const ALL: [Mismatch; 5] =
        [Mismatch::NotMigrated, Mismatch::NewerSchema, Mismatch::Keyring, Mismatch::TimeZone, Mismatch::PublicUrl];

    /// The label value in metrics.
    pub fn code(self) -> &'static str {
        match self {
            Mismatch::NotMigrated => "not_migrated",
            Mismatch::NewerSchema => "newer_schema",
            Mismatch::Keyring => "keyring",
            Mismatch::TimeZone => "time_zone",
            Mismatch::PublicUrl => "public_url",
        }
    }
}

/// A mismatch, with a sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub mismatch: Mismatch,
    pub detail: String,
}

/// Use of a connection. The check may claim an unused database on a primary connection, but only reads on a reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionKind {
    Primary,
    Reader,
}

/// Checks whether this process may use the database behind a connection. Runs outside a transaction.
pub type Check = Arc<dyn Fn(&mut Conn, ConnectionKind) -> WorkResult<Option<Refusal>> + Send + Sync>;

/// The check of a database, and its last result.
pub struct Admission {
    check: Option<Check>,
    /// A connection has passed the check.
    admitted: AtomicBool,
    /// Read by every request. `refusal` has the reason.
    closed: AtomicBool,
    refusal: Mutex<Option<Refusal>>,
}

impl Admission {
    pub fn new(check: Option<Check>) -> Arc<Admission> {
        let admitted = AtomicBool::new(check.is_none());
        Arc::new(Admission { check, admitted, closed: AtomicBool::new(false), refusal: Mutex::new(None) })
    }

    /// Refuses work while the database is known to belong to another deployment.
    pub fn pass(&self) -> Result<(), WorkError> {
        if !self.closed.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(WorkError::Out(
            self.refusal().map_or(Unavailable::Unreachable, |refusal| Unavailable::Refused(refusal.mismatch)),
        ))
    }

    pub fn refusal(&self) -> Option<Refusal> {
        self.refusals().clone()
    }

    /// Has a connection passed the check, and none been refused since?
    pub fn is_admitted(&self) -> bool {
        self.admitted.load(Ordering::Acquire) && !self.closed.load(Ordering::Acquire)
    }

    /// Checks a connection. `Err` is the reason why it must not be used.
    pub fn admit(&self, conn: &mut Conn, kind: ConnectionKind) -> Result<(), String> {
        let Some(check) = &self.check else { return Ok(()) };
        match check(conn, kind) {
            Ok(found) => {
                let refused = found.as_ref().map(|refusal| refusal.detail.clone());
                self.learn(found);
                refused.map_or(Ok(()), Err)
            }
            Err(fail) => Err(format!("the database cannot be checked: {fail}")),
        }
    }

    fn learn(&self, found: Option<Refusal>) {
        let mut refusal = self.refusals();
        match &found {
            Some(new) if refusal.as_ref() != Some(new) => {
                tracing::error!(reason = new.mismatch.code(), "{}", new.detail);
            }
            None if refusal.is_some() => tracing::info!("the database belongs to this service and is used again"),
            _ => {}
        }
        self.closed.store(found.is_some(), Ordering::Release);
        if found.is_none() {
            self.admitted.store(true, Ordering::Release);
        }
        *refusal = found;
    }

    fn refusals(&self) -> MutexGuard<'_, Option<Refusal>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, DbOptions, StoreMetrics, WriteLock};

    #[test]
    fn a_store_that_is_refused_opens_when_the_check_finds_nothing_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let options = DbOptions::new(format!("sqlite:{}", folder.path().join("x.sqlite").display()));
        let wrong = Arc::new(AtomicBool::new(true));
        let asked = wrong.clone();
        let check: Check = Arc::new(move |_, _| {
            let refusal = || Refusal { mismatch: Mismatch::Keyring, detail: "another keyring".into() };
            Ok(asked.load(Ordering::SeqCst).then(refusal))
        });
        let db = Db::open_with(&options, StoreMetrics::unregistered().unwrap(), None, Some(check)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let write = || runtime.block_on(db.write(WriteLock::default(), |_| Ok(())));
        let refused = |fail: WorkError| matches!(fail, WorkError::Out(Unavailable::Refused(Mismatch::Keyring)));
        assert!(write().is_err_and(refused));
        assert!(db.read_blocking(|_| Ok(())).is_err_and(refused));
        assert!(runtime.block_on(db.recheck()).is_err_and(refused));
        wrong.store(false, Ordering::SeqCst);
        runtime.block_on(db.recheck()).unwrap();
        write().unwrap();
        db.read_blocking(|_| Ok(())).unwrap();
        db.close();
    }
}
