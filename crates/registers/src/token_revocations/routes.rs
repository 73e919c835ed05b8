//! Handlers for token revocations.

use super::model::{ListTokenRevocations, TokenRevocation, TokenRevocationIn, WithdrawalIn};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List token revocations
///
/// Lists the revocations of your county and those that include residents, newest first. Withdrawn and expired ones are
/// included.
#[utoipa::path(get, path = "/v1/token-revocations",
    tag = "clients", params(ListTokenRevocations), responses((status = 200, description = "A page", body = PageOf<TokenRevocation>)))]
pub async fn list_token_revocations(ctx: Ctx) -> Response {
    let query: ListTokenRevocations = ctx.query()?;
    ctx.list(move |conn, ctx| {
        store::list(conn, ctx, &query)?.map(|rows| Ok(rows.into_iter().map(TokenRevocation::from).collect()))
    })
    .await
}

/// Revoke a subject or a token
///
/// Makes every replica refuse the tokens within five seconds, regardless of the issuer. For system administrators. To
/// revoke a client, use `POST /v1/clients/{id}/revocation`.
#[utoipa::path(post, path = "/v1/token-revocations",
    tag = "clients", request_body = TokenRevocationIn, responses((status = 201, description = "Revoked", body = TokenRevocation)))]
pub async fn create_token_revocation(ctx: Ctx, body: Body<TokenRevocationIn>) -> Response {
    ctx.act(body, actions::create_token_revocation).await
}

/// Get a token revocation
///
/// Returns a revocation with its reason.
#[utoipa::path(get, path = "/v1/token-revocations/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the token revocation")),
    responses((status = 200, description = "The revocation", body = TokenRevocation)))]
pub async fn get_token_revocation(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        Ok(Entity::new(row.id, row.version, TokenRevocation::from(row)))
    })
    .await
}

/// Withdraw a token revocation
///
/// Lets unexpired tokens be accepted again within five seconds. For system administrators. An administrator of another
/// county lifts the revocation for residents only.
#[utoipa::path(post, path = "/v1/token-revocations/{id}/withdrawal",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the token revocation")),
    request_body = WithdrawalIn, responses((status = 200, description = "Withdrawn", body = TokenRevocation)))]
pub async fn withdraw_token_revocation(ctx: Ctx, id: PathId, body: Body<WithdrawalIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_token_revocation(tx, id.0, body)).await
}
