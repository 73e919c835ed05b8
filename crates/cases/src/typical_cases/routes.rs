use super::model::*;
use super::{actions, store, view};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};

/// List typical cases
///
/// Lists the typical cases of your territory, newest first, including withdrawn ones. A company sees its own.
#[utoipa::path(get, path = "/v1/typical-cases",
    tag = "disclosures", params(ListTypicalCases), responses((status = 200, description = "A page", body = PageOf<TypicalCase>)))]
pub async fn list_typical_cases(ctx: Ctx) -> Response {
    let query: ListTypicalCases = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Publish a typical case
///
/// The county authority or the social affairs office publishes a company's violation whose decision is final: upheld
/// on appeal, or confirmed with the appeal period over. Write the title and summary without personal data. Phone
/// numbers, identity card numbers, e-mail addresses, licence plates and the data of a known complainant are refused.
/// Other names are not detected: make sure that there are none.
#[utoipa::path(post, path = "/v1/typical-cases",
    tag = "disclosures", request_body = TypicalCaseIn, responses((status = 201, description = "Published", body = TypicalCase)))]
pub async fn create_typical_case(ctx: Ctx, body: Body<TypicalCaseIn>) -> Response {
    ctx.act(body, actions::create_typical_case).await
}

/// Get a typical case
///
/// Returns the typical case, with its withdrawal if it was withdrawn.
#[utoipa::path(get, path = "/v1/typical-cases/{id}",
    tag = "disclosures", params(("id" = crate::db::Id, Path, description = "Id of the typical case")),
    responses((status = 200, description = "The typical case", body = TypicalCase)))]
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
/// The county authority or the social affairs office withdraws a published case and states the reasons. When the
/// violation is revoked, its case is withdrawn automatically.
#[utoipa::path(post, path = "/v1/typical-cases/{id}/withdrawal",
    tag = "disclosures", params(("id" = crate::db::Id, Path, description = "Id of the typical case")),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = TypicalCase)))]
pub async fn withdraw_typical_case(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_typical_case(tx, id.0, body)).await
}
