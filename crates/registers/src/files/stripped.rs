//! Stripped copies of pictures: public ones for verified disclosures, and those of complaints for callers who may not
//! learn the complainant. They are made on the first request, because a transaction must not change anything outside
//! the database.

use std::collections::HashSet;

use actix_web::http::header::DispositionType;
use actix_web::web;
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Files;
use super::kinds::usual_extension;
use super::model::AttachmentRow;
use super::serve::Content;
use super::{names, store, strip};
use crate::db::{Conn, Id, WorkResult, WriteLock};
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;
use crate::service::{Service, Tx};

/// Largest file that can be stripped, in bytes: it is in memory meanwhile.
const MOST_BYTES: i64 = 20 * 1024 * 1024;
const CACHE: &str = "public, max-age=300";

/// Makes files of a record public.
pub fn make_public(tx: &mut Tx, ids: &[Id]) -> WorkResult<()> {
    store::set_public(tx.conn, ids, true)
}

/// Makes files private again. The sweep deletes their stripped copies.
pub fn make_private(tx: &mut Tx, ids: &[Id]) -> WorkResult<()> {
    store::set_public(tx.conn, ids, false)
}

/// A public photograph (公示照片).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicPhoto {
    /// Title of the photograph.
    #[schema(max_length = 200, example = "公示栏照片")]
    pub title: String,
    /// Path of the stripped copy, relative to the root of the service.
    #[schema(max_length = 100, example = "/public/files/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub path: String,
}

/// The public pictures among these files.
pub fn pictures(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashSet<Id>> {
    let shown =
        |row: &AttachmentRow| row.is_public && row.stripped_key.as_deref() != Some(NONE) && strip::can(&row.media_type);
    Ok(store::of_ids(conn, ids)?.iter().filter(|row| shown(row)).map(|row| row.id).collect())
}

impl PublicPhoto {
    /// The public photographs in the evidence of a record.
    pub fn among(evidence: &[Evidence], pictures: &HashSet<Id>) -> Vec<PublicPhoto> {
        let photo = |one: &Evidence| {
            let id = one.attachment_id.filter(|id| pictures.contains(id))?;
            Some(PublicPhoto { title: one.title.clone(), path: format!("/public/files/{id}") })
        };
        evidence.iter().filter_map(photo).collect()
    }
}

/// Key that marks a file that cannot be stripped, so that it is not tried again.
const NONE: &str = "";

fn not_found() -> Problem {
    Problem::not_found()
}

/// The stripped copy of a public file.
pub async fn public_content(state: &Service, id: Id) -> Result<Content, Problem> {
    let row = state.db.read_point(move |conn| store::find(conn, id)).await?;
    let row = row.filter(|row| row.is_public).ok_or_else(not_found)?;
    // It may have become private while the copy was made.
    let row = Some(with_copy(state, row).await?).filter(|row| row.is_public).ok_or_else(not_found)?;
    let name = format!("{}.{}", row.id, usual_extension(&row.media_type));
    content(row, DispositionType::Inline, &name, CACHE, None).ok_or_else(not_found)
}

/// The stripped copy as a download, for callers who may not see the original.
pub async fn download(state: &Service, row: AttachmentRow, name: &str) -> Result<Content, Problem> {
    let row = with_copy(state, row).await?;
    content(row, DispositionType::Attachment, name, "private, no-cache", Some("Authorization")).ok_or_else(not_found)
}

fn content(
    row: AttachmentRow,
    kind: DispositionType,
    name: &str,
    cache: &'static str,
    vary: Option<&'static str>,
) -> Option<Content> {
    let (key, sha256, size) = (row.stripped_key?, row.stripped_sha256?, row.stripped_size?);
    Some(Content {
        key,
        size: u64::try_from(size).unwrap_or_default(),
        sha256,
        disposition: names::disposition(&kind, name),
        media_type: row.media_type,
        cache,
        vary,
    })
}

/// Makes the missing stripped copies of files; files that cannot be stripped are skipped.
pub async fn make_stripped(state: &Service, ids: Vec<Id>) -> Result<(), Problem> {
    let rows = state.db.read(move |conn| store::of_ids(conn, &ids)).await?;
    for row in rows.into_iter().filter(|row| strip::can(&row.media_type)) {
        match with_copy(state, row).await {
            Ok(_) => {}
            // This one cannot be stripped.
            Err(problem) if problem.code == Code::NotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// The row with its stripped copy, which is made if it is missing; 404 if none can be made.
pub async fn with_copy(state: &Service, row: AttachmentRow) -> Result<AttachmentRow, Problem> {
    let known = |row: AttachmentRow| (row.stripped_key.is_some() || row.erased_at.is_some()).then_some(row);
    let usable = |row: AttachmentRow| {
        let usable = row.erased_at.is_none() && row.stripped_key.as_deref() != Some(NONE);
        Some(row).filter(|_| usable).ok_or_else(not_found)
    };
    if let Some(row) = known(row.clone()) {
        return usable(row);
    }
    let _turn = state.parts.get::<Files>().stripping.acquire().await;
    let find = |id| state.db.read_point(move |conn| store::find(conn, id));
    // Another request may have made it while this one waited.
    let row = find(row.id).await?.ok_or_else(not_found)?;
    if let Some(row) = known(row.clone()) {
        return usable(row);
    }
    let id = row.id;
    make(state, row).await?;
    known(find(id).await?.ok_or_else(not_found)?).map_or_else(|| Err(not_found()), usable)
}

async fn make(state: &Service, row: AttachmentRow) -> Result<(), Problem> {
    if row.size > MOST_BYTES || !strip::can(&row.media_type) {
        return Err(not_found());
    }
    let storage = &state.parts.get::<Files>().storage;
    let original = storage.read(&row.object_key, 0..u64::try_from(row.size).unwrap_or_default()).await?;
    let stripped = web::block(move || {
        let pieces = strip::strip(&row.media_type, original)?;
        let mut hash = Context::new(&SHA256);
        pieces.iter().for_each(|piece| hash.update(piece));
        let size: usize = pieces.iter().map(|piece| piece.len()).sum();
        Some((pieces, hex::encode(hash.finish()), i64::try_from(size).unwrap_or(i64::MAX)))
    });
    let Some((pieces, sha256, size)) =
        stripped.await.map_err(|error| Problem::broken_by("work on the disk panicked", error))?
    else {
        return remember(state, row.id, NONE, "", 0).await.map(drop);
    };
    let key = storage.new_key(&state.db, "-stripped").await?;
    storage.put(&key, pieces).await?;
    // If this fails, the sweep deletes the object.
    if !remember(state, row.id, &key, &sha256, size).await? {
        // Another replica was faster, or the file was erased.
        storage.delete(&key).await;
    }
    Ok(())
}

/// Stores the copy. Returns false if the row has one already or was erased.
async fn remember(state: &Service, id: Id, key: &str, sha256: &str, size: i64) -> Result<bool, Problem> {
    let (key, sha256) = (key.to_owned(), sha256.to_owned());
    let work = move |conn: &mut Conn| store::set_stripped_copy(conn, id, &key, &sha256, size);
    Ok(state.db.write(WriteLock::default(), work).await?)
}
