use super::model::{ListTokenRevocations, TokenRevocation, TokenRevocationIn, WithdrawalIn};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List token revocations
///
/// Those of your county and those that end tokens of residents, newest first, with those withdrawn and expired.
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
/// Every replica refuses it within five seconds, whoever issued it. A client is revoked by `POST /v1/clients/{id}/revocation`.
#[utoipa::path(post, path = "/v1/token-revocations",
    tag = "clients", request_body = TokenRevocationIn, responses((status = 201, description = "Revoked", body = TokenRevocation)))]
pub async fn create_token_revocation(ctx: Ctx, body: Body<TokenRevocationIn>) -> Response {
    ctx.act(body, actions::create_token_revocation).await
}

/// Get a token revocation
///
/// With its reason.
#[utoipa::path(get, path = "/v1/token-revocations/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the revocation")),
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
/// Tokens that have not expired are good again within five seconds.
#[utoipa::path(post, path = "/v1/token-revocations/{id}/withdrawal",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the revocation")),
    request_body = WithdrawalIn, responses((status = 200, description = "Withdrawn", body = TokenRevocation)))]
pub async fn withdraw_token_revocation(ctx: Ctx, id: PathId, body: Body<WithdrawalIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_token_revocation(tx, id.0, body)).await
}
