//! Attachments (附件): uploaded evidence. An attachment belongs to one record and is visible to everyone who may see that
//! record.
//!
//! An upload is written to an unnamed temporary file ([`upload`]), copied to the attachment store ([`storage`]), and
//! then gets its row. A cut connection therefore leaves nothing behind.

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

/// Media types of the allowed files, as downloads declare them.
pub fn media_types() -> impl Iterator<Item = &'static str> {
    kinds::TYPES.iter().map(|kind| kind.media_type)
}

pub use cleanup::{remove_unattached, sweep};
pub use encrypted_names::encrypt_old;
pub use erasure::{erase_bytes, erase_of_complaint};
pub use evidence::{
    attach, attach_evidence, attach_to_complaint, attachments_of, check_attachment, check_evidence, check_lists,
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

/// Interval of the sweep of the attachment store.
const SWEEPING: Duration = Duration::from_secs(60 * 60);

pub const FEATURE: Feature = Feature {
    name: "files",
    tags: &[tag(140, "attachments", "Attachments 附件: files that serve as evidence")],
    operations: &[
        submit(handler!(routes::create_attachment), FILE_HOLDERS).uploads(),
        read(handler!(routes::get_attachment), FILE_HOLDERS),
        read(handler!(routes::get_attachment_content), FILE_HOLDERS),
        public(handler!(routes::get_public_file)),
    ],
    tables: &[Table::of_program("attachments"), Table::of_program("attachment_realm")],
    words: &[("attachment_owner_kind", OwnerKind::LABELS)],
    jobs: &[
        // Each transaction processes one chunk, so that other writers do not wait long.
        Job::every(HOUSEKEEPING, "files", By::Background, "attachment housekeeping failed; it is repeated", |state| {
            Box::pin(async move {
                while let Ok(1..) = remove_unattached(&state).await {}
                while let Ok(1..) = erase_bytes(&state).await {}
                while let Ok(1..) = encrypt_old(&state).await {}
                Ok(())
            })
        })
        .polling_every(Duration::from_secs(1)),
        // A failed sweep is repeated next time. The attachment store has logged the error.
        Job::every(
            SWEEPING,
            "stored_files",
            By::Background,
            "the sweep of the attachment store failed; it is repeated",
            |state| {
                Box::pin(async move {
                    let _ = sweep(&state).await;
                    Ok(())
                })
            },
        )
        .first_after(HOUSEKEEPING)
        .polling_every(Duration::from_secs(1)),
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};

/// Location of the attachment store.
#[derive(Clone, Debug)]
pub enum Place {
    Folder(PathBuf),
    S3(S3Options),
}

#[derive(Clone, Debug)]
pub struct FilesOptions {
    pub place: Place,
    /// Largest file in bytes.
    pub limit: u64,
    /// Maximum duration of an upload.
    pub timeout: Duration,
    /// Maximum number of simultaneous uploads.
    pub at_once: usize,
}

impl FilesOptions {
    /// Options for a folder, with the default limits of the settings.
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

/// Shared state of all requests about attachments.
pub struct Files {
    pub limit: u64,
    pub timeout: Duration,
    storage: Storage,
    uploads: Uploads,
    /// One stripped copy is made at a time, because the whole picture is in memory meanwhile.
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

    /// True if the attachment store was unreachable at the last access.
    pub fn is_unreachable(&self) -> bool {
        self.storage.is_unreachable()
    }
}
