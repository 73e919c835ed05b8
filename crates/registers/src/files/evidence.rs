//! Attachments referenced by a request body: validated with its other input, then attached to the record in its
//! transaction.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::model::{AttachmentRow, OwnerKind, Uploader};
use super::{encrypted_names, names, store, strip};
use crate::db::{Conn, Id, WorkResult};
use crate::input_error::InputError;
use crate::ledger::{self, Event};
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;
use crate::service::{Ctx, Tx};

/// Each piece of evidence must be a text, a link or an attachment. Attachments must be the caller's own and not
/// attached yet. `pointer` is the pointer of the list, such as `/evidence`.
pub fn check_evidence(
    conn: &mut Conn,
    ctx: &Ctx,
    pointer: &str,
    evidence: &[Evidence],
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    check_lists(conn, ctx, &[(pointer.to_owned(), evidence)], faults)
}

/// Checks several lists of a body together: an attachment may appear only once in all of them.
pub fn check_lists(
    conn: &mut Conn,
    ctx: &Ctx,
    lists: &[(String, &[Evidence])],
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let mut named = Vec::new();
    for (pointer, evidence) in lists {
        for (at, one) in evidence.iter().enumerate() {
            if one.text.is_none() && one.url.is_none() && one.attachment_id.is_none() {
                let (zh, en) = ("须填写文字、附件或者链接", "state a text, an attachment or a link");
                faults.push(InputError::new(format!("{pointer}/{at}"), "required", zh, en));
            }
            named.extend(one.attachment_id.map(|id| (format!("{pointer}/{at}/attachment_id"), id)));
        }
    }
    check(conn, ctx, named, faults)
}

/// The same for one id; `pointer` is its own.
pub fn check_attachment(
    conn: &mut Conn,
    ctx: &Ctx,
    pointer: &str,
    id: Id,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    check(conn, ctx, vec![(pointer.to_owned(), id)], faults)
}

fn check(conn: &mut Conn, ctx: &Ctx, named: Vec<(String, Id)>, faults: &mut Vec<InputError>) -> WorkResult<()> {
    if named.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = named.iter().map(|(_, id)| *id).collect();
    let me = Uploader::of(&ctx.caller);
    let rows = store::of_ids(conn, &ids)?;
    let free = rows.iter().filter(|row| row.owner_id.is_none() && me.is(&row.uploader()));
    let free: HashSet<Id> = free.map(|row| row.id).collect();
    let mut seen = HashSet::new();
    for (pointer, id) in named {
        if !free.contains(&id) {
            let (zh, en) = (
                "附件不存在、不是由您上传，或者已用于其他记录",
                "unknown attachment, not uploaded by you, or used already",
            );
            faults.push(InputError::new(pointer, "unknown_reference", zh, en));
        } else if !seen.insert(id) {
            faults.push(InputError::new(
                pointer,
                "duplicate",
                "附件重复，请删除其一",
                "the attachment is listed twice; remove one",
            ));
        }
    }
    Ok(())
}

/// The attachment ids in evidence.
pub fn attachments_of(evidence: &[Evidence]) -> Vec<Id> {
    evidence.iter().filter_map(|one| one.attachment_id).collect()
}

/// Attaches the attachments of checked evidence to a record.
pub fn attach_evidence(tx: &mut Tx, kind: OwnerKind, owner: Id, evidence: &[Evidence]) -> WorkResult<()> {
    attach(tx, kind, owner, &attachments_of(evidence))
}

/// Attaches attachments by id to a record.
pub fn attach(tx: &mut Tx, kind: OwnerKind, owner: Id, ids: &[Id]) -> WorkResult<()> {
    if !ids.is_empty() && store::attach(tx.conn, ids, kind, owner)? != ids.len() {
        // After the check, another request attached the file, or the clean-up deleted it.
        return Err(Problem::new(Code::StateConflict)
            .detail(
                "附件已用于其他记录或者已删除。请重新上传。",
                "An attachment has just been used elsewhere or deleted. Upload it again.",
            )
            .into());
    }
    Ok(())
}

/// Detaches attachments that a record no longer references. Only their uploader sees them until the clean-up deletes
/// them.
pub fn release(tx: &mut Tx, owner: Id, evidence: &[Evidence]) -> WorkResult<()> {
    store::release(tx.conn, owner, &attachments_of(evidence))
}

/// Attaches the attachments of evidence to a record of a complaint, and links them with the complaint, so that an
/// erasure finds them.
pub fn attach_to_complaint(
    tx: &mut Tx,
    kind: OwnerKind,
    owner: Id,
    complaint: Id,
    evidence: &[Evidence],
) -> WorkResult<()> {
    let ids = attachments_of(evidence);
    attach(tx, kind, owner, &ids)?;
    store::set_complaint(tx.conn, &ids, complaint)
}

/// Copies attachments as evidence of another record that the caller creates from this one. Each copy has an id of its
/// own.
pub fn copy_evidence(tx: &mut Tx, evidence: &[Evidence], kind: OwnerKind, owner: Id) -> WorkResult<Vec<Evidence>> {
    let rows = rows_of(tx.conn, evidence)?;
    let mut copies = evidence.to_vec();
    for one in &mut copies {
        let Some(id) = one.attachment_id else { continue };
        let row = rows
            .get(&id)
            .cloned()
            .ok_or_else(|| Problem::broken("an attachment of evidence that was checked was not found"))?;
        let name = encrypted_names::of(tx.conn, &tx.ctx.state.keys.ring(), &row)?;
        one.attachment_id = Some(copy(tx, row, name, kind, owner)?);
    }
    Ok(copies)
}

/// Copies the stripped copies of the pictures among these attachments, under neutral names, as evidence of another
/// record. Call [`super::make_stripped`] first. Attachments without a stripped copy are left out.
pub fn copy_stripped(tx: &mut Tx, evidence: &[Evidence], kind: OwnerKind, owner: Id) -> WorkResult<Vec<Evidence>> {
    let rows = rows_of(tx.conn, evidence)?;
    let mut copies = Vec::new();
    for one in evidence {
        let Some(row) = one.attachment_id.and_then(|id| rows.get(&id)).cloned() else { continue };
        let (Some(key), Some(sha256), Some(size)) =
            (row.stripped_key.clone(), row.stripped_sha256.clone(), row.stripped_size)
        else {
            continue;
        };
        if key.is_empty() || row.erased_at.is_some() || !strip::can(&row.media_type) {
            continue;
        }
        let name = names::neutral(copies.len() + 1, &row.media_type);
        let stripped = AttachmentRow { object_key: key, sha256, size, complaint_id: None, ..row };
        let id = copy(tx, stripped, name, kind, owner)?;
        copies.push(Evidence { attachment_id: Some(id), ..one.clone() });
    }
    Ok(copies)
}

fn rows_of(conn: &mut Conn, evidence: &[Evidence]) -> WorkResult<HashMap<Id, AttachmentRow>> {
    let rows = store::of_ids(conn, &attachments_of(evidence))?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn copy(tx: &mut Tx, mut row: AttachmentRow, name: String, kind: OwnerKind, owner: Id) -> WorkResult<Id> {
    let of = row.id;
    row.id = tx.ctx.new_id();
    row.name = String::new();
    (row.owner_kind, row.owner_id) = (Some(kind.code().to_owned()), Some(owner));
    (row.is_public, row.stripped_key, row.stripped_sha256, row.stripped_size) = (false, None, None, None);
    // The person who copies becomes the uploader, so that the copy does not identify a resident who uploaded the
    // original.
    let me = Uploader::of(&tx.ctx.caller);
    (row.uploader_iss, row.uploader_sub) = (me.iss, me.sub);
    (row.uploader_role, row.uploader_place) = (me.role, me.place);
    row.created_at = tx.ctx.now;
    store::insert(tx.conn, &row)?;
    encrypted_names::encrypt(tx.conn, &tx.ctx.state.keys.ring(), row.id, &name)?;
    let mut event = Event::new("attachment.copied", "attachment", row.id)
        .data(json!({ "of": of, "sha256": row.sha256, "size": row.size, "media_type": row.media_type }))
        .personal("name", Some(&name));
    event.place = row.place();
    ledger::append_as(tx, row.id, event)?;
    Ok(row.id)
}
