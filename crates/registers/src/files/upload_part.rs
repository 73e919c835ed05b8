//! Files inside another form, such as the photographs of an Open311 request. They are received part by part, stored
//! once the form is complete, and get their rows in the transaction of their record.

use actix_multipart::Field;

use super::Files;
use super::actions;
use super::kinds::{self, FileType, Pointers};
use super::model::NewAttachment;
use super::pixels;
use super::receive::{essence, of_part, refused, take};
use super::spool::{Spooled, on_disk};
use super::upload::Slot;
use crate::db::{Id, WorkResult};
use crate::problem::Problem;
use crate::service::{Ctx, Tx};

/// A received file that is not in the attachment store yet.
pub struct UploadPart {
    spooled: Spooled,
    name: String,
    kind: &'static FileType,
}

impl UploadPart {
    /// SHA-256 of the content, which distinguishes it from another file in the same field.
    pub fn digest(&self) -> &str {
        &self.spooled.sha256
    }
}

/// A file in the attachment store without a row.
#[derive(Clone)]
pub struct Stored(NewAttachment);

/// Reserves an upload slot of the caller until the returned value is dropped.
pub fn upload_slot(ctx: &Ctx) -> Result<Slot, Problem> {
    ctx.state.parts.get::<Files>().uploads.begin(&ctx.caller)
}

impl UploadPart {
    /// Receives a part of a form; `None` if a browser sent an empty file field.
    pub async fn take(ctx: &Ctx, part: Field) -> Result<Option<UploadPart>, Problem> {
        // The pointer must not contain the field name, because the caller chose it.
        const AT: Pointers = Pointers { declared: "/file", name: "/file", bytes: "/file" };
        let name = of_part(&part).map_err(refused)?;
        let declared = part.content_type().map(|kind| essence(kind.as_ref()));
        let mut spooled = take(ctx, part).await?;
        if spooled.size == 0 {
            return Ok(None);
        }
        let mut file = spooled.file;
        let (file, found) = on_disk(move || kinds::sniff(&mut file).map(|found| (file, found))).await?;
        let kind = kinds::agree(found, declared.as_deref(), name.as_deref(), AT)?;
        let mut file = file;
        let measured = on_disk(move || pixels::of(&mut file, kind.media_type).map(|size| (file, size))).await?;
        spooled.file = pixels::within(measured, AT.bytes)?;
        Ok(Some(UploadPart { spooled, name: name.unwrap_or_else(|| kind.usual_name()), kind }))
    }
}

/// Puts files into the attachment store. If one fails, those stored before are deleted.
pub async fn put(ctx: &Ctx, files: Vec<UploadPart>) -> Result<Vec<Stored>, Problem> {
    let mut stored = Vec::with_capacity(files.len());
    for file in files {
        match put_one(ctx, file).await {
            Ok(new) => stored.push(new),
            Err(problem) => {
                withdraw(ctx, &stored).await;
                return Err(problem);
            }
        }
    }
    Ok(stored)
}

async fn put_one(ctx: &Ctx, UploadPart { spooled, name, kind }: UploadPart) -> Result<Stored, Problem> {
    let storage = &ctx.state.parts.get::<Files>().storage;
    let object_key = storage.new_key(&ctx.state.db, "").await?;
    storage.put_file(&object_key, spooled.file, spooled.size).await?;
    Ok(Stored(NewAttachment {
        name,
        media_type: kind.media_type,
        size: i64::try_from(spooled.size).unwrap_or(i64::MAX),
        sha256: spooled.sha256,
        object_key,
    }))
}

/// Deletes stored files whose rows were not created.
pub async fn withdraw(ctx: &Ctx, files: &[Stored]) {
    for Stored(new) in files {
        ctx.state.parts.get::<Files>().storage.delete(&new.object_key).await;
    }
}

/// Creates the row of a stored file, which only its uploader sees until it is attached. Returns its id.
pub fn create(tx: &mut Tx, file: &Stored) -> WorkResult<Id> {
    Ok(actions::create(tx, file.0.clone())?.id)
}
