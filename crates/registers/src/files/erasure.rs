//! Erases the attachments of a complaint (PIPL 47). The transaction of the complaint makes them inaccessible and
//! deletes the names of the uploaders. The objects are deleted afterwards, because a transaction must not change
//! anything outside the database.

use super::Files;
use super::model::AttachmentRow;
use super::store;
use crate::access::Role;
use crate::db::{Conn, Id, Instant, WorkResult, WriteLock};
use crate::http::idempotency;
use crate::ledger;
use crate::personal::{self, Purpose};
use crate::problem::Problem;
use crate::service::Service;

/// Attachments whose objects are deleted in one run.
const CHUNK: i64 = 100;

/// Erases the complainant's attachments of a complaint, and the names of all its attachments.
pub fn erase_of_complaint(conn: &mut Conn, complaint: Id, now: Instant) -> WorkResult<()> {
    let rows = store::of_complaint(conn, complaint)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let given: Vec<Id> = rows.iter().filter(|row| is_complainants(row, complaint)).map(|row| row.id).collect();
    store::erase(conn, &given, now)?;
    store::forget_open_names(conn, &ids)?;
    for id in &ids {
        personal::erase(conn, *id, Purpose::FileName)?;
    }
    ledger::forget_personal(conn, &ids)?;
    idempotency::forget_answers(conn, &ids)
}

/// True for attachments of the complainant: those of the complaint itself, their copies elsewhere, and those added by a
/// resident.
fn is_complainants(row: &AttachmentRow, complaint: Id) -> bool {
    let of_step = row.owner_kind.as_deref() == Some(super::OwnerKind::ComplaintStep.code());
    row.erased_at.is_none()
        && (row.owner_id == Some(complaint) || row.uploader_role == Role::Resident.code() || !of_step)
}

/// Deletes the objects of one chunk of erased attachments. Returns the number of attachments. Objects shared with
/// another row are kept.
pub async fn erase_bytes(state: &Service) -> Result<usize, Problem> {
    let rows = state.db.read(|conn| store::to_erase(conn, CHUNK)).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let keys: Vec<String> = rows
        .iter()
        .flat_map(|row| [Some(row.object_key.clone()), row.stripped_key.clone()])
        .flatten()
        .filter(|key| !key.is_empty())
        .collect();
    let (gone, named) = (ids.clone(), keys.clone());
    let used = state
        .db
        .write(WriteLock::default(), move |conn: &mut Conn| {
            store::forget_objects(conn, &gone)?;
            store::keys_in_use(conn, &named)
        })
        .await?;
    for key in keys.iter().filter(|key| !used.contains(key)) {
        // If the deletion fails, the object has no row any more and the sweep deletes it.
        state.parts.get::<Files>().storage.delete(key).await;
    }
    Ok(ids.len())
}
