//! Revoked tokens, subjects and clients, read from the database every two seconds. If this list is older than five
//! seconds, no token is accepted. So a revocation takes effect on every replica within five seconds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant as StopWatch};

use super::caller::Caller;
use super::person::PersonKey;
use super::role::RoleKind;
use crate::db::{Conn, Db, WorkResult};

pub const POLL: Duration = Duration::from_secs(2);
/// Interval while the database is unreachable.
pub const POLL_AGAIN: Duration = Duration::from_millis(500);
const MAX_STALENESS: Duration = Duration::from_secs(5);

/// Why a token with a valid signature is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevocationCheck {
    /// The token, its client or its subject was revoked.
    Revoked,
    /// Revoked in these counties. The token is refused if the company's registering office or the committee's complex
    /// is in one of them.
    In(Vec<String>),
    /// The revocation list is not available.
    Unknown,
}

/// Where the revocations of a subject or token apply.
#[derive(Clone, Debug, Default, PartialEq)]
struct RevokedScope {
    counties: Vec<String>,
    residents: bool,
}

type Named<K> = HashMap<K, RevokedScope>;

/// Everything that is revoked.
#[derive(Default, PartialEq)]
pub struct Known {
    /// For each client, the lowest epoch of tokens that are still accepted.
    epochs: HashMap<String, i64>,
    subjects: Named<PersonKey>,
    /// By issuer and `jti`.
    tokens: Named<(String, String)>,
}

pub struct Revoked {
    known: RwLock<Known>,
    read: fn(&mut Conn) -> WorkResult<Known>,
    /// The local issuer. Only its tokens name our clients.
    issuer: String,
    began: StopWatch,
    /// Milliseconds from the start to the last successful read; 0 before the first.
    asked_at: AtomicU64,
    /// Milliseconds from the start to the last failed read on behalf of a request.
    last_failed_at: AtomicU64,
    asking: tokio::sync::Mutex<()>,
}

impl Revoked {
    pub fn new(issuer: &str, read: fn(&mut Conn) -> WorkResult<Known>) -> Revoked {
        Revoked {
            known: RwLock::default(),
            read,
            issuer: issuer.into(),
            began: StopWatch::now(),
            asked_at: AtomicU64::new(0),
            last_failed_at: AtomicU64::new(0),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// Is the revocation list fresh enough to use?
    pub fn is_known(&self) -> bool {
        let asked_at = self.asked_at.load(Ordering::Acquire);
        asked_at > 0 && self.elapsed().saturating_sub(asked_at) < MAX_STALENESS.as_millis() as u64
    }

    /// Checks a caller's token against the revocation list.
    pub fn check(&self, caller: &Caller) -> Result<(), RevocationCheck> {
        if !self.is_known() {
            return Err(RevocationCheck::Unknown);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let client = caller.client.as_deref().filter(|_| caller.iss == self.issuer);
        if client.is_some_and(|id| known.epochs.get(id).is_some_and(|least| caller.epoch < *least)) {
            return Err(RevocationCheck::Revoked);
        }
        let subject = if known.subjects.is_empty() { None } else { known.subjects.get(&caller.person()) };
        let token = match known.tokens.is_empty() {
            true => None,
            false => known.tokens.get(&(caller.iss.clone(), caller.token_id.clone())),
        };
        let mut elsewhere = Vec::new();
        for reach in subject.into_iter().chain(token) {
            match (caller.county(), caller.role.row().kind) {
                (Some(own), _) if reach.counties.iter().any(|county| county == own) => {
                    return Err(RevocationCheck::Revoked);
                }
                (Some(_), _) => {}
                (None, RoleKind::Public) if reach.residents => return Err(RevocationCheck::Revoked),
                (None, RoleKind::Public) => {}
                (None, _) => elsewhere.extend(reach.counties.iter().cloned()),
            }
        }
        if elsewhere.is_empty() { Ok(()) } else { Err(RevocationCheck::In(elsewhere)) }
    }

    /// Reads the list on behalf of a request that finds it too old. Concurrent requests share one read, and a failed
    /// read is not repeated at once.
    pub async fn ask(&self, db: &Db) {
        let asking = self.asking.lock().await;
        let in_vain = self.last_failed_at.load(Ordering::Acquire);
        let just_now = in_vain > 0 && self.elapsed().saturating_sub(in_vain) < POLL_AGAIN.as_millis() as u64;
        if !self.is_known() && !just_now && self.refresh(db).await.is_err() {
            self.last_failed_at.store(self.elapsed(), Ordering::Release);
        }
        drop(asking);
    }

    /// Reads the list. Its age counts from the start of the read.
    pub async fn refresh(&self, db: &Db) -> WorkResult<()> {
        let asked_at = self.elapsed();
        let found = db.read(self.read).await?;
        self.learn(found, asked_at);
        Ok(())
    }

    /// [`Revoked::refresh`], for the start, when there is no runtime yet.
    pub fn refresh_blocking(&self, db: &Db) -> WorkResult<()> {
        let asked_at = self.elapsed();
        let found = db.read_blocking(self.read)?;
        self.learn(found, asked_at);
        Ok(())
    }

    fn learn(&self, found: Known, asked_at: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Of two concurrent reads, keep the result of the later one.
        if asked_at >= self.asked_at.load(Ordering::Acquire) {
            if *known != found {
                *known = found;
            }
            self.asked_at.store(asked_at, Ordering::Release);
        }
    }
}

/// Target of a revocation.
pub enum Of {
    Subject(PersonKey),
    /// By issuer and `jti`.
    Token(String, String),
}

impl Known {
    /// Revokes the tokens of this client that have an older epoch.
    pub fn client(&mut self, id: String, epoch: i64) {
        self.epochs.insert(id, epoch);
    }

    pub fn revocation(&mut self, of: Of, county: String, residents: bool) {
        let reach = match of {
            Of::Subject(person) => self.subjects.entry(person).or_default(),
            Of::Token(issuer, id) => self.tokens.entry((issuer, id)).or_default(),
        };
        reach.counties.push(county);
        reach.residents |= residents;
    }
}
