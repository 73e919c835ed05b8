//! Public copies: of a picture that a verified row shows, without what its camera noted. Made on the first request, since
//! nothing outside of the database happens in a transaction.

use std::collections::HashSet;

use actix_web::http::header::DispositionType;
use actix_web::web;
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::AttachmentRow;
use super::serve::Content;
use super::{names, store, strip};
use crate::app::State;
use crate::db::{Conn, Id, Work, WriteGate};
use crate::http::Tx;
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;

/// The largest picture that a copy is made of: it is in memory meanwhile.
const MOST_BYTES: i64 = 20 * 1024 * 1024;
const CACHE: &str = "public, max-age=300";

/// Everyone may see these files of a row from now on.
pub fn make_public(tx: &mut Tx, ids: &[Id]) -> Work<()> {
    store::set_public(tx.conn, ids, true)
}

/// Nobody may any more; the copies go when the store is swept.
pub fn make_private(tx: &mut Tx, ids: &[Id]) -> Work<()> {
    store::set_public(tx.conn, ids, false)
}

/// A photograph that everyone may see (公示照片).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicPhoto {
    /// What it shows.
    #[schema(max_length = 200, example = "公示栏照片")]
    pub title: String,
    /// Where it is, from the root of this service; the picture without what its camera noted.
    #[schema(max_length = 100, example = "/public/files/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub path: String,
}

/// Which of these files have a picture for everyone.
pub fn pictures(conn: &mut Conn, ids: &[Id]) -> Work<HashSet<Id>> {
    let shown =
        |row: &AttachmentRow| row.is_public && row.public_key.as_deref() != Some(NONE) && strip::can(&row.media_type);
    Ok(store::of_ids(conn, ids)?.iter().filter(|row| shown(row)).map(|row| row.id).collect())
}

impl PublicPhoto {
    /// The photographs among a row's evidence; what has no public copy is none.
    pub fn among(evidence: &[Evidence], pictures: &HashSet<Id>) -> Vec<PublicPhoto> {
        let photo = |one: &Evidence| {
            let id = one.attachment_id.filter(|id| pictures.contains(id))?;
            Some(PublicPhoto { title: one.title.clone(), path: format!("/public/files/{id}") })
        };
        evidence.iter().filter_map(photo).collect()
    }
}

/// The key of a copy that cannot be made: nobody makes the program try again.
const NONE: &str = "";

fn not_found() -> Problem {
    Problem::not_found()
}

/// The public copy of a file that is public.
pub async fn content(state: &State, id: Id) -> Result<Content, Problem> {
    if let Some(content) = known(find(state, id).await?) {
        return Ok(content);
    }
    let _turn = state.files.stripping.acquire().await;
    let row = find(state, id).await?;
    // Whoever was before in the line may have made it.
    if let Some(content) = known(row.clone()) {
        return Ok(content);
    }
    make(state, row).await?;
    known(find(state, id).await?).ok_or_else(not_found)
}

async fn find(state: &State, id: Id) -> Result<AttachmentRow, Problem> {
    let row = state.db.read_point(move |conn| store::find(conn, id)).await?;
    row.filter(|row| row.is_public && row.public_key.as_deref() != Some(NONE)).ok_or_else(not_found)
}

fn known(row: AttachmentRow) -> Option<Content> {
    let (key, sha256, size) = (row.public_key?, row.public_sha256?, row.public_size?);
    let ending = row.media_type.rsplit('/').next().unwrap_or_default();
    Some(Content {
        key,
        size: u64::try_from(size).unwrap_or_default(),
        sha256,
        // The uploader's name for it may name a person.
        disposition: names::disposition(&DispositionType::Inline, &format!("{}.{ending}", row.id)),
        media_type: row.media_type,
        cache: CACHE,
        vary: None,
    })
}

async fn make(state: &State, row: AttachmentRow) -> Result<(), Problem> {
    if row.size > MOST_BYTES || !strip::can(&row.media_type) {
        return Err(not_found());
    }
    let storage = &state.files.storage;
    let original = storage.read(&row.object_key, 0..u64::try_from(row.size).unwrap_or_default()).await?;
    let stripped = web::block(move || {
        let pieces = strip::strip(&row.media_type, original)?;
        let mut hash = Context::new(&SHA256);
        pieces.iter().for_each(|piece| hash.update(piece));
        let size: usize = pieces.iter().map(|piece| piece.len()).sum();
        Some((pieces, hex::encode(hash.finish()), i64::try_from(size).unwrap_or(i64::MAX)))
    });
    let Some((pieces, sha256, size)) = stripped.await.map_err(|_| Problem::new(Code::Internal))? else {
        return remember(state, row.id, NONE, "", 0).await.map(drop);
    };
    let key = storage.new_key(&state.db, "-public").await?;
    storage.put(&key, pieces).await?;
    // Where this fails, what it left is swept.
    if !remember(state, row.id, &key, &sha256, size).await? {
        // Another replica was faster, or it is public no longer.
        storage.delete(&key).await;
    }
    Ok(())
}

/// Says whether this is the copy from now on.
async fn remember(state: &State, id: Id, key: &str, sha256: &str, size: i64) -> Result<bool, Problem> {
    let (key, sha256) = (key.to_owned(), sha256.to_owned());
    let work = move |conn: &mut Conn| store::set_public_copy(conn, id, &key, &sha256, size);
    Ok(state.db.write(WriteGate::default(), work).await?)
}
