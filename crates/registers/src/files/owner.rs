//! Decides who may see an attachment, and in which form: everyone who may see the record that it belongs to. It calls
//! the code that reads that record by its id, so that both always agree.

use std::collections::HashSet;

use super::model::{AttachmentRow, FileForm, OwnerKind, Uploader};
use super::{encrypted_names, names, store, strip};
use crate::access::Role;
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::problem::{Code, Problem};
use crate::service::Ctx;
pub use crate::service::file_owner::{ComplaintAttachment, FileOwner, Visibility, Visible};

fn visibility_of(conn: &mut Conn, ctx: &Ctx, kind: OwnerKind, id: Id) -> WorkResult<Option<Visibility>> {
    let mut owners = ctx.state.features.iter().flat_map(|feature| feature.files);
    let Some(owner) = owners.find(|owner| owner.kind == kind) else { return Ok(None) };
    if !ctx.state.permissions.allow(owner.operation, ctx.caller.role) {
        return Ok(None);
    }
    match (owner.visibility)(conn, ctx, id) {
        Ok(visibility) => Ok(Some(visibility)),
        Err(WorkError::Problem(problem)) if problem.code == Code::NotFound => Ok(None),
        Err(other) => Err(other),
    }
}

/// The form in which the caller may see the attachment; `None` if not at all. Callers may always see their own uploads,
/// even if the record is not opened yet.
fn form(conn: &mut Conn, ctx: &Ctx, row: &AttachmentRow) -> WorkResult<Option<FileForm>> {
    if row.erased_at.is_some() {
        return Ok(None);
    }
    let own = Uploader::of(&ctx.caller).is(&row.uploader());
    let original = |yes: bool| yes.then_some(FileForm::Original);
    let Some((kind, id)) = row.owner() else { return Ok(original(own)) };
    Ok(match visibility_of(conn, ctx, kind, id)? {
        // Old copies from a complaint, made before copies were stripped.
        Some(Visibility::Open) if row.complaint_id.is_some() => {
            strip::can(&row.media_type).then_some(FileForm::Stripped)
        }
        Some(Visibility::Open) => Some(FileForm::Original),
        Some(Visibility::Unopened) => original(own),
        Some(Visibility::Complaint(_)) if own => Some(FileForm::Original),
        Some(Visibility::Complaint(of)) => of_complaint(row, of),
        None => None,
    })
}

/// The visibility of a complaint's attachment, depending on whether the complainant uploaded it.
fn for_uploader(row: &AttachmentRow, of: ComplaintAttachment) -> Visible {
    let with_complaint = row.owner_kind.as_deref() == Some(OwnerKind::Complaint.code());
    match with_complaint || row.uploader_role == Role::Resident.code() {
        true => of.complainant,
        false => of.handler,
    }
}

fn of_complaint(row: &AttachmentRow, of: ComplaintAttachment) -> Option<FileForm> {
    let seen = for_uploader(row, of);
    let shown = if strip::can(&row.media_type) { seen.picture } else { seen.other };
    // The picture could not be stripped.
    shown.filter(|shown| *shown != FileForm::Stripped || row.stripped_key.as_deref() != Some(""))
}

/// The attachments of complaints that the caller may see in some form. Each id comes with the caller's rights to the
/// attachments of its complaint.
pub fn visible_of_complaints(conn: &mut Conn, ctx: &Ctx, ids: &[(Id, ComplaintAttachment)]) -> WorkResult<HashSet<Id>> {
    let me = Uploader::of(&ctx.caller);
    let mut shown = HashSet::new();
    for chunk in ids.chunks(500) {
        let all: Vec<Id> = chunk.iter().map(|(id, _)| *id).collect();
        for row in store::of_ids(conn, &all)?.into_iter().filter(|row| row.erased_at.is_none()) {
            let of = chunk.iter().find(|(id, _)| *id == row.id).map(|(_, of)| *of);
            if me.is(&row.uploader()) || of.is_some_and(|of| of_complaint(&row, of).is_some()) {
                shown.insert(row.id);
            }
        }
    }
    Ok(shown)
}

/// The attachment and the form in which the caller may see it; 404 if the caller may not see it.
pub fn find_visible(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<(AttachmentRow, FileForm)> {
    if let Some(row) = store::find(conn, id)?
        && let Some(form) = form(conn, ctx, &row)?
    {
        return Ok((row, form));
    }
    Err(Problem::not_found().into())
}

/// The name of a visible attachment for this caller, which may be a neutral one.
pub fn name(conn: &mut Conn, ctx: &Ctx, row: &AttachmentRow) -> WorkResult<String> {
    let own = Uploader::of(&ctx.caller).is(&row.uploader());
    let neutral = |conn: &mut Conn| -> WorkResult<String> {
        let number = match row.complaint_id {
            Some(complaint) => store::number_in_complaint(conn, complaint, row.id)?,
            None => 1,
        };
        Ok(names::neutral(number, &row.media_type))
    };
    if !own && let (Some((kind, id)), Some(_)) = (row.owner(), row.complaint_id) {
        match visibility_of(conn, ctx, kind, id)? {
            Some(Visibility::Complaint(of)) if for_uploader(row, of).under_its_name => {}
            _ => return neutral(conn),
        }
    }
    encrypted_names::of(conn, &ctx.state.keys.ring(), row)
}
