//! Handlers for the blacklist and restrictions.

use super::model::{ListBlacklist, Listing};
use super::{actions, store, view};
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::{ReasonsIn, StatementIn};
use crate::service::{Body, Ctx};

/// List the blacklist
///
/// Lists the blacklisted and restricted companies of your county, newest first, including expired and removed listings.
/// A company sees its own listings.
#[utoipa::path(get, path = "/v1/blacklist",
    tag = "standing", params(ListBlacklist), responses((status = 200, description = "A page", body = PageOf<Listing>)))]
pub async fn list_blacklist(ctx: Ctx) -> Response {
    let query: ListBlacklist = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, rows, ctx.today))).await
}

/// Get a listing
///
/// Returns a listing with its legal basis, its term, the published reason and the last application for credit repair.
#[utoipa::path(get, path = "/v1/blacklist/{id}",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the listing")),
    responses((status = 200, description = "The listing", body = Listing)))]
pub async fn get_blacklist_entry(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        view::to_entity(conn, ctx, row)
    })
    .await
}

/// Apply for credit repair
///
/// Applies for credit repair (信用修复) of a listing in force. For the listed company. The county authority either delists
/// it or refuses with reasons; after a refusal, the company may apply again.
#[utoipa::path(post, path = "/v1/blacklist/{id}/credit-repair",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the listing")),
    request_body = StatementIn, responses((status = 200, description = "Applied", body = Listing)))]
pub async fn apply_for_credit_repair(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| actions::apply_for_credit_repair(tx, id.0, body)).await
}

/// Refuse credit repair
///
/// Refuses a pending application with reasons (不予信用修复). For the county authority. The listing stays in force, and the
/// company may apply again.
#[utoipa::path(post, path = "/v1/blacklist/{id}/credit-repair-refusal",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the listing")),
    request_body = ReasonsIn, responses((status = 200, description = "Refused", body = Listing)))]
pub async fn refuse_credit_repair(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::refuse_credit_repair(tx, id.0, body)).await
}

/// Delist a company
///
/// Removes a company from the blacklist or ends a restriction before its last day (移出), with reasons. For the county
/// authority.
#[utoipa::path(post, path = "/v1/blacklist/{id}/delisting",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the listing")),
    request_body = ReasonsIn, responses((status = 200, description = "Delisted", body = Listing)))]
pub async fn delist_company(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::delist_company(tx, id.0, body)).await
}
