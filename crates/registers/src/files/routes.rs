use actix_web::http::header::DispositionType;
use actix_web::{HttpRequest, web};

use super::Files;
use super::model::{Attachment, FileBytes, FileForm, UploadForm, UploadQuery};
use super::serve::{Content, serve};
use super::{actions, names, owner, stripped, upload};
use crate::http::{PathId, Response};
use crate::service::{Ctx, Service};

/// Upload a file
///
/// As a form with one part `file`. Without a form, the body may be the file itself, with its own `Content-Type` (or `application/octet-stream`) and
/// its name in `Content-Disposition: attachment; filename*=UTF-8''…` or in `name`. JPEG, PNG, WebP, HEIC, PDF, Word, Excel,
/// PowerPoint, MP4, QuickTime and WebM; the type is read from the bytes, and a declared type or an extension that is not
/// that of the bytes is refused. Then name its id as `attachment_id` of evidence; a file that belongs to nothing is seen by
/// its uploader alone, and removed after 24 hours.
#[utoipa::path(post, path = "/v1/attachments", tag = "attachments", params(UploadQuery),
    request_body(description = "The file", content((UploadForm = "multipart/form-data"))),
    responses((status = 201, description = "Uploaded", body = Attachment)))]
pub async fn create_attachment(ctx: Ctx, request: HttpRequest, payload: web::Payload) -> Response {
    upload::upload(ctx, request, payload).await
}

/// Show a file
///
/// Whoever sees the row that it belongs to sees it, once that row is opened where opening it is a delivery. Of a complaint
/// (see `docs/who-may-know.md`) companies, committees, utilities and followers get a copy of a picture without its metadata,
/// under a neutral name, and no other file of the complainant's: size and digest are those of the copy.
#[utoipa::path(get, path = "/v1/attachments/{id}",
    tag = "attachments", params(("id" = crate::db::Id, Path, description = "Id of the file")),
    responses((status = 200, description = "The file's name, type, size and digest", body = Attachment)))]
pub async fn get_attachment(ctx: Ctx, id: PathId) -> Response {
    let (row, form) = ctx.read(move |conn, ctx| owner::find_visible(conn, ctx, id.0)).await?;
    if form == FileForm::Stripped {
        stripped::with_copy(&ctx.state, row).await?;
    }
    ctx.get(move |conn, ctx| actions::get_attachment(conn, ctx, id.0)).await
}

/// The bytes of a file
///
/// Always as a download. One range at a time (RFC 9110, 14); the ETag is the SHA-256 of the bytes.
#[utoipa::path(get, path = "/v1/attachments/{id}/content", tag = "attachments",
    params(
        ("id" = crate::db::Id, Path, description = "Id of the file"),
        ("Range" = Option<String>, Header, description = "One range of bytes, such as `bytes=0-1023`."),
        ("If-Range" = Option<String>, Header, description = "The range only if this is still the ETag, else the whole."),
    ),
    responses(
        (status = 200, description = "The file", body = FileBytes, content_type = "application/octet-stream"),
        (status = 206, description = "The part that was asked for", body = FileBytes, content_type = "application/octet-stream"),
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

/// A picture that is public
///
/// Of a disclosure that was verified: a copy without place, time, device or any other note of whoever took it.
#[utoipa::path(get, path = "/public/files/{id}", tag = "public",
    params(("id" = crate::db::Id, Path, description = "Id of the file")),
    responses(
        (status = 200, description = "The picture", body = FileBytes, content_type = "image/*"),
        (status = 206, description = "The part that was asked for", body = FileBytes, content_type = "image/*"),
        (status = 400, description = "No id, as a page", body = String, content_type = "text/html"),
        (status = 404, description = "No such picture is public, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The store is away, as a page", body = String, content_type = "text/html"),
    ))]
pub async fn get_public_file(state: web::Data<Service>, id: PathId, request: HttpRequest) -> Response {
    let content = stripped::public_content(&state, id.0).await?;
    serve(state.parts.get::<Files>(), &request, content).await
}
