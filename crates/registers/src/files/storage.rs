//! The attachment store: a folder, or an S3 bucket.

use std::error::Error;
use std::fs::{DirBuilder, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::web::Bytes;
use anyhow::Context;
use futures_util::{Stream, StreamExt, stream};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use tokio::sync::{OnceCell, Semaphore};

use super::spool::on_disk;
use super::{Place, store};
use crate::db::Db;
use crate::problem::{Code, Problem};
use crate::secret::Secret;

/// Part size when copying into a folder. S3 requires at least 5 MiB for every part except the last.
const FOLDER_PART: u64 = 1024 * 1024;
const S3_PART: u64 = 5 * 1024 * 1024;
/// Bytes read from an object at a time.
const PIECE: u64 = 256 * 1024;
/// Maximum number of simultaneous copies into the store. Each one holds a part in memory.
const PUTS: usize = 4;

#[derive(Clone, Debug)]
pub struct S3Options {
    pub bucket: String,
    /// Empty, or folders without leading and trailing slashes.
    pub prefix: String,
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
}

pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Folder of the temporary files of running uploads.
    spool: PathBuf,
    part: u64,
    /// The folder of the store, if it is one.
    pub(super) folder: Option<PathBuf>,
    /// First component of every key of this database.
    realm: OnceCell<String>,
    putting: Semaphore,
    unreachable: AtomicBool,
}

/// Logs a failure of the store or of the disk, and converts it to a problem.
pub fn problem(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error, "the attachment store failed");
    let mut cause = Some(error);
    while let Some(one) = cause {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        if one.downcast_ref::<io::Error>().is_some_and(|io| full.contains(&io.kind())) {
            return Problem::new(Code::StorageFull);
        }
        cause = one.source();
    }
    Problem::new(Code::AttachmentsUnavailable)
}

impl Storage {
    pub fn open(place: Place) -> anyhow::Result<Storage> {
        let (store, spool, folder): (Arc<dyn ObjectStore>, _, _) = match place {
            Place::Folder(folder) => {
                let name = folder.display();
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(&folder)
                    .with_context(|| format!("cannot make the folder of attachments, {name}"))?;
                let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
                // Use the same disk: a temporary folder of the system may be in memory.
                (Arc::new(store), folder.clone(), Some(folder))
            }
            Place::S3(options) => {
                let prefix = options.prefix.clone();
                let store = PrefixStore::new(s3(options)?, prefix);
                (Arc::new(store), std::env::temp_dir(), None)
            }
        };
        let part = if folder.is_some() { FOLDER_PART } else { S3_PART };
        Ok(Storage {
            store,
            spool,
            part,
            folder,
            realm: OnceCell::new(),
            putting: Semaphore::new(PUTS),
            unreachable: AtomicBool::new(false),
        })
    }

    pub fn spool_folder(&self) -> &FilePath {
        &self.spool
    }

    pub fn is_unreachable(&self) -> bool {
        self.unreachable.load(Ordering::Relaxed)
    }

    fn note_availability<T>(&self, result: object_store::Result<T>) -> Result<T, Problem> {
        self.unreachable.store(result.is_err(), Ordering::Relaxed);
        result.map_err(|error| problem(&error))
    }

    /// First component of all keys of this database, so that deployments that share a bucket never touch each other's
    /// files.
    pub async fn realm(&self, db: &Db) -> Result<&str, Problem> {
        Ok(self.realm.get_or_try_init(|| db.read(store::realm)).await?)
    }

    /// A new unique key. Row ids are not used because the sandbox reuses them.
    pub async fn new_key(&self, db: &Db, kind: &str) -> Result<String, Problem> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Ok(format!("{}/{}/{id}{kind}", self.realm(db).await?, &id[..2]))
    }

    /// Copies a file into the store in parts.
    pub async fn put_file(&self, key: &str, file: File, size: u64) -> Result<(), Problem> {
        let _turn = self.putting.acquire().await;
        let (file, key) = (Arc::new(file), Path::from(key));
        let part = |from: u64| {
            let (file, length) = (file.clone(), self.part.min(size - from));
            on_disk(move || {
                let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
                file.read_exact_at(&mut bytes, from)?;
                Ok(PutPayload::from(bytes))
            })
        };
        if size <= self.part {
            let all = part(0).await?;
            return self.note_availability(self.store.put(&key, all).await).map(drop);
        }
        let mut upload = self.note_availability(self.store.put_multipart(&key).await)?;
        let mut copied = Ok(());
        for from in (0..size).step_by(self.part as usize) {
            copied = match part(from).await {
                Ok(payload) => self.note_availability(upload.put_part(payload).await),
                Err(problem) => Err(problem),
            };
            if copied.is_err() {
                break;
            }
        }
        let done = match copied {
            Ok(()) => self.note_availability(upload.complete().await).map(drop),
            Err(problem) => Err(problem),
        };
        if done.is_err()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "an upload could not be aborted in the attachment store");
        }
        done
    }

    pub async fn put(&self, key: &str, bytes: Vec<Bytes>) -> Result<(), Problem> {
        self.note_availability(self.store.put(&Path::from(key), PutPayload::from_iter(bytes)).await).map(drop)
    }

    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Bytes, Problem> {
        self.note_availability(self.store.get_range(&Path::from(key), range).await)
    }

    /// Streams an object. The first chunk is read before the response starts, so that errors are still reported.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + 'static, Problem> {
        let end = range.end;
        let first_end = end.min(range.start + PIECE);
        let first = self.read(key, range.start..first_end).await?;
        let (store, key) = (self.store.clone(), Path::from(key));
        let rest = stream::try_unfold(first_end, move |from| {
            let (store, key) = (store.clone(), key.clone());
            async move {
                if from >= end {
                    return Ok(None);
                }
                let to = end.min(from + PIECE);
                Ok(Some((store.get_range(&key, from..to).await?, to)))
            }
        });
        Ok(stream::once(async { Ok(first) }).chain(rest).boxed_local())
    }

    /// Deletes an object. If this fails, the sweep deletes it later.
    pub async fn delete(&self, key: &str) {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(%error, key, "an object could not be deleted from the attachment store"),
        }
    }

    /// All objects of this database.
    pub async fn list(
        &self,
        db: &Db,
    ) -> Result<impl Stream<Item = Result<ObjectMeta, object_store::Error>> + 'static, Problem> {
        Ok(self.store.list(Some(&Path::from(self.realm(db).await?))))
    }
}

fn s3(options: S3Options) -> anyhow::Result<object_store::aws::AmazonS3> {
    // A request waits for the store, so report an unreachable store quickly.
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(1),
        ..BackoffConfig::default()
    };
    let retry = RetryConfig { backoff, max_retries: 3, retry_timeout: Duration::from_secs(10) };
    let client = ClientOptions::new()
        .with_allow_http(true)
        .with_connect_timeout(Duration::from_secs(3))
        .with_timeout(Duration::from_secs(60));
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&options.bucket)
        .with_region(&options.region)
        .with_access_key_id(&options.access_key_id)
        .with_secret_access_key(options.secret_access_key.expose())
        .with_client_options(client)
        .with_retry(retry);
    if let Some(endpoint) = &options.endpoint {
        // Some services require the bucket in the host name; then the operator configures it in the endpoint.
        let host = endpoint.split_once("://").map_or(endpoint.as_str(), |(_, rest)| rest);
        let by_host = host.starts_with(&format!("{}.", options.bucket));
        builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(by_host);
    }
    Ok(builder.build()?)
}
