//! Creates the row of an uploaded attachment.

use serde_json::json;

use super::model::{Attachment, AttachmentRow, FileForm, NewAttachment, Uploader};
use super::origin::whence;
use super::{UPLOAD_PATH, encrypted_names, owner, store};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::ledger::{self, Audience, Event};
use crate::quotas;
use crate::quotas::rules::Amounts;
use crate::service::{Body, Ctx, Tx};

/// The content of an attachment never changes, so its version is constant.
const VERSION: i64 = 1;

pub fn create_attachment(tx: &mut Tx, body: &Body<NewAttachment>) -> WorkResult<Entity<Attachment>> {
    let ctx = tx.ctx;
    let visible = |conn: &mut Conn, _: &Scope, id: Id| owner::find_visible(conn, ctx, id).map(drop);
    let new = tx.creation(body, visible, |_, _, _| Ok(()))?.clone();
    let name = new.name.clone();
    let row = create(tx, new)?;
    Ok(Entity::created(row.id, VERSION, row.view(name, FileForm::Original), UPLOAD_PATH))
}

/// Creates the row of an object in the attachment store. Only its uploader sees it until it is attached.
pub fn create(tx: &mut Tx, new: NewAttachment) -> WorkResult<AttachmentRow> {
    let ctx = tx.ctx;
    let NewAttachment { name, media_type, size, sha256, object_key } = new;
    let (uploader, from) = (Uploader::of(&ctx.caller), whence(tx)?);
    let place = from.place.unwrap_or_default();
    let row = AttachmentRow {
        id: ctx.new_id(),
        name: String::new(),
        media_type: media_type.to_owned(),
        size,
        sha256,
        object_key,
        owner_kind: None,
        owner_id: None,
        uploader_iss: uploader.iss,
        uploader_sub: uploader.sub,
        uploader_role: uploader.role,
        uploader_place: uploader.place,
        county: place.county,
        township: place.township,
        community: place.community,
        is_public: false,
        stripped_key: None,
        stripped_sha256: None,
        stripped_size: None,
        created_at: ctx.now,
        complaint_id: None,
        erased_at: None,
    };
    quotas::spend(tx, Amounts { files: 1, bytes: row.size, ..Amounts::default() })?;
    store::insert(tx.conn, &row)?;
    encrypted_names::encrypt(tx.conn, &ctx.state.keys.ring(), row.id, &name)?;
    let mut event = Event::new("attachment.uploaded", "attachment", row.id)
        .company(from.company)
        .complex(from.complex)
        .data(json!({ "sha256": row.sha256, "size": row.size, "media_type": row.media_type }))
        .personal("name", Some(&name));
    // Before it is attached, only its uploader may see it, so an event for a company's upload does not go to the
    // offices.
    match from.company {
        Some(_) => event.audience = Audience::Parties,
        None => event.place = row.place(),
    }
    // The event has the id of the attachment, so that an erasure can find both.
    ledger::append_as(tx, row.id, event)?;
    Ok(row)
}

pub fn get_attachment(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<Entity<Attachment>> {
    let (row, form) = owner::find_visible(conn, ctx, id)?;
    let name = owner::name(conn, ctx, &row)?;
    Ok(Entity::new(row.id, VERSION, row.view(name, form)))
}
