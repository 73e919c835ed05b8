//! Handlers for the office directory.

use super::model::{ListOffices, Office, OfficeIn, OfficePatch};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List offices
///
/// Lists the office directory of your county, newest first. Residents see every county.
#[utoipa::path(get, path = "/v1/offices",
    tag = "documents", params(ListOffices), responses((status = 200, description = "A page", body = PageOf<Office>)))]
pub async fn list_offices(ctx: Ctx) -> Response {
    let query: ListOffices = ctx.query()?;
    ctx.list(move |conn, ctx| {
        store::list(conn, &ctx.scope, &query)?.map(|rows| Ok(rows.into_iter().map(Office::from).collect()))
    })
    .await
}

/// Register an office
///
/// Registers an office: one for each role and division. The county authority does this for the whole county, a social
/// affairs office for its township and its communities. The document prefix must be unique in the county.
#[utoipa::path(post, path = "/v1/offices",
    tag = "documents", request_body = OfficeIn, responses((status = 201, description = "Registered", body = Office)))]
pub async fn create_office(ctx: Ctx, body: Body<OfficeIn>) -> Response {
    ctx.act(body, actions::create_office).await
}

/// Get an office
///
/// Returns the name, phones and hours of an office.
#[utoipa::path(get, path = "/v1/offices/{id}",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the office")),
    responses((status = 200, description = "The office", body = Office)))]
pub async fn get_office(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        Ok(Entity::new(row.id, row.version, Office::from(row)))
    })
    .await
}

/// Change an office
///
/// Changes an office with a merge patch. For the county authority, or the social affairs office of the township. Role
/// and division never change. Issued documents keep their name; a new document prefix starts a new numbering.
#[utoipa::path(patch, path = "/v1/offices/{id}",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the office")),
    request_body = OfficePatch, responses((status = 200, description = "Changed", body = Office)))]
pub async fn update_office(ctx: Ctx, id: PathId, body: Body<OfficePatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_office(tx, id.0, body)).await
}
