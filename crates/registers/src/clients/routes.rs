//! Handlers for OAuth clients.

use super::model::{Client, ClientIn, ClientPatch, ClientReasonIn, ListClients, NewSecret, SecretIn};
use super::{actions, store, view};
use crate::http::{PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List clients
///
/// Lists the OAuth clients of your county, newest first, including suspended and revoked ones.
#[utoipa::path(get, path = "/v1/clients",
    tag = "clients", params(ListClients), responses((status = 200, description = "A page", body = PageOf<Client>)))]
pub async fn list_clients(ctx: Ctx) -> Response {
    let query: ListClients = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, &ctx.scope, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Register a client
///
/// Registers a system that needs access tokens. For system administrators. It gets tokens after the county authority
/// has approved it, with a secret from `POST /v1/clients/{id}/secret` or a registered key.
#[utoipa::path(post, path = "/v1/clients",
    tag = "clients", request_body = ClientIn, responses((status = 201, description = "Registered", body = Client)))]
pub async fn create_client(ctx: Ctx, body: Body<ClientIn>) -> Response {
    ctx.act(body, actions::create_client).await
}

/// Get a client
///
/// Returns a client with its state, requester and approver. Secrets are never returned.
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
/// Changes a client with a merge patch. For system administrators. A new role, territory or list of operations
/// invalidates its tokens within five seconds and needs a new approval.
#[utoipa::path(patch, path = "/v1/clients/{id}",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientPatch, responses((status = 200, description = "Changed", body = Client)))]
pub async fn update_client(ctx: Ctx, id: PathId, body: Body<ClientPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_client(tx, id.0, body)).await
}

/// Approve a client
///
/// Approves a pending client (批准接入). For the county authority; the approver must not be the person who requested the
/// role and territory.
#[utoipa::path(post, path = "/v1/clients/{id}/approval",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Approved", body = Client)))]
pub async fn approve_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::approve_client(tx, id.0, body)).await
}

/// Create a client secret
///
/// Creates a new secret. For system administrators. The earlier ones expire after `overlap_hours`. The secret appears
/// in this response only, and the response is not stored: repeating the idempotency key gives 409 `shown_once`. To get
/// another secret, send a new key.
#[utoipa::path(post, path = "/v1/clients/{id}/secret",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = SecretIn, responses((status = 200, description = "The new secret", body = NewSecret)))]
pub async fn rotate_client_secret(ctx: Ctx, id: PathId, body: Body<SecretIn>) -> Response {
    ctx.act(body, move |tx, body| actions::rotate_client_secret(tx, id.0, body)).await
}

/// Suspend a client
///
/// Suspends an active or pending client. For system administrators. It gets no new tokens, and every replica refuses
/// its existing tokens within five seconds.
#[utoipa::path(post, path = "/v1/clients/{id}/suspension",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Suspended", body = Client)))]
pub async fn suspend_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::suspend_client(tx, id.0, body)).await
}

/// Resume a client
///
/// Ends a suspension. For system administrators. Tokens issued before the suspension stay invalid.
#[utoipa::path(post, path = "/v1/clients/{id}/resumption",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Resumed", body = Client)))]
pub async fn resume_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::resume_client(tx, id.0, body)).await
}

/// Revoke a client
///
/// Revokes a client permanently. For the county authority and system administrators. Its secrets are deleted, and every
/// replica refuses its tokens within five seconds.
#[utoipa::path(post, path = "/v1/clients/{id}/revocation",
    tag = "clients", params(("id" = crate::db::Id, Path, description = "The `client_id`")),
    request_body = ClientReasonIn, responses((status = 200, description = "Revoked", body = Client)))]
pub async fn revoke_client(ctx: Ctx, id: PathId, body: Body<ClientReasonIn>) -> Response {
    ctx.act(body, move |tx, body| actions::revoke_client(tx, id.0, body)).await
}
