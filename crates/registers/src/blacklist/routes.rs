use super::model::{ListBlacklist, Listing};
use super::{actions, store, view};
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::{ReasonsIn, StatementIn};
use crate::service::{Body, Ctx};

/// List the blacklist
///
/// The blacklist and the restrictions of your county, newest first, with those expired or removed; a company sees its own.
#[utoipa::path(get, path = "/v1/blacklist",
    tag = "standing", params(ListBlacklist), responses((status = 200, description = "A page", body = PageOf<Listing>)))]
pub async fn list_blacklist(ctx: Ctx) -> Response {
    let query: ListBlacklist = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, rows, ctx.today))).await
}

/// Get an entry of the blacklist
///
/// With its legal basis, its term, its publicity and any application for credit repair.
#[utoipa::path(get, path = "/v1/blacklist/{id}",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the entry")),
    responses((status = 200, description = "The entry", body = Listing)))]
pub async fn get_blacklist_entry(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        view::to_entity(conn, ctx, row)
    })
    .await
}

/// Apply for credit repair
///
/// The listed company's application (信用修复); the county answers it: by removal from the list, or by a refusal with reasons,
/// after which the company may apply again.
#[utoipa::path(post, path = "/v1/blacklist/{id}/credit-repair",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the entry")),
    request_body = StatementIn, responses((status = 200, description = "Applied", body = Listing)))]
pub async fn apply_for_credit_repair(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| actions::apply_for_credit_repair(tx, id.0, body)).await
}

/// Refuse an application for credit repair
///
/// With reasons (不予信用修复). The entry runs on; the company may apply again.
#[utoipa::path(post, path = "/v1/blacklist/{id}/credit-repair-refusal",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the entry")),
    request_body = ReasonsIn, responses((status = 200, description = "Refused", body = Listing)))]
pub async fn refuse_credit_repair(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::refuse_credit_repair(tx, id.0, body)).await
}

/// Delist a company
///
/// With reasons, before its last day.
#[utoipa::path(post, path = "/v1/blacklist/{id}/delisting",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the entry")),
    request_body = ReasonsIn, responses((status = 200, description = "Delisted", body = Listing)))]
pub async fn delist_company(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::delist_company(tx, id.0, body)).await
}
