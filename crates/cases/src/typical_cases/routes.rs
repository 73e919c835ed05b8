use super::model::*;
use super::{actions, store, view};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};

/// List typical cases
///
/// Of your territory, newest first, with those withdrawn; a company sees its own.
#[utoipa::path(get, path = "/v1/typical-cases",
    tag = "disclosures", params(ListTypicalCases), responses((status = 200, description = "A page", body = PageOf<TypicalCase>)))]
pub async fn list_typical_cases(ctx: Ctx) -> Response {
    let query: ListTypicalCases = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Publish a typical case
///
/// From a violation of a company whose decision is final: upheld, or confirmed and its time for an appeal over. The officer
/// writes title and summary. Phone numbers, numbers of identity cards, e-mail addresses and licence plates are refused;
/// names of persons cannot be recognised, and the officer answers for it that there are none.
#[utoipa::path(post, path = "/v1/typical-cases",
    tag = "disclosures", request_body = TypicalCaseIn, responses((status = 201, description = "Published", body = TypicalCase)))]
pub async fn create_typical_case(ctx: Ctx, body: Body<TypicalCaseIn>) -> Response {
    ctx.act(body, actions::create_typical_case).await
}

/// Get a typical case
///
/// With its withdrawal, where it was withdrawn.
#[utoipa::path(get, path = "/v1/typical-cases/{id}",
    tag = "disclosures", params(("id" = crate::db::Id, Path, description = "Id of the case")),
    responses((status = 200, description = "The case", body = TypicalCase)))]
pub async fn get_typical_case(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        let (id, version) = (row.id, row.version);
        Ok(Entity::new(id, version, view::view(conn, ctx, row)?))
    })
    .await
}

/// Withdraw a typical case
///
/// With reasons. A case whose violation is revoked is withdrawn in the same moment, without this call.
#[utoipa::path(post, path = "/v1/typical-cases/{id}/withdrawal",
    tag = "disclosures", params(("id" = crate::db::Id, Path, description = "Id of the case")),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = TypicalCase)))]
pub async fn withdraw_typical_case(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_typical_case(tx, id.0, body)).await
}
