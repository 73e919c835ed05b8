//! Erasing the files that came with a ticket (PIPL 47): in the ticket's transaction nobody gets them any more and nothing
//! names whoever gave them; their bytes follow, since nothing outside of the database happens in a transaction.

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

/// Files whose bytes are erased at once.
const CHUNK: i64 = 100;

/// Erases what the complainant gave with a ticket, and the names of all its files.
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

/// Of the complainant: what came with the ticket, what was handed on of it, and what a resident added.
fn is_complainants(row: &AttachmentRow, complaint: Id) -> bool {
    let of_step = row.owner_kind.as_deref() == Some(super::OwnerKind::ComplaintStep.code());
    row.erased_at.is_none()
        && (row.owner_id == Some(complaint) || row.uploader_role == Role::Resident.code() || !of_step)
}

/// Removes a chunk of the bytes of erased files; returns how many files there were. An object that another row has stays.
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
        // What cannot be removed now has no row any more, and is swept.
        state.parts.get::<Files>().storage.delete(key).await;
    }
    Ok(ids.len())
}
