use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, VARY};

use super::model::{ListDocuments, OfficialDocument};
use super::{store, view};
use crate::http::conditions::Verdict;
use crate::http::{Entity, PageOf, PathId, Response};
use crate::problem::{Code, Problem};
use crate::service::Ctx;

/// Nothing but its own styles and the pictures in it: it runs no script and loads nothing, wherever it is opened.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// List documents
///
/// Where their subject is seen, newest first. A company sees its own from the opening of the notice on.
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

/// Get a document
///
/// Its number, digest, code and state.
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
/// HTML made for print, A4: the bytes whose SHA-256 is the document's `digest`. It stays as it was issued.
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
