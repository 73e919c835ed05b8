//! Deletes attachments that were not attached within a day, and objects without a row.

use std::path::Path as Folder;
use std::time::{Duration, SystemTime};

use chrono::{TimeDelta, Utc};
use futures_util::StreamExt;
use serde_json::json;

use super::Files;
use super::spool::on_disk;
use super::store;
use crate::db::{Conn, Instant, WorkResult, WriteLock};
use crate::ledger::{self, Event, Origin};
use crate::personal::{self, Purpose};
use crate::problem::Problem;
use crate::service::Service;

/// An attachment may stay unattached this long, by business time. An object without a row must be this old, by the time
/// of the attachment store, because its row may still be in an open transaction.
const KEPT_HOURS: i64 = 24;
/// Rows deleted by one transaction.
const CHUNK: i64 = 100;
/// Keys looked up by one statement.
const KEYS: usize = 200;

/// Deletes one chunk of unattached attachments. Returns their number.
pub async fn remove_unattached(state: &Service) -> Result<usize, Problem> {
    let now = state.clock.now();
    let before = Instant(now.0 - TimeDelta::hours(KEPT_HOURS));
    let removed = state.db.write(WriteLock::default(), move |conn| remove(conn, now, before)).await?;
    let keys: Vec<String> = removed.clone();
    let used = state.db.read(move |conn| store::keys_in_use(conn, &keys)).await?;
    for key in removed.iter().filter(|key| !used.contains(key)) {
        state.parts.get::<Files>().storage.delete(key).await;
    }
    Ok(removed.len())
}

fn remove(conn: &mut Conn, now: Instant, before: Instant) -> WorkResult<Vec<String>> {
    let mut keys = Vec::new();
    for row in store::unattached_before(conn, before, CHUNK)? {
        if !store::remove_unattached(conn, row.id)? {
            continue;
        }
        let mut event = Event::new("attachment.deleted", "attachment", row.id)
            .data(json!({ "sha256": row.sha256, "size": row.size, "media_type": row.media_type }));
        event.place = row.place();
        ledger::append_from(conn, Origin { request_id: "housekeeping".to_owned(), ..Origin::program(now) }, event)?;
        personal::erase(conn, row.id, Purpose::FileName)?;
        keys.push(row.object_key);
        keys.extend(row.stripped_key.filter(|key| !key.is_empty()));
    }
    Ok(keys)
}

/// Deletes objects that are older than a day and have no row: those of interrupted uploads, and copies of pictures that
/// are no longer public. Returns their number.
pub async fn sweep(state: &Service) -> Result<usize, Problem> {
    let storage = &state.parts.get::<Files>().storage;
    let before = Utc::now() - TimeDelta::hours(KEPT_HOURS);
    let mut objects = storage.list(&state.db).await?.chunks(KEYS);
    let mut swept = 0;
    while let Some(chunk) = objects.next().await {
        let mut old: Vec<String> = Vec::new();
        for object in chunk {
            let object = object.map_err(|error| super::storage::problem(&error))?;
            if object.last_modified < before {
                old.push(object.location.to_string());
            }
        }
        if old.is_empty() {
            continue;
        }
        let keys = old.clone();
        let used = state.db.read(move |conn| store::keys_in_use(conn, &keys)).await?;
        for key in old.iter().filter(|key| !used.contains(key)) {
            storage.delete(key).await;
            swept += 1;
        }
    }
    if let Some(folder) = storage.folder.clone() {
        let realm = folder.join(storage.realm(&state.db).await?);
        swept += on_disk(move || Ok(sweep_unfinished(&realm))).await?;
    }
    Ok(swept)
}

/// A killed process can leave partial copies named `name#number`, which the list of the attachment store does not
/// contain.
fn sweep_unfinished(realm: &Folder) -> usize {
    let old = Duration::from_secs(KEPT_HOURS as u64 * 3600);
    let is_old = |entry: &std::fs::DirEntry| {
        let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok();
        changed.is_some_and(|changed| SystemTime::now().duration_since(changed).is_ok_and(|age| age > old))
    };
    let entries = |folder: &Folder| std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries(realm)
        .flat_map(|folder| entries(&folder.path()))
        .filter(|entry| entry.file_name().to_string_lossy().contains('#') && is_old(entry))
        .filter(|entry| std::fs::remove_file(entry.path()).is_ok())
        .count()
}
