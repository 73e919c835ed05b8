use super::model::{ListRevocations, Revocation, RevocationIn, WithdrawalIn};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List revocations
///
/// Those of your county and those that end tokens of residents, newest first, with those withdrawn and expired.
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
/// Every replica refuses it within five seconds, whoever issued it. A client is revoked by `POST /v1/clients/{id}/revocation`.
#[utoipa::path(post, path = "/v1/revocations",
    tag = "clients", request_body = RevocationIn, responses((status = 201, description = "Revoked", body = Revocation)))]
pub async fn create_revocation(ctx: Ctx, body: Body<RevocationIn>) -> Response {
    ctx.act(body, actions::create_revocation).await
}

/// Get a revocation
///
/// With its reason.
#[utoipa::path(get, path = "/v1/revocations/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the revocation")),
    responses((status = 200, description = "The revocation", body = Revocation)))]
pub async fn get_revocation(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        Ok(Entity::new(row.id, row.version, Revocation::from(row)))
    })
    .await
}

/// Take a revocation back
///
/// Tokens that have not expired are good again within five seconds.
#[utoipa::path(post, path = "/v1/revocations/{id}/withdrawal",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "Id of the revocation")),
    request_body = WithdrawalIn, responses((status = 200, description = "Withdrawn", body = Revocation)))]
pub async fn withdraw_revocation(ctx: Ctx, id: PathId, body: Body<WithdrawalIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_revocation(tx, id.0, body)).await
}
