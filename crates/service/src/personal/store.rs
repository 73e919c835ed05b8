//! Queries for encrypted texts and the blind index.

use diesel::prelude::*;

use crate::code_column;
use crate::db::schema::{encrypted_texts as texts, idempotency_keys, phone_indexes as phones};
use crate::db::{Conn, Id, WorkResult};
use crate::on_both;

/// Purpose of an encrypted text. A row may own one text of each.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Purpose {
    /// Contact of a complainant: a JSON object with an optional `phone`.
    Contact,
    /// Description of a complaint.
    Description,
    /// Any other text: a reply, a comment, reasons.
    Text,
    /// Name of a file.
    FileName,
}

impl Purpose {
    pub const ALL: [Purpose; 4] = [Purpose::Contact, Purpose::Description, Purpose::Text, Purpose::FileName];

    pub fn code(self) -> &'static str {
        match self {
            Purpose::Contact => "contact",
            Purpose::Description => "description",
            Purpose::Text => "text",
            Purpose::FileName => "file_name",
        }
    }

    pub fn from_code(code: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|one| one.code() == code)
    }
}

code_column!(Purpose);

/// A text as stored in the database.
#[derive(Clone, Debug, PartialEq, Queryable, Insertable)]
#[diesel(table_name = texts, treat_none_as_default_value = false)]
pub struct EncryptedText {
    pub owner_id: Id,
    pub purpose: Purpose,
    pub subject_id: Id,
    pub data_key: String,
    pub encrypted: Vec<u8>,
}

/// Inserts or replaces a text.
pub(super) fn put(conn: &mut Conn, row: &EncryptedText) -> WorkResult<()> {
    on_both!(conn, |conn| {
        diesel::insert_into(texts::table)
            .values(row)
            .on_conflict((texts::owner_id, texts::purpose))
            .do_update()
            .set((
                texts::subject_id.eq(row.subject_id),
                texts::data_key.eq(&row.data_key),
                texts::encrypted.eq(&row.encrypted),
            ))
            .execute(conn)
    })?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn, owner: Id, purpose: Purpose) -> WorkResult<Option<EncryptedText>> {
    Ok(texts::table.find((owner, purpose)).first(conn).optional()?)
}

/// The texts of these owners that exist.
pub(super) fn find_many(conn: &mut Conn, owners: &[Id], purpose: Purpose) -> WorkResult<Vec<EncryptedText>> {
    Ok(texts::table.filter(texts::owner_id.eq_any(owners)).filter(texts::purpose.eq(purpose)).load(conn)?)
}

pub(super) fn delete(conn: &mut Conn, owner: Id, purpose: Purpose) -> WorkResult<()> {
    diesel::delete(texts::table.find((owner, purpose))).execute(conn)?;
    Ok(())
}

/// The contacts of a subject, locked until the transaction ends, because the blind index is made from them by one
/// transaction at a time. Not needed on SQLite, which has one writer.
pub(super) fn lock_contacts(conn: &mut Conn, subject: Id) -> WorkResult<Vec<EncryptedText>> {
    let contacts = texts::table
        .filter(texts::subject_id.eq(subject))
        .filter(texts::purpose.eq(Purpose::Contact))
        .order(texts::owner_id);
    Ok(match conn {
        Conn::Sqlite(conn) => contacts.load(conn)?,
        Conn::Postgres(conn) => contacts.for_update().load(conn)?,
    })
}

pub(super) fn add_phone(conn: &mut Conn, subject: Id, index_key: &str, digest: &str) -> WorkResult<()> {
    let row = (phones::subject_id.eq(subject), phones::index_key.eq(index_key), phones::digest.eq(digest));
    on_both!(conn, |conn| diesel::insert_into(phones::table).values(row).on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

/// Newest first: ids are in the order of time.
pub(super) fn subjects_of_digest(conn: &mut Conn, digest: &str, at_most: i64) -> WorkResult<Vec<Id>> {
    Ok(phones::table
        .filter(phones::digest.eq(digest))
        .order(phones::subject_id.desc())
        .select(phones::subject_id)
        .limit(at_most)
        .load(conn)?)
}

pub(super) fn delete_phones(conn: &mut Conn, subject: Id) -> WorkResult<()> {
    diesel::delete(phones::table.filter(phones::subject_id.eq(subject))).execute(conn)?;
    Ok(())
}

/// The next texts under a key, after the last one processed.
pub(super) fn under_data_key(
    conn: &mut Conn,
    key: &str,
    after: Option<(Id, Purpose)>,
    at_most: i64,
) -> WorkResult<Vec<EncryptedText>> {
    let mut rows = texts::table.filter(texts::data_key.eq(key)).into_boxed();
    if let Some((owner, purpose)) = after {
        rows = rows.filter(texts::owner_id.ge(owner)).filter(texts::owner_id.gt(owner).or(texts::purpose.gt(purpose)));
    }
    Ok(rows.order((texts::owner_id, texts::purpose)).limit(at_most).load(conn)?)
}

/// Re-encrypts a text with another key, unless it has changed. Returns whether it was done.
pub(super) fn move_text(conn: &mut Conn, old: &EncryptedText, data_key: &str, encrypted: &[u8]) -> WorkResult<bool> {
    let same = texts::table
        .find((old.owner_id, old.purpose))
        .filter(texts::data_key.eq(&old.data_key))
        .filter(texts::encrypted.eq(&old.encrypted))
        // The encryption is bound to the subject.
        .filter(texts::subject_id.eq(old.subject_id));
    let set = (texts::data_key.eq(data_key), texts::encrypted.eq(encrypted));
    Ok(diesel::update(same).set(set).execute(conn)? == 1)
}

/// The next subjects with a digest under a key.
pub(super) fn under_index_key(conn: &mut Conn, key: &str, after: Option<Id>, at_most: i64) -> WorkResult<Vec<Id>> {
    let mut rows = phones::table.filter(phones::index_key.eq(key)).into_boxed();
    if let Some(after) = after {
        rows = rows.filter(phones::subject_id.gt(after));
    }
    Ok(rows.order(phones::subject_id).select(phones::subject_id).limit(at_most).load(conn)?)
}

/// Deletes a subject's digests under a key. Returns their number.
pub(super) fn delete_phones_under(conn: &mut Conn, subject: Id, key: &str) -> WorkResult<usize> {
    let old = phones::table.filter(phones::subject_id.eq(subject)).filter(phones::index_key.eq(key));
    Ok(diesel::delete(old).execute(conn)?)
}

/// The data keys in use. Skips through the index, because there are few keys and many rows.
pub fn data_keys_in_use(conn: &mut Conn) -> WorkResult<Vec<String>> {
    leap(|last| {
        let mut rows = texts::table.into_boxed();
        if let Some(last) = last {
            rows = rows.filter(texts::data_key.gt(last));
        }
        Ok(rows.order(texts::data_key).select(texts::data_key).limit(1).first(conn).optional()?)
    })
}

/// The index keys in use; see [`data_keys_in_use`].
pub fn index_keys_in_use(conn: &mut Conn) -> WorkResult<Vec<String>> {
    leap(|last| {
        let mut rows = phones::table.into_boxed();
        if let Some(last) = last {
            rows = rows.filter(phones::index_key.gt(last));
        }
        Ok(rows.order(phones::index_key).select(phones::index_key).limit(1).first(conn).optional()?)
    })
}

fn leap(mut next: impl FnMut(Option<String>) -> WorkResult<Option<String>>) -> WorkResult<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    while let Some(one) = next(all.last().cloned())? {
        all.push(one);
    }
    Ok(all)
}

/// Number of rows encrypted with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lying {
    pub texts: i64,
    pub phones: i64,
    /// Stored responses of idempotency keys, which are kept for a day.
    pub answers: i64,
}

impl Lying {
    pub fn is_nothing(self) -> bool {
        self == Lying::default()
    }
}

pub fn lying_under(conn: &mut Conn, key: &str) -> WorkResult<Lying> {
    Ok(Lying {
        texts: texts::table.filter(texts::data_key.eq(key)).count().get_result(conn)?,
        phones: phones::table.filter(phones::index_key.eq(key)).count().get_result(conn)?,
        answers: idempotency_keys::table.filter(idempotency_keys::data_key.eq(key)).count().get_result(conn)?,
    })
}

/// Deletes some texts whose key is lost. Returns their number.
pub fn delete_under(conn: &mut Conn, key: &str) -> WorkResult<usize> {
    let rows = under_data_key(conn, key, None, 500)?;
    for row in &rows {
        delete(conn, row.owner_id, row.purpose)?;
    }
    Ok(rows.len())
}
