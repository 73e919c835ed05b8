//! Handlers for token revocations.

use super::model::{ListRevocations, Revocation, RevocationIn, WithdrawalIn};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List token revocations
///
/// Lists the revocations of your county and those that include residents, newest first. Withdrawn and expired ones are
/// included.
#[utoipa::path(get, path = "/v1/revocations",
    tag = "clients", params(ListRevocations), responses((status = 200, description = "A page", body = PageOf<Revocation>)))]
pub async fn list_revocations(ctx: Ctx) -> Response {
    let query: ListRevocations = ctx.query()?;
    ctx.list(move |conn, ctx| {
        store::list(conn, ctx, &query)?.map(|rows| Ok(rows.into_iter().map(Revocation::from).collect()))
    })
    .await
}

/// Revoke a subject or a token
///
/// Makes every replica refuse the tokens within five seconds, regardless of the issuer. For system administrators. To
/// revoke a client, use `POST /v1/clients/{id}/revocation`.
#[utoipa::path(post, path = "/v1/revocations",
    tag = "clients", request_body = RevocationIn, responses((status = 201, description = "Revoked", body = Revocation)))]
pub async fn create_revocation(ctx: Ctx, body: Body<RevocationIn>) -> Response {
    ctx.act(body, actions::create_revocation).await
}

/// Get a token revocation
///
/// Returns a revocation with its reason.
#[utoipa::path(get, path = "/v1/revocations/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the token revocation")),
    responses((status = 200, description = "The revocation", body = Revocation)))]
pub async fn get_revocation(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        Ok(Entity::new(row.id, row.version, Revocation::from(row)))
    })
    .await
}

/// Withdraw a token revocation
///
/// Lets unexpired tokens be accepted again within five seconds. For system administrators. An administrator of another
/// county lifts the revocation for residents only.
#[utoipa::path(post, path = "/v1/revocations/{id}/withdrawal",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the token revocation")),
    request_body = WithdrawalIn, responses((status = 200, description = "Withdrawn", body = Revocation)))]
pub async fn withdraw_revocation(ctx: Ctx, id: PathId, body: Body<WithdrawalIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_revocation(tx, id.0, body)).await
}
