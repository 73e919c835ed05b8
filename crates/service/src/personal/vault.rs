//! Encrypts and decrypts texts one by one.

use std::collections::HashMap;

use chrono::Utc;

use super::store::{self, EncryptedText, Purpose};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::keys::{self, DataKey, Keyring};
use crate::problem::Problem;

/// Most owners in one query.
const CHUNK: usize = 500;

/// The context that a text is bound to. With another owner, purpose or subject it cannot be decrypted.
fn about(owner: Id, purpose: Purpose, subject: Id) -> String {
    format!("xiaoqu personal 1\0{owner}\0{}\0{subject}", purpose.code())
}

/// Encrypts a text with the active data key, and inserts or replaces it.
pub fn encrypt(
    conn: &mut Conn,
    ring: &Keyring,
    subject: Id,
    owner: Id,
    purpose: Purpose,
    plain: &str,
) -> WorkResult<()> {
    make_known(conn, ring.data_key(Utc::now()))?;
    store::put(conn, &encrypted(ring, subject, owner, purpose, plain)?)
}

/// Encrypts a text with the active data key, for callers that insert many rows. The key must already be recorded in the
/// database.
pub fn encrypted(ring: &Keyring, subject: Id, owner: Id, purpose: Purpose, plain: &str) -> WorkResult<EncryptedText> {
    let key = ring.data_key(Utc::now());
    let encrypted = encrypt_as(key, owner, purpose, subject, plain)?;
    Ok(EncryptedText { owner_id: owner, purpose, subject_id: subject, data_key: key.key.id.clone(), encrypted })
}

/// Records a key in the database before it is used, so that a keyring without it is refused at start-up.
pub(super) fn make_known(conn: &mut Conn, key: &DataKey) -> WorkResult<()> {
    // Not marked as known here, because this transaction may still be rolled back.
    if key.is_known() { Ok(()) } else { keys::store::remember(conn, std::slice::from_ref(&key.key.id), Instant::now()) }
}

pub(super) fn encrypt_as(key: &DataKey, owner: Id, purpose: Purpose, subject: Id, plain: &str) -> WorkResult<Vec<u8>> {
    key.encrypt(&about(owner, purpose, subject), plain.as_bytes()).map_err(|error| {
        let of = format_args!("{} of {owner}: {error}", purpose.code());
        Problem::broken_by("a text could not be encrypted", of).into()
    })
}

/// Why a text cannot be decrypted. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    NoKey,
    Changed,
}

pub(super) fn decrypt_row(ring: &Keyring, row: &EncryptedText) -> Result<String, Unreadable> {
    let key = ring.data_key_of(&row.data_key).ok_or(Unreadable::NoKey)?;
    let plain = key.decrypt(&about(row.owner_id, row.purpose, row.subject_id), &row.encrypted);
    plain.and_then(|plain| String::from_utf8(plain).ok()).ok_or(Unreadable::Changed)
}

fn decrypted(ring: &Keyring, row: &EncryptedText) -> WorkResult<String> {
    decrypt_row(ring, row).map_err(|why| {
        let what = match why {
            Unreadable::NoKey => "an encrypted text needs a data key that the keyring does not have",
            Unreadable::Changed => "an encrypted text cannot be decrypted: it was changed or moved",
        };
        let (owner, subject, purpose) = (row.owner_id, row.subject_id, row.purpose.code());
        let of = format_args!("{purpose} {subject} of {owner}, data key {}", row.data_key);
        Problem::broken_by(what, of).into()
    })
}

/// The text of an owner, if there is one. A text that cannot be decrypted is an error.
pub fn decrypt(conn: &mut Conn, ring: &Keyring, owner: Id, purpose: Purpose) -> WorkResult<Option<String>> {
    store::find(conn, owner, purpose)?.map(|row| decrypted(ring, &row)).transpose()
}

/// The texts of many owners. Owners without one are omitted.
pub fn decrypt_many(
    conn: &mut Conn,
    ring: &Keyring,
    owners: &[Id],
    purpose: Purpose,
) -> WorkResult<HashMap<Id, String>> {
    let owners = crate::db::distinct(owners);
    let mut all = HashMap::with_capacity(owners.len());
    for chunk in owners.chunks(CHUNK) {
        let rows = match chunk {
            [one] => store::find(conn, *one, purpose)?.into_iter().collect(),
            many => store::find_many(conn, many, purpose)?,
        };
        for row in rows {
            all.insert(row.owner_id, decrypted(ring, &row)?);
        }
    }
    Ok(all)
}

/// Deletes a text permanently (PIPL 47). [`super::forget_phones`] deletes the blind index.
pub fn erase(conn: &mut Conn, owner: Id, purpose: Purpose) -> WorkResult<()> {
    store::delete(conn, owner, purpose)
}
