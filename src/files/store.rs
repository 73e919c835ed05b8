use diesel::prelude::*;

use super::model::{AttachmentRow, OwnerKind};
use crate::db::schema::{attachment_realm, attachments};
use crate::db::{Conn, Id, Instant, Work};

/// A row by its id, whoever asks: who may see it is for [`super::owner`] to say.
pub fn find(conn: &mut Conn, id: Id) -> Work<Option<AttachmentRow>> {
    Ok(attachments::table.find(id).first(conn).optional()?)
}

pub fn of_ids(conn: &mut Conn, ids: &[Id]) -> Work<Vec<AttachmentRow>> {
    Ok(attachments::table.filter(attachments::id.eq_any(ids.to_vec())).load(conn)?)
}

pub fn insert(conn: &mut Conn, row: &AttachmentRow) -> Work<()> {
    diesel::insert_into(attachments::table).values(row).execute(conn)?;
    Ok(())
}

/// Binds files that belong to nothing yet; returns how many there were.
pub fn attach(conn: &mut Conn, ids: &[Id], kind: OwnerKind, owner: Id) -> Work<usize> {
    let free = attachments::table.filter(attachments::id.eq_any(ids.to_vec())).filter(attachments::owner_id.is_null());
    let owner = (attachments::owner_kind.eq(kind.code()), attachments::owner_id.eq(owner));
    Ok(diesel::update(free).set(owner).execute(conn)?)
}

/// Files that a row held belong to nothing again.
pub fn release(conn: &mut Conn, owner: Id, ids: &[Id]) -> Work<()> {
    let held = attachments::table.filter(attachments::id.eq_any(ids.to_vec())).filter(attachments::owner_id.eq(owner));
    let nothing = (attachments::owner_kind.eq(None::<String>), attachments::owner_id.eq(None::<Id>));
    diesel::update(held).set(nothing).execute(conn)?;
    Ok(())
}

/// Files of rows become public, or private again; the public copy is made when it is asked for, and forgotten here.
pub fn set_public(conn: &mut Conn, ids: &[Id], public: bool) -> Work<()> {
    let attached =
        attachments::table.filter(attachments::id.eq_any(ids.to_vec())).filter(attachments::owner_id.is_not_null());
    let forgotten = (
        attachments::public_key.eq(None::<String>),
        attachments::public_sha256.eq(None::<String>),
        attachments::public_size.eq(None::<i64>),
    );
    diesel::update(attached).set((attachments::is_public.eq(public), forgotten)).execute(conn)?;
    Ok(())
}

/// Remembers the public copy of a file that is still public and has none. Says whether it was taken.
pub fn set_public_copy(conn: &mut Conn, id: Id, key: &str, sha256: &str, size: i64) -> Work<bool> {
    let without =
        attachments::table.find(id).filter(attachments::is_public.eq(true)).filter(attachments::public_key.is_null());
    let copy =
        (attachments::public_key.eq(key), attachments::public_sha256.eq(sha256), attachments::public_size.eq(size));
    Ok(diesel::update(without).set(copy).execute(conn)? == 1)
}

/// Files that belong to nothing and are older than this, oldest first.
pub fn unattached_before(conn: &mut Conn, before: Instant, at_most: i64) -> Work<Vec<AttachmentRow>> {
    Ok(attachments::table
        .filter(attachments::owner_id.is_null())
        .filter(attachments::created_at.lt(before))
        .order(attachments::created_at)
        .limit(at_most)
        .load(conn)?)
}

/// Removes a row that still belongs to nothing. Says whether it was there.
pub fn remove_unattached(conn: &mut Conn, id: Id) -> Work<bool> {
    let free = attachments::table.find(id).filter(attachments::owner_id.is_null());
    Ok(diesel::delete(free).execute(conn)? == 1)
}

/// Of these keys, those that a row has.
pub fn keys_in_use(conn: &mut Conn, keys: &[String]) -> Work<Vec<String>> {
    let mut used: Vec<String> = attachments::table
        .filter(attachments::object_key.eq_any(keys.to_vec()))
        .select(attachments::object_key)
        .load(conn)?;
    let public: Vec<Option<String>> = attachments::table
        .filter(attachments::public_key.eq_any(keys.to_vec()))
        .select(attachments::public_key)
        .load(conn)?;
    used.extend(public.into_iter().flatten());
    Ok(used)
}

pub fn realm(conn: &mut Conn) -> Work<String> {
    Ok(attachment_realm::table.select(attachment_realm::id).first(conn)?)
}
