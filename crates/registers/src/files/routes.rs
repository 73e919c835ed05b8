//! Handlers for attachments.

use actix_web::http::header::DispositionType;
use actix_web::{HttpRequest, web};

use super::Files;
use super::model::{Attachment, FileBytes, FileForm, UploadForm, UploadQuery};
use super::serve::{Content, serve};
use super::{actions, names, owner, stripped, upload};
use crate::http::{PathId, Response};
use crate::service::{Ctx, Service};

/// Upload an attachment
///
/// Uploads a file as evidence. Send a form with one part `file`, or the file as the body with its `Content-Type` and a
/// name in `Content-Disposition: attachment; filename*=UTF-8''…` or in `name`. Allowed are JPEG, PNG, WebP, HEIC, PDF,
/// Word, Excel, PowerPoint, MP4, QuickTime and WebM; content, declared type and extension must agree. Then send its id
/// as `attachment_id` of evidence. Until then only you can see it, and it is deleted after 24 hours.
#[utoipa::path(post, path = "/v1/attachments", tag = "attachments", params(UploadQuery),
    request_body(description = "The file", content((UploadForm = "multipart/form-data"))),
    responses((status = 201, description = "Uploaded", body = Attachment)))]
pub async fn create_attachment(ctx: Ctx, request: HttpRequest, payload: web::Payload) -> Response {
    upload::upload(ctx, request, payload).await
}

/// Get an attachment
///
/// Returns name, type, size and digest of an attachment of a record that you may see; if the record is a notice, it
/// must be opened first. For complaints (see `docs/who-may-know.md`), companies, committees, utility operators and
/// followers get pictures as stripped copies with neutral names, and no other files of the complainant. Size and digest
/// are then those of the copy.
#[utoipa::path(get, path = "/v1/attachments/{id}",
    tag = "attachments", params(("id" = crate::db::Id, Path, description = "Id of the attachment")),
    responses((status = 200, description = "The attachment", body = Attachment)))]
pub async fn get_attachment(ctx: Ctx, id: PathId) -> Response {
    let (row, form) = ctx.read(move |conn, ctx| owner::find_visible(conn, ctx, id.0)).await?;
    if form == FileForm::Stripped {
        stripped::with_copy(&ctx.state, row).await?;
    }
    ctx.get(move |conn, ctx| actions::get_attachment(conn, ctx, id.0)).await
}

/// Download an attachment
///
/// Returns the content of an attachment as a download. The ETag is the SHA-256 of the content. A request may ask for
/// one range (RFC 9110, 14).
#[utoipa::path(get, path = "/v1/attachments/{id}/content", tag = "attachments",
    params(
        ("id" = crate::db::Id, Path, description = "Id of the attachment"),
        ("Range" = Option<String>, Header, description = "One range of bytes, such as `bytes=0-1023`."),
        ("If-Range" = Option<String>, Header,
            description = "Returns the range only if the ETag is still this one, otherwise the whole file."),
    ),
    responses(
        (status = 200, description = "The file", body = FileBytes, content_type = "application/octet-stream"),
        (status = 206, description = "The requested range", body = FileBytes,
            content_type = "application/octet-stream"),
    ))]
pub async fn get_attachment_content(ctx: Ctx, id: PathId, request: HttpRequest) -> Response {
    let (row, form, name) = ctx
        .read(move |conn, ctx| {
            let (row, form) = owner::find_visible(conn, ctx, id.0)?;
            let name = owner::name(conn, ctx, &row)?;
            Ok((row, form, name))
        })
        .await?;
    let content = match form {
        FileForm::Stripped => stripped::download(&ctx.state, row, &name).await?,
        FileForm::Original => Content {
            key: row.object_key,
            size: u64::try_from(row.size).unwrap_or_default(),
            sha256: row.sha256,
            media_type: row.media_type,
            disposition: names::disposition(&DispositionType::Attachment, &name),
            cache: "private, no-cache",
            vary: Some("Authorization"),
        },
    };
    serve(ctx.state.parts.get::<Files>(), &request, content).await
}

/// Get a public picture
///
/// Returns a stripped copy of a picture in a verified disclosure, without place, time, device or other metadata.
#[utoipa::path(get, path = "/public/files/{id}", tag = "public",
    params(("id" = crate::db::Id, Path, description = "Id of the attachment")),
    responses(
        (status = 200, description = "The picture", body = FileBytes, content_type = "image/*"),
        (status = 206, description = "The requested range", body = FileBytes, content_type = "image/*"),
        (status = 400, description = "Invalid id, as an HTML page", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown or not public, as an HTML page", body = String, content_type = "text/html"),
        (status = 503, description = "The attachment store is unreachable, as an HTML page", body = String,
            content_type = "text/html"),
    ))]
pub async fn get_public_file(state: web::Data<Service>, id: PathId, request: HttpRequest) -> Response {
    let content = stripped::public_content(&state, id.0).await?;
    serve(state.parts.get::<Files>(), &request, content).await
}
