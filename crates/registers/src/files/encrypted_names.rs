//! File names can name persons, so they are encrypted at rest.

use super::model::AttachmentRow;
use super::{names, store};
use crate::db::{Conn, Id, WorkResult, WriteLock};
use crate::keys::Keyring;
use crate::personal::{self, Purpose};
use crate::problem::Problem;
use crate::service::Service;

/// Names encrypted by one transaction.
const CHUNK: i64 = 200;

pub fn encrypt(conn: &mut Conn, ring: &Keyring, id: Id, name: &str) -> WorkResult<()> {
    personal::encrypt(conn, ring, id, id, Purpose::FileName, name)
}

/// The original name of an attachment, or a neutral name after its erasure.
pub fn of(conn: &mut Conn, ring: &Keyring, row: &AttachmentRow) -> WorkResult<String> {
    if !row.name.is_empty() {
        return Ok(row.name.clone());
    }
    let sealed = personal::decrypt(conn, ring, row.id, Purpose::FileName)?;
    Ok(sealed.unwrap_or_else(|| names::neutral(1, &row.media_type)))
}

/// Encrypts one chunk of the names that were stored before encryption was introduced. Returns their number.
pub async fn encrypt_old(state: &Service) -> Result<usize, Problem> {
    let ring = state.keys.ring();
    let sealed = move |conn: &mut Conn| {
        let rows = store::with_open_name(conn, CHUNK)?;
        for (id, name) in &rows {
            encrypt(conn, &ring, *id, name)?;
        }
        store::forget_open_names(conn, &rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
        Ok(rows.len())
    };
    Ok(state.db.write(WriteLock::default(), sealed).await?)
}
