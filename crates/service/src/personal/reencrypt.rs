//! After a rotation, re-encrypts data under the active keys, a few rows at a time, while the service runs. Each row
//! names its own key, so that this can continue after a restart or in another replica. Two at once are safe, because a
//! row is only replaced if its bytes are unchanged.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use chrono::Utc;

use super::store::{self, Purpose};
use super::{phones, vault};
use crate::db::{Conn, Id, WorkResult, WriteLock};
use crate::keys::{self, Keyring};
use crate::problem::Problem;
use crate::service::Service;

/// Most rows in one transaction, and the time after which no further row is processed. With its commit, the transaction
/// should take less than 100 ms on a busy machine.
const CHUNK: i64 = 200;
const ENOUGH: Duration = Duration::from_millis(25);

/// Result of a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Texts re-encrypted under the active key.
    pub texts: usize,
    /// Subjects whose phone numbers were indexed again with the active key.
    pub subjects: usize,
    /// Texts that could not be decrypted and were left unchanged.
    pub left: usize,
    pub chunks: usize,
    /// Longest transaction, without its commit.
    pub longest: Duration,
}

/// The keys that data is moved to. After a pass that left rows behind, another pass is useless until these change.
pub fn active_keys(ring: &Keyring) -> (String, Option<String>) {
    let now = Utc::now();
    (ring.data_key(now).key.id.clone(), ring.index_key(now).map(|one| one.key.id.clone()))
}

/// Processes everything once. It reads before it writes, so that the writer is not held if there is nothing to do.
pub async fn pass(state: &Arc<Service>) -> Result<Pass, Problem> {
    let mut pass = Pass::default();
    let ring = state.keys.ring();
    let superseded = |key: &keys::Key| ring.state(key, Utc::now()) == keys::State::Superseded;
    for key in ring.data_keys().iter().filter(|one| superseded(&one.key)).map(|one| one.key.id.clone()) {
        move_texts(state, &ring, key, &mut pass).await?;
    }
    let kept: Vec<&str> =
        ring.index_keys().iter().filter(|one| !superseded(&one.key)).map(|one| one.key.id.as_str()).collect();
    // Digests under a lost key are also rebuilt, because they are made from the contacts.
    let used = state.db.read(store::index_keys_in_use).await?;
    for key in used.into_iter().filter(|key| !kept.contains(&key.as_str())) {
        move_phones(state, &ring, key, &mut pass).await?;
    }
    if pass.texts + pass.subjects > 0 {
        tracing::info!(
            texts = pass.texts,
            subjects = pass.subjects,
            "personal data was re-encrypted with the active keys"
        );
    }
    if pass.left > 0 {
        tracing::error!(
            left = pass.left,
            "encrypted rows cannot be decrypted and remain encrypted with superseded keys"
        );
    }
    Ok(pass)
}

/// Result of one transaction, and where the next one starts.
struct Chunk<T> {
    after: Option<T>,
    moved: usize,
    left: usize,
    started: StopWatch,
}

impl<T> Chunk<T> {
    fn new() -> Chunk<T> {
        Chunk { after: None, moved: 0, left: 0, started: StopWatch::now() }
    }

    fn is_full(&self) -> bool {
        self.after.is_some() && self.started.elapsed() > ENOUGH
    }
}

impl Pass {
    fn count<T>(&mut self, chunk: &Chunk<T>) {
        self.left += chunk.left;
        self.chunks += 1;
        self.longest = self.longest.max(chunk.started.elapsed());
    }
}

async fn move_texts(state: &Arc<Service>, ring: &Arc<Keyring>, key: String, pass: &mut Pass) -> Result<(), Problem> {
    let mut after: Option<(Id, Purpose)> = None;
    while state.lease.held(&state.db).await {
        let asked = key.clone();
        let next = state.db.read(move |conn| Ok(store::under_data_key(conn, &asked, after, 1)?.len())).await?;
        if next == 0 {
            break;
        }
        let (ring, key) = (ring.clone(), key.clone());
        let work = move |conn: &mut Conn| text_chunk(conn, &ring, &key, after);
        let chunk = state.db.write(WriteLock::default(), work).await?;
        pass.count(&chunk);
        pass.texts += chunk.moved;
        if chunk.after.is_none() {
            break;
        }
        after = chunk.after;
    }
    Ok(())
}

fn text_chunk(
    conn: &mut Conn,
    ring: &Keyring,
    key: &str,
    after: Option<(Id, Purpose)>,
) -> WorkResult<Chunk<(Id, Purpose)>> {
    let mut chunk = Chunk::new();
    let active = ring.data_key(Utc::now());
    vault::make_known(conn, active)?;
    for row in store::under_data_key(conn, key, after, CHUNK)? {
        if chunk.is_full() {
            break;
        }
        chunk.after = Some((row.owner_id, row.purpose));
        let Ok(plain) = vault::decrypt_row(ring, &row) else {
            chunk.left += 1;
            continue;
        };
        let encrypted = vault::encrypt_as(active, row.owner_id, row.purpose, row.subject_id, &plain)?;
        // If somebody else wrote in the meantime, keep their value.
        chunk.moved += usize::from(store::move_text(conn, &row, &active.key.id, &encrypted)?);
    }
    Ok(chunk)
}

async fn move_phones(state: &Arc<Service>, ring: &Arc<Keyring>, key: String, pass: &mut Pass) -> Result<(), Problem> {
    let mut after: Option<Id> = None;
    while state.lease.held(&state.db).await {
        let asked = key.clone();
        let next = state.db.read(move |conn| Ok(store::under_index_key(conn, &asked, after, 1)?.len())).await?;
        if next == 0 {
            break;
        }
        let (ring, key) = (ring.clone(), key.clone());
        let work = move |conn: &mut Conn| phone_chunk(conn, &ring, &key, after);
        let chunk = state.db.write(WriteLock::default(), work).await?;
        pass.count(&chunk);
        pass.subjects += chunk.moved;
        if chunk.after.is_none() {
            break;
        }
        after = chunk.after;
    }
    Ok(())
}

fn phone_chunk(conn: &mut Conn, ring: &Keyring, key: &str, after: Option<Id>) -> WorkResult<Chunk<Id>> {
    let mut chunk = Chunk::new();
    let active = phones::active_key(ring)?;
    for subject in store::under_index_key(conn, key, after, CHUNK)? {
        if chunk.after == Some(subject) {
            continue;
        }
        if chunk.is_full() {
            break;
        }
        chunk.after = Some(subject);
        let contacts: Result<Vec<String>, _> =
            store::lock_contacts(conn, subject)?.iter().map(|row| vault::decrypt_row(ring, row)).collect();
        let Ok(contacts) = contacts else {
            chunk.left += 1;
            continue;
        };
        // Deleted or moved by somebody else since it was read.
        if store::delete_phones_under(conn, subject, key)? == 0 {
            continue;
        }
        let phones: HashSet<String> = contacts.iter().filter_map(|contact| phone_of(contact)).collect();
        for phone in phones {
            store::add_phone(conn, subject, &active.key.id, &phones::digest(active, &phone))?;
        }
        chunk.moved += 1;
    }
    Ok(chunk)
}

/// The phone number in a contact.
fn phone_of(contact: &str) -> Option<String> {
    let contact: serde_json::Value = serde_json::from_str(contact).ok()?;
    phones::normalised_phone(contact.get("phone")?.as_str()?)
}
