//! Texts that lie sealed, and are opened one by one.

use std::collections::HashMap;

use chrono::Utc;

use super::store::{self, EncryptedText, Purpose};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::keys::{self, DataKey, Keyring};
use crate::problem::Problem;

/// Owners that one query asks for.
const CHUNK: usize = 500;

/// What a text is bound to: moved to another owner, purpose or subject it does not open.
fn about(owner: Id, purpose: Purpose, subject: Id) -> String {
    format!("xiaoqu personal 1\0{owner}\0{}\0{subject}", purpose.code())
}

/// Seals a text in the place of the one that is there, under the data key that acts.
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

/// A text sealed under the data key that acts, for whoever writes many rows at once; the store must have been told of the
/// keys.
pub fn encrypted(ring: &Keyring, subject: Id, owner: Id, purpose: Purpose, plain: &str) -> WorkResult<EncryptedText> {
    let key = ring.data_key(Utc::now());
    let encrypted = encrypt_as(key, owner, purpose, subject, plain)?;
    Ok(EncryptedText { owner_id: owner, purpose, subject_id: subject, data_key: key.key.id.clone(), encrypted })
}

/// The store is told of a key before anything lies under it, so that a keyring without it is refused at the start.
pub(super) fn make_known(conn: &mut Conn, key: &DataKey) -> WorkResult<()> {
    // Not marked as known here: this transaction may still be taken back.
    if key.is_known() { Ok(()) } else { keys::store::remember(conn, std::slice::from_ref(&key.key.id), Instant::now()) }
}

pub(super) fn encrypt_as(key: &DataKey, owner: Id, purpose: Purpose, subject: Id, plain: &str) -> WorkResult<Vec<u8>> {
    key.encrypt(&about(owner, purpose, subject), plain.as_bytes()).map_err(|error| {
        let of = format_args!("{} of {owner}: {error}", purpose.code());
        Problem::broken_by("a text could not be sealed", of).into()
    })
}

/// Why a text does not open; no part of it.
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
            Unreadable::NoKey => "a sealed text lies under a data key that the keyring does not have",
            Unreadable::Changed => "a sealed text does not open: it was changed or moved",
        };
        let (owner, subject, purpose) = (row.owner_id, row.subject_id, row.purpose.code());
        let of = format_args!("{purpose} {subject} of {owner}, under {}", row.data_key);
        Problem::broken_by(what, of).into()
    })
}

/// The text of an owner, if there is one. One that does not open is an error, and no empty text.
pub fn decrypt(conn: &mut Conn, ring: &Keyring, owner: Id, purpose: Purpose) -> WorkResult<Option<String>> {
    store::find(conn, owner, purpose)?.map(|row| decrypted(ring, &row)).transpose()
}

/// The texts of many owners; those without one are not in it.
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

/// Deletes a text for good (PIPL 47). The blind index is forgotten by [`super::forget_phones`].
pub fn erase(conn: &mut Conn, owner: Id, purpose: Purpose) -> WorkResult<()> {
    store::delete(conn, owner, purpose)
}
