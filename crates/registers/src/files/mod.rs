//! Files (附件): evidence that is uploaded, belongs to one row, and is seen where that row is seen.
//!
//! An upload goes to an unnamed temporary file first ([`upload`]), from there into the store ([`storage`]), and has a row
//! from then on. Nothing that a cut connection leaves has a name.

mod actions;
mod cleanup;
mod encrypted_names;
mod erasure;
mod events;
mod evidence;
mod kinds;
mod model;
mod names;
mod origin;
mod owner;
mod package;
mod pixels;
mod ranges;
mod receive;
mod routes;
mod serve;
mod spool;
mod storage;
mod store;
mod strip;
mod stripped;
mod upload;
mod upload_part;

use std::path::PathBuf;
use std::time::Duration;

use crate::access::role_sets::FILE_HOLDERS;
use crate::handler;
use crate::service::feature::{Feature, Table, public, read, submit, tag};
use crate::service::job::{By, HOUSEKEEPING, Job};

/// Every type of file that is taken, as it is sent again.
pub fn media_types() -> impl Iterator<Item = &'static str> {
    kinds::TYPES.iter().map(|kind| kind.media_type)
}

pub use cleanup::{remove_unattached, sweep};
pub use encrypted_names::encrypt_old;
pub use erasure::{erase_bytes, erase_of_complaint};
pub use evidence::{
    attach, attach_evidence, attach_to_ticket, attachments_of, check_attachment, check_evidence, check_lists,
    copy_evidence, copy_stripped, release,
};
pub use model::{FileForm, OwnerKind};
pub use owner::{ComplaintAttachment, FileOwner, Visibility, Visible, visible_of_complaints};
pub use spool::next_chunk_within;
pub use storage::S3Options;
pub use stripped::{PublicPhoto, make_private, make_public, make_stripped, pictures};
pub use upload::upload_own;
pub use upload_part::{Stored, UploadPart, create, put, upload_slot, withdraw};

use crate::settings::{FilesUrl, Settings, SettingsError};
use storage::Storage;
use upload::Uploads;

pub const UPLOAD_PATH: &str = "/v1/attachments";

/// How often the store of attachments is looked through.
const SWEEPING: Duration = Duration::from_secs(60 * 60);

pub const FEATURE: Feature = Feature {
    name: "files",
    tags: &[tag(140, "attachments", "Files 附件: evidence, seen where the row is seen that it belongs to")],
    operations: &[
        submit(handler!(routes::create_attachment), FILE_HOLDERS).uploads(),
        read(handler!(routes::get_attachment), FILE_HOLDERS),
        read(handler!(routes::get_attachment_content), FILE_HOLDERS),
        public(handler!(routes::get_public_file)),
    ],
    tables: &[Table::of_program("attachments"), Table::of_program("attachment_realm")],
    words: &[("attachment_owner_kind", OwnerKind::LABELS)],
    jobs: &[
        // A chunk at a time, so that no job holds the writer long.
        Job::every(HOUSEKEEPING, "files", By::Background, "housekeeping of files waits", |state| {
            Box::pin(async move {
                while let Ok(1..) = remove_unattached(&state).await {}
                while let Ok(1..) = erase_bytes(&state).await {}
                while let Ok(1..) = encrypt_old(&state).await {}
                Ok(())
            })
        })
        .polling_every(Duration::from_secs(1)),
        // What it could not do now it does the next time; the store has told why.
        Job::every(SWEEPING, "stored_files", By::Background, "the sweep of stored files waits", |state| {
            Box::pin(async move {
                let _ = sweep(&state).await;
                Ok(())
            })
        })
        .first_after(HOUSEKEEPING)
        .polling_every(Duration::from_secs(1)),
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum Place {
    Folder(PathBuf),
    S3(S3Options),
}

#[derive(Clone, Debug)]
pub struct FilesOptions {
    pub place: Place,
    /// Largest file, in bytes.
    pub limit: u64,
    /// How long an upload may take in all.
    pub timeout: Duration,
    pub at_once: usize,
}

impl FilesOptions {
    /// In a folder, with the limits that the settings have by default.
    pub fn in_folder(folder: impl Into<PathBuf>) -> FilesOptions {
        FilesOptions {
            place: Place::Folder(folder.into()),
            limit: 20 * 1024 * 1024,
            timeout: Duration::from_secs(600),
            at_once: 32,
        }
    }

    pub fn of(settings: &Settings) -> Result<FilesOptions, SettingsError> {
        let files = &settings.files;
        let place = match &files.attachments_url {
            FilesUrl::Folder(folder) => Place::Folder(folder.clone()),
            FilesUrl::S3 { bucket, prefix } => Place::S3(S3Options {
                bucket: bucket.clone(),
                prefix: prefix.clone(),
                endpoint: files.s3_endpoint.clone(),
                region: files.s3_region.clone(),
                access_key_id: files.s3_access_key_id.clone().unwrap_or_default(),
                secret_access_key: settings.s3_secret()?,
            }),
        };
        Ok(FilesOptions {
            place,
            limit: files.attachment_limit_bytes as u64,
            timeout: files.upload_timeout_seconds,
            at_once: files.uploads_at_once,
        })
    }
}

/// What requests about files share.
pub struct Files {
    pub limit: u64,
    pub timeout: Duration,
    storage: Storage,
    uploads: Uploads,
    /// One copy without metadata is made at a time: the picture is in memory meanwhile.
    stripping: tokio::sync::Semaphore,
}

impl Files {
    pub fn open(options: FilesOptions) -> anyhow::Result<Files> {
        Ok(Files {
            limit: options.limit,
            timeout: options.timeout,
            storage: Storage::open(options.place)?,
            uploads: Uploads::new(options.at_once),
            stripping: tokio::sync::Semaphore::new(1),
        })
    }

    /// Did the store fail when it was last asked?
    pub fn is_away(&self) -> bool {
        self.storage.is_away()
    }
}
