//! Rows of attachments.

use diesel::prelude::*;

use super::model::{AttachmentRow, OwnerKind};
use crate::db::schema::{attachment_realm, attachments};
use crate::db::{Conn, Id, Instant, WorkResult};

/// An attachment by its id, without a check of visibility: see [`super::owner`].
pub fn find(conn: &mut Conn, id: Id) -> WorkResult<Option<AttachmentRow>> {
    Ok(attachments::table.find(id).first(conn).optional()?)
}

pub fn of_ids(conn: &mut Conn, ids: &[Id]) -> WorkResult<Vec<AttachmentRow>> {
    Ok(attachments::table.filter(attachments::id.eq_any(ids.to_vec())).load(conn)?)
}

pub fn insert(conn: &mut Conn, row: &AttachmentRow) -> WorkResult<()> {
    diesel::insert_into(attachments::table).values(row).execute(conn)?;
    Ok(())
}

/// Attaches unattached files to a record. Returns how many were unattached.
pub fn attach(conn: &mut Conn, ids: &[Id], kind: OwnerKind, owner: Id) -> WorkResult<usize> {
    let free = attachments::table.filter(attachments::id.eq_any(ids.to_vec())).filter(attachments::owner_id.is_null());
    let owner = (attachments::owner_kind.eq(kind.code()), attachments::owner_id.eq(owner));
    Ok(diesel::update(free).set(owner).execute(conn)?)
}

/// Detaches files from a record.
pub fn release(conn: &mut Conn, owner: Id, ids: &[Id]) -> WorkResult<()> {
    let held = attachments::table.filter(attachments::id.eq_any(ids.to_vec())).filter(attachments::owner_id.eq(owner));
    let nothing = (attachments::owner_kind.eq(None::<String>), attachments::owner_id.eq(None::<Id>));
    diesel::update(held).set(nothing).execute(conn)?;
    Ok(())
}

/// Makes attached files public or private. The public copy is created on the first request, so it is reset here.
pub fn set_public(conn: &mut Conn, ids: &[Id], public: bool) -> WorkResult<()> {
    let attached =
        attachments::table.filter(attachments::id.eq_any(ids.to_vec())).filter(attachments::owner_id.is_not_null());
    let forgotten = (
        attachments::stripped_key.eq(None::<String>),
        attachments::stripped_sha256.eq(None::<String>),
        attachments::stripped_size.eq(None::<i64>),
    );
    diesel::update(attached).set((attachments::is_public.eq(public), forgotten)).execute(conn)?;
    Ok(())
}

/// Stores the stripped copy of a file that has none yet. Returns false if there was one.
pub fn set_stripped_copy(conn: &mut Conn, id: Id, key: &str, sha256: &str, size: i64) -> WorkResult<bool> {
    let without = attachments::table
        .find(id)
        .filter(attachments::stripped_key.is_null())
        .filter(attachments::erased_at.is_null());
    let copy = (
        attachments::stripped_key.eq(key),
        attachments::stripped_sha256.eq(sha256),
        attachments::stripped_size.eq(size),
    );
    Ok(diesel::update(without).set(copy).execute(conn)? == 1)
}

/// Links files with a complaint.
pub fn set_complaint(conn: &mut Conn, ids: &[Id], complaint: Id) -> WorkResult<()> {
    if !ids.is_empty() {
        let these = attachments::table.filter(attachments::id.eq_any(ids.to_vec()));
        diesel::update(these).set(attachments::complaint_id.eq(complaint)).execute(conn)?;
    }
    Ok(())
}

/// All files of a complaint in the order of their upload.
pub fn of_complaint(conn: &mut Conn, complaint: Id) -> WorkResult<Vec<AttachmentRow>> {
    Ok(attachments::table.filter(attachments::complaint_id.eq(complaint)).order(attachments::id).load(conn)?)
}

/// Number of a file among the files of its complaint, starting at 1.
pub fn number_in_complaint(conn: &mut Conn, complaint: Id, id: Id) -> WorkResult<i64> {
    let before = attachments::table.filter(attachments::complaint_id.eq(complaint)).filter(attachments::id.le(id));
    Ok(before.count().get_result(conn)?)
}

/// Makes files inaccessible and deletes their uploaders. Their objects are deleted afterwards.
pub fn erase(conn: &mut Conn, ids: &[Id], now: Instant) -> WorkResult<()> {
    let these = attachments::table.filter(attachments::id.eq_any(ids.to_vec()));
    let erased = (
        attachments::erased_at.eq(now),
        attachments::name.eq(""),
        attachments::uploader_sub.eq(""),
        attachments::is_public.eq(false),
    );
    diesel::update(these).set(erased).execute(conn)?;
    Ok(())
}

/// Erased files whose objects still exist.
pub fn to_erase(conn: &mut Conn, at_most: i64) -> WorkResult<Vec<AttachmentRow>> {
    Ok(attachments::table
        .filter(attachments::erased_at.is_not_null())
        .filter(attachments::object_key.ne(""))
        .order(attachments::erased_at)
        .limit(at_most)
        .load(conn)?)
}

/// Clears the object keys of files after their objects were deleted.
pub fn forget_objects(conn: &mut Conn, ids: &[Id]) -> WorkResult<()> {
    let these = attachments::table.filter(attachments::id.eq_any(ids.to_vec()));
    let gone = (
        attachments::object_key.eq(""),
        attachments::stripped_key.eq(None::<String>),
        attachments::stripped_sha256.eq(None::<String>),
        attachments::stripped_size.eq(None::<i64>),
    );
    diesel::update(these).set(gone).execute(conn)?;
    Ok(())
}

/// Files whose names are not encrypted yet.
pub fn with_open_name(conn: &mut Conn, at_most: i64) -> WorkResult<Vec<(Id, String)>> {
    Ok(attachments::table
        .filter(attachments::name.ne(""))
        .select((attachments::id, attachments::name))
        .order(attachments::id)
        .limit(at_most)
        .load(conn)?)
}

pub fn forget_open_names(conn: &mut Conn, ids: &[Id]) -> WorkResult<()> {
    let these = attachments::table.filter(attachments::id.eq_any(ids.to_vec()));
    diesel::update(these).set(attachments::name.eq("")).execute(conn)?;
    Ok(())
}

/// Unattached files that are older than `before`, oldest first.
pub fn unattached_before(conn: &mut Conn, before: Instant, at_most: i64) -> WorkResult<Vec<AttachmentRow>> {
    Ok(attachments::table
        .filter(attachments::owner_id.is_null())
        .filter(attachments::created_at.lt(before))
        .order(attachments::created_at)
        .limit(at_most)
        .load(conn)?)
}

/// Deletes a row if it is still unattached. Returns true if it was.
pub fn remove_unattached(conn: &mut Conn, id: Id) -> WorkResult<bool> {
    let free = attachments::table.find(id).filter(attachments::owner_id.is_null());
    Ok(diesel::delete(free).execute(conn)? == 1)
}

/// Those of the keys that a row uses.
pub fn keys_in_use(conn: &mut Conn, keys: &[String]) -> WorkResult<Vec<String>> {
    let mut used: Vec<String> = attachments::table
        .filter(attachments::object_key.eq_any(keys.to_vec()))
        .select(attachments::object_key)
        .load(conn)?;
    let stripped: Vec<Option<String>> = attachments::table
        .filter(attachments::stripped_key.eq_any(keys.to_vec()))
        .select(attachments::stripped_key)
        .load(conn)?;
    used.extend(stripped.into_iter().flatten());
    Ok(used)
}

pub fn realm(conn: &mut Conn) -> WorkResult<String> {
    Ok(attachment_realm::table.select(attachment_realm::id).first(conn)?)
}
