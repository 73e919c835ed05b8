//! Temporary storage of an upload: an unnamed file, which disappears when it is closed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::web::{self, Bytes};
use aws_lc_rs::digest::{Context, SHA256};
use futures_util::{Stream, StreamExt};

use super::storage;
use crate::problem::{Code, Problem};

/// Size of the write buffer in bytes.
const BUFFER: usize = 256 * 1024;

/// A complete upload.
pub struct Spooled {
    pub file: File,
    pub size: u64,
    /// In hex.
    pub sha256: String,
}

struct Spool {
    file: File,
    hash: Context,
    size: u64,
    buffer: Vec<u8>,
}

impl Spool {
    fn new(folder: &Path) -> io::Result<Spool> {
        let file = tempfile::tempfile_in(folder)?;
        Ok(Spool { file, hash: Context::new(&SHA256), size: 0, buffer: Vec::with_capacity(BUFFER) })
    }

    fn flush(mut self) -> io::Result<Spool> {
        self.file.write_all(&self.buffer)?;
        self.hash.update(&self.buffer);
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(self)
    }
}

/// Runs disk access on the blocking thread pool.
pub async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Problem> {
    let done = web::block(work).await.map_err(|error| Problem::broken_by("work on the disk panicked", error))?;
    done.map_err(|error| storage::problem(&error))
}

pub fn too_large(limit: u64) -> Problem {
    Problem::new(Code::PayloadTooLarge)
        .detail(format!("附件不得超过{limit}字节。"), format!("The attachment must have at most {limit} bytes."))
}

/// The next chunk of a stream. Fails if it does not arrive within `patience`.
pub async fn next_chunk_within<T>(
    stream: &mut (impl Stream<Item = T> + Unpin),
    patience: Duration,
) -> Result<Option<T>, Problem> {
    tokio::time::timeout(patience, stream.next()).await.map_err(|_| {
        Problem::new(Code::RequestTimeout).detail(
            "上传中断，已收到的数据未保存。请重新上传。",
            "The upload stopped, and nothing of it was stored. Upload the attachment again.",
        )
    })
}

/// Writes a stream to an unnamed file, up to `limit` bytes.
pub async fn spool<E>(
    folder: PathBuf,
    limit: u64,
    patience: Duration,
    mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Spooled, Problem> {
    let mut spool = on_disk(move || Spool::new(&folder)).await?;
    while let Some(chunk) = next_chunk_within(&mut stream, patience).await? {
        let chunk = chunk.map_err(|_| malformed())?;
        if spool.size + (spool.buffer.len() + chunk.len()) as u64 > limit {
            return Err(too_large(limit));
        }
        spool.buffer.extend_from_slice(&chunk);
        if spool.buffer.len() >= BUFFER {
            spool = on_disk(move || spool.flush()).await?;
        }
    }
    let Spool { file, hash, size, .. } = on_disk(move || spool.flush()).await?;
    Ok(Spooled { file, size, sha256: hex::encode(hash.finish()) })
}

pub fn malformed() -> Problem {
    Problem::new(Code::MalformedRequest).detail(
        "上传内容不完整或者格式有误。请重新上传。",
        "The upload is incomplete or malformed. Upload the attachment again.",
    )
}
