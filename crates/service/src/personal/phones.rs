//! The blind index (盲索引): finds complainants by phone number without storing the number.

use chrono::Utc;

use super::store;
use crate::db::{Conn, Id, WorkResult};
use crate::keys::{IndexKey, Keyring};
use crate::problem::Problem;

/// Most digits of a phone number. International numbers have up to fifteen, and some people dial more.
const MOST_DIGITS: usize = 20;
const FEWEST_DIGITS: usize = 5;

/// The digits of a phone number as dialled within the country; `None` if it is not a phone number. An extension after
/// `转` is ignored.
pub fn normalised_phone(text: &str) -> Option<String> {
    let mut digits = String::new();
    let mut international = false;
    for letter in text.chars().map(super::detect::narrow) {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' if digits.is_empty() => international = true,
            '转' | '#' | 'x' | 'X' if !digits.is_empty() => break,
            _ => {}
        }
    }
    let abroad = if international { Some(digits.as_str()) } else { digits.strip_prefix("00") };
    let own = match abroad.and_then(|rest| rest.strip_prefix("86")) {
        Some(own) => within(own),
        // `8613812341234`: an international number without `+` or `00`.
        None => match digits.strip_prefix("86") {
            Some(own) if is_mobile(own) => own.to_owned(),
            _ => digits,
        },
    };
    (FEWEST_DIGITS..=MOST_DIGITS).contains(&own.len()).then_some(own)
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1')
}

/// A number after the country code. Area codes have no leading zero there.
fn within(own: &str) -> String {
    let service = ["400", "800"].iter().any(|head| own.starts_with(head));
    let landline = (9..=11).contains(&own.len()) && !own.starts_with('0') && !is_mobile(own) && !service;
    if landline { format!("0{own}") } else { own.to_owned() }
}

pub(super) fn digest(key: &IndexKey, normalised: &str) -> String {
    key.digest("xiaoqu phone 1", normalised)
}

/// The active index key. `serve` does not start without one.
pub(super) fn active_key(ring: &Keyring) -> WorkResult<&IndexKey> {
    ring.index_key(Utc::now())
        .ok_or_else(|| Problem::broken("the keyring has no index key: xiaoqu keys rotate --use index").into())
}

/// Indexes a subject under this phone number, if it is one. The number must be in the `phone` of a
/// [`Contact`](super::Purpose::Contact) of this subject, because the index is rebuilt from contacts after a key
/// rotation.
pub fn index_phone(conn: &mut Conn, ring: &Keyring, subject: Id, phone: &str) -> WorkResult<()> {
    match phone_digest(ring, phone)? {
        Some((key, digest)) => store::add_phone(conn, subject, &key, &digest),
        None => Ok(()),
    }
}

/// The id of the active index key, and the digest of a phone number with it; `None` if the text is not a phone number.
pub fn phone_digest(ring: &Keyring, phone: &str) -> WorkResult<Option<(String, String)>> {
    let Some(phone) = normalised_phone(phone) else { return Ok(None) };
    let key = active_key(ring)?;
    Ok(Some((key.key.id.clone(), digest(key, &phone))))
}

/// Subjects with this phone number, newest first, with digests under any index key.
pub fn subjects_of_phone(conn: &mut Conn, ring: &Keyring, phone: &str, at_most: i64) -> WorkResult<Vec<Id>> {
    let Some(phone) = normalised_phone(phone) else { return Ok(Vec::new()) };
    let at_most = at_most.max(0);
    let mut all = Vec::new();
    for key in ring.index_keys() {
        all.extend(store::subjects_of_digest(conn, &digest(key, &phone), at_most)?);
    }
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    all.truncate(usize::try_from(at_most).unwrap_or_default());
    Ok(all)
}

/// Deletes the phone numbers of a subject from the index.
pub fn forget_phones(conn: &mut Conn, subject: Id) -> WorkResult<()> {
    // Locks out a rotation, which might write a digest back that it had read before.
    store::lock_contacts(conn, subject)?;
    store::delete_phones(conn, subject)
}
