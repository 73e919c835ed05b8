use super::model::{Client, ClientIn, ClientPatch, ClientReasonIn, ListClients, NewSecret, SecretIn};
use super::{actions, store, view};
use crate::http::{PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List clients
///
/// The OAuth clients of your county, newest first, with those suspended and revoked.
#[utoipa::path(get, path = "/v1/clients",
    tag = "clients", params(ListClients), responses((status = 200, description = "A page", body = PageOf<Client>)))]
pub async fn list_clients(ctx: Ctx) -> Response {
    let query: ListClients = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, &ctx.scope, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Register a client
///
/// A system that is to get tokens. It works once the county authority has approved its role and territory, and after
/// `POST /v1/clients/{id}/secret` has given it a secret.
#[utoipa::path(post, path = "/v1/clients",
    tag = "clients", request_body = ClientIn, responses((status = 201, description = "Registered", body = Client)))]
pub async fn create_client(ctx: Ctx, body: Body<ClientIn>) -> Response {
    ctx.act(body, actions::create_client).await
}

/// Get a client
///
/// With its state, who asked for it and who approved it; never with a secret.
#[utoipa::path(get, path = "/v1/clients/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    responses((status = 200, description = "The client", body = Client)))]
pub async fn get_client(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        view::entity(conn, ctx, row)
    })
    .await
}

/// Change a client
///
/// Another role, territory or list of operations ends its tokens within five seconds and waits for a new approval.
#[utoipa::path(patch, path = "/v1/clients/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientPatch, responses((status = 200, description = "Changed", body = Client)))]
pub async fn update_client(ctx: Ctx, id: PathId, body: Body<ClientPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_client(tx, id.0, body)).await
}

/// Approve a client
///
/// By the county authority, and by another person than the one who asked for its role and territory (批准接入).
#[utoipa::path(post, path = "/v1/clients/{id}/approval",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Approved", body = Client)))]
pub async fn approve_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::approve_client(tx, id.0, body)).await
}

/// Give a client a new secret
///
/// The secret stands in this answer and nowhere else; those before it end after `overlap_hours`. The answer is not kept
/// for its idempotency key: a repeated key is 409 `shown_once`, and another secret needs another key.
#[utoipa::path(post, path = "/v1/clients/{id}/secret",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = SecretIn, responses((status = 200, description = "The new secret", body = NewSecret)))]
pub async fn rotate_client_secret(ctx: Ctx, id: PathId, body: Body<SecretIn>) -> Response {
    ctx.act(body, move |tx, body| actions::rotate_client_secret(tx, id.0, body)).await
}

/// Suspend a client
///
/// It gets no tokens, and those that it has are refused by every replica within five seconds.
#[utoipa::path(post, path = "/v1/clients/{id}/suspension",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Suspended", body = Client)))]
pub async fn suspend_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::suspend_client(tx, id.0, body)).await
}

/// Resume a client
///
/// Ends a suspension. Tokens from before it stay refused.
#[utoipa::path(post, path = "/v1/clients/{id}/resumption",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Resumed", body = Client)))]
pub async fn resume_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::resume_client(tx, id.0, body)).await
}

/// Revoke a client
///
/// For good: its secrets are deleted, and its tokens are refused by every replica within five seconds.
#[utoipa::path(post, path = "/v1/clients/{id}/revocation",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Revoked", body = Client)))]
pub async fn revoke_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::revoke_client(tx, id.0, body)).await
}
