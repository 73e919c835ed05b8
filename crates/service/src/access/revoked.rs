//! What is revoked, as this replica knows it: read from the store every two seconds. Knowledge that is older than five
//! seconds is none, and then no token is taken: a revocation takes effect within five seconds on every replica, or
//! nothing does.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant as StopWatch};

use super::caller::Caller;
use super::person::PersonKey;
use super::role::RoleKind;
use crate::db::{Conn, Db, WorkResult};

pub const POLL: Duration = Duration::from_secs(2);
/// While the store is away.
pub const POLL_AGAIN: Duration = Duration::from_millis(500);
const MAX_STALENESS: Duration = Duration::from_secs(5);

/// Why a token with a good signature is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevocationCheck {
    /// It was revoked, or its client or subject was.
    Revoked,
    /// It was revoked in these counties; it is ended where the company's home register or the committee's complex is in one.
    In(Vec<String>),
    /// What is revoked is not known.
    Unknown,
}

/// What the revocations of a subject or token end.
#[derive(Clone, Debug, Default, PartialEq)]
struct RevokedScope {
    counties: Vec<String>,
    residents: bool,
}

type Named<K> = HashMap<K, RevokedScope>;

/// Whose tokens are not taken.
#[derive(Default, PartialEq)]
pub struct Known {
    /// By client: the epoch that its tokens must have at least.
    epochs: HashMap<String, i64>,
    subjects: Named<PersonKey>,
    /// By issuer and `jti`.
    tokens: Named<(String, String)>,
}

pub struct Revoked {
    known: RwLock<Known>,
    read: fn(&mut Conn) -> WorkResult<Known>,
    /// The local issuer: only its tokens name our clients.
    issuer: String,
    began: StopWatch,
    /// Milliseconds from the beginning to the last time that the store was asked and answered; 0 before the first.
    asked_at: AtomicU64,
    /// The same, to the last time that a request asked in vain.
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

    /// Is it known what is revoked?
    pub fn is_known(&self) -> bool {
        let asked_at = self.asked_at.load(Ordering::Acquire);
        asked_at > 0 && self.elapsed().saturating_sub(asked_at) < MAX_STALENESS.as_millis() as u64
    }

    /// May this caller's token be taken?
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

    /// For a request that finds nothing known: it asks for all that came with it, or learns that one just asked in vain.
    pub async fn ask(&self, db: &Db) {
        let asking = self.asking.lock().await;
        let in_vain = self.last_failed_at.load(Ordering::Acquire);
        let just_now = in_vain > 0 && self.elapsed().saturating_sub(in_vain) < POLL_AGAIN.as_millis() as u64;
        if !self.is_known() && !just_now && self.refresh(db).await.is_err() {
            self.last_failed_at.store(self.elapsed(), Ordering::Release);
        }
        drop(asking);
    }

    /// Asks the store. Its answer counts from the moment of the question.
    pub async fn refresh(&self, db: &Db) -> WorkResult<()> {
        let asked_at = self.elapsed();
        let found = db.read(self.read).await?;
        self.learn(found, asked_at);
        Ok(())
    }

    /// [`Revoked::refresh`] before there is a runtime.
    pub fn refresh_blocking(&self, db: &Db) -> WorkResult<()> {
        let asked_at = self.elapsed();
        let found = db.read_blocking(self.read)?;
        self.learn(found, asked_at);
        Ok(())
    }

    fn learn(&self, found: Known, asked_at: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Two questions at once: the later one knows more.
        if asked_at >= self.asked_at.load(Ordering::Acquire) {
            if *known != found {
                *known = found;
            }
            self.asked_at.store(asked_at, Ordering::Release);
        }
    }
}

/// What a revocation ends.
pub enum Of {
    Subject(PersonKey),
    /// By issuer and `jti`.
    Token(String, String),
}

impl Known {
    /// Tokens of this client with an older epoch are ended.
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
