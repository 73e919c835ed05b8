use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, VARY};

use super::model::{DocumentIn, ListDocuments, OfficialDocument};
use super::{actions, store, view};
use crate::http::conditions::Verdict;
use crate::http::context::PathId;
use crate::http::{Answer, Body, Ctx, Entity, PageOf};
use crate::problem::{Code, Problem};

/// Nothing but its own styles and the pictures in it: it runs no script and loads nothing, wherever it is opened.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// List documents
///
/// Where their subject is seen, newest first. A company sees its own from the opening of the notice on.
#[utoipa::path(get, path = "/v1/documents",
    tag = "documents", params(ListDocuments), responses((status = 200, description = "A page", body = PageOf<OfficialDocument>)))]
pub async fn list_documents(ctx: Ctx) -> Answer {
    let query: ListDocuments = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)).await
}

/// Issue a document
///
/// By the office in charge of the case, under the next number of its word (机关代字) in the directory of offices. The text
/// is the one of the policy in force today; the page is made once, and what is kept is what is served. A kind stands once
/// for each case; another notice of an interview or a hearing takes the place of the one before.
#[utoipa::path(post, path = "/v1/documents",
    tag = "documents", request_body = DocumentIn, responses((status = 201, description = "Issued", body = OfficialDocument)))]
pub async fn issue_document(ctx: Ctx, body: Body<DocumentIn>) -> Answer {
    ctx.act(body, actions::issue_document).await
}

/// Get a document
///
/// Its number, digest, code and state.
#[utoipa::path(get, path = "/v1/documents/{id}",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the document")),
    responses((status = 200, description = "The document", body = OfficialDocument)))]
pub async fn get_document(ctx: Ctx, id: PathId) -> Answer {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        let (id, version) = (row.id, row.version);
        Ok(Entity::new(id, version, view::view(ctx, row)?))
    })
    .await
}

/// Get the page of a document
///
/// HTML made for print, A4: the bytes whose SHA-256 is the document's `digest`. It stays as it was issued.
#[utoipa::path(get, path = "/v1/documents/{id}/content",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the document")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn get_document_content(ctx: Ctx, id: PathId) -> Answer {
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
