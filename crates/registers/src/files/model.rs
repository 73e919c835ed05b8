//! Attachments in the database and in the API.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::person::PersonKey;
use crate::access::{Caller, Role};
use crate::db::Id;
use crate::db::schema::attachments;
use crate::db::types::Instant;
use crate::ledger::Place;
pub use crate::service::file_owner::{FileForm, OwnerKind};

/// The uploader of an attachment. Nobody else sees it until it is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploader {
    pub iss: String,
    pub sub: String,
    pub role: String,
    /// Division, USCC or complex; for a utility operator with its kind of utility.
    pub place: String,
}

impl Uploader {
    pub fn of(caller: &Caller) -> Uploader {
        let complex = caller.complex.map(|id| id.to_string());
        let parts = [&caller.division, &caller.company, &complex, &caller.organisation];
        let place: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        Uploader {
            iss: caller.iss.clone(),
            sub: caller.sub.clone(),
            role: caller.role.code().to_owned(),
            place: place.join("/"),
        }
    }

    /// True for the same office, company or committee; for residents, the same person.
    pub fn is(&self, other: &Uploader) -> bool {
        let person = |one: &Uploader| PersonKey::new(&one.iss, &one.sub);
        let same_person = self.role != Role::Resident.code() || person(self) == person(other);
        (&self.iss, &self.role, &self.place) == (&other.iss, &other.role, &other.place) && same_person
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = attachments)]
pub struct AttachmentRow {
    pub id: Id,
    /// Empty if the name is encrypted. Only rows from before the encryption contain a name here.
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub sha256: String,
    /// Key of the object in the attachment store, shared by copies of an attachment. Empty after the erasure.
    pub object_key: String,
    pub owner_kind: Option<String>,
    pub owner_id: Option<Id>,
    pub uploader_iss: String,
    pub uploader_sub: String,
    pub uploader_role: String,
    pub uploader_place: String,
    pub county: String,
    pub township: String,
    pub community: String,
    pub is_public: bool,
    /// Key of the stripped copy, once it was made; empty if none can be made.
    pub stripped_key: Option<String>,
    pub stripped_sha256: Option<String>,
    pub stripped_size: Option<i64>,
    pub created_at: Instant,
    /// The complaint that it belongs to.
    pub complaint_id: Option<Id>,
    /// Since when it is inaccessible because of an erasure.
    pub erased_at: Option<Instant>,
}

impl AttachmentRow {
    pub fn uploader(&self) -> Uploader {
        Uploader {
            iss: self.uploader_iss.clone(),
            sub: self.uploader_sub.clone(),
            role: self.uploader_role.clone(),
            place: self.uploader_place.clone(),
        }
    }

    /// Territory of the uploader, if any.
    pub fn place(&self) -> Option<Place> {
        (!self.county.is_empty()).then(|| Place {
            county: self.county.clone(),
            township: self.township.clone(),
            community: self.community.clone(),
        })
    }

    pub fn owner(&self) -> Option<(OwnerKind, Id)> {
        OwnerKind::from_code(self.owner_kind.as_deref()?).zip(self.owner_id)
    }

    pub fn view(self, name: String, form: FileForm) -> Attachment {
        let owner = self.owner();
        let (size, sha256) = match form {
            FileForm::Original => (self.size, self.sha256),
            FileForm::Stripped => (self.stripped_size.unwrap_or_default(), self.stripped_sha256.unwrap_or_default()),
        };
        Attachment {
            id: self.id,
            name,
            media_type: self.media_type,
            size,
            sha256,
            owner_kind: owner.map(|(kind, _)| kind),
            owner_id: owner.map(|(_, id)| id),
            created_at: self.created_at,
        }
    }
}

/// A file in the attachment store that has no row yet.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    pub name: String,
    pub media_type: &'static str,
    pub size: i64,
    pub sha256: String,
    pub object_key: String,
}

/// An attachment (附件). `GET /v1/attachments/{id}/content` returns its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    pub id: Id,
    /// File name.
    #[schema(max_length = 255, example = "现场照片.jpg")]
    pub name: String,
    /// Media type, determined from the content.
    #[schema(max_length = 100, example = "image/jpeg")]
    pub media_type: String,
    /// Size in bytes.
    #[schema(minimum = 1, example = 482133)]
    pub size: i64,
    /// SHA-256 of the content, in hex.
    #[schema(
        min_length = 64,
        max_length = 64,
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub sha256: String,
    /// Kind of record that it belongs to; null until it is attached.
    pub owner_kind: Option<OwnerKind>,
    /// Record that it belongs to; null until it is attached.
    pub owner_id: Option<Id>,
    pub created_at: Instant,
}

/// Content of a file (文件内容).
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "read as a stream; declared for the OpenAPI document")]
pub struct FileBytes(Vec<u8>);

/// A form with one file (表单上传).
#[derive(ToSchema)]
#[allow(dead_code, reason = "read as a stream; declared for the OpenAPI document")]
pub struct UploadForm {
    /// The file, with `filename` and `Content-Type`.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// File name, if the body is the file itself and `Content-Disposition` has no name.
    #[param(max_length = 255, example = "现场照片.jpg")]
    pub name: Option<String>,
}
