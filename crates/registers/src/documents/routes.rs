//! Handlers for official documents.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, VARY};

use super::model::{ListDocuments, OfficialDocument};
use super::{store, view};
use crate::http::conditions::Verdict;
use crate::http::{Entity, PageOf, PathId, Response};
use crate::problem::{Code, Problem};
use crate::service::Ctx;

/// The page may use its own styles and inline images only. It runs no script and loads nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// List official documents
///
/// Lists the official documents about cases, measures and contracts that you may see, newest first. A company and the
/// committee see them after the notice was opened or delivered.
#[utoipa::path(get, path = "/v1/documents",
    tag = "documents", params(ListDocuments), responses((status = 200, description = "A page", body = PageOf<OfficialDocument>)))]
pub async fn list_documents(ctx: Ctx) -> Response {
    let query: ListDocuments = ctx.query()?;
    ctx.list(move |conn, ctx| {
        let page = store::list(conn, ctx, &query)?;
        page.map(|rows| Ok(rows.into_iter().map(|row| view::view(ctx, row)).collect()))
    })
    .await
}

/// Get an official document
///
/// Returns number, digest, verification code and state of an official document.
#[utoipa::path(get, path = "/v1/documents/{id}",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the document")),
    responses((status = 200, description = "The document", body = OfficialDocument)))]
pub async fn get_document(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        let (id, version) = (row.id, row.version);
        Ok(Entity::new(id, version, view::view(ctx, row)))
    })
    .await
}

/// Get the page of a document
///
/// Returns the page as HTML for printing on A4. The SHA-256 of its bytes is the document's `digest`. It never changes
/// after issue.
#[utoipa::path(get, path = "/v1/documents/{id}/content",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the document")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn get_document_content(ctx: Ctx, id: PathId) -> Response {
    let (digest, content) = ctx
        .read(move |conn, ctx| {
            let row = store::find(conn, &ctx.scope, id.0)?;
            Ok((row.digest, store::content_of(conn, row.id)?))
        })
        .await?;
    let etag = format!("\"{digest}\"");
    let verdict = ctx.conditions.on_read(Some(&etag));
    if verdict == Verdict::Failed {
        return Err(Problem::new(Code::PreconditionFailed));
    }
    let unchanged = verdict == Verdict::NotModified;
    let mut builder = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder
        .insert_header((ETAG, etag))
        .insert_header((VARY, "Authorization, Accept-Encoding"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, CONTENT_POLICY));
    if unchanged {
        return Ok(builder.finish());
    }
    Ok(builder
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}.html\"", id.0)))
        .content_type("text/html; charset=utf-8")
        .body(content))
}
