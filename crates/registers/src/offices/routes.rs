use super::model::{ListOffices, Office, OfficeIn, OfficePatch};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List offices
///
/// The directory of your county, newest first; a resident, who has no county, sees every county's.
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
/// One for each role and division. The county authority keeps the whole county's, a social affairs office those of its
/// township and of its communities. The word numbers the office's documents, and is no other office's of the county.
#[utoipa::path(post, path = "/v1/offices",
    tag = "documents", request_body = OfficeIn, responses((status = 201, description = "On file", body = Office)))]
pub async fn create_office(ctx: Ctx, body: Body<OfficeIn>) -> Response {
    ctx.act(body, actions::create_office).await
}

/// Get an office
///
/// Its name, phones and hours.
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
/// By whoever keeps it. Its role and division never change. Documents that were issued keep the name that they were issued
/// under; each word has numbers of its own.
#[utoipa::path(patch, path = "/v1/offices/{id}",
    tag = "documents", params(("id" = crate::db::Id, Path, description = "Id of the office")),
    request_body = OfficePatch, responses((status = 200, description = "Changed", body = Office)))]
pub async fn update_office(ctx: Ctx, id: PathId, body: Body<OfficePatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_office(tx, id.0, body)).await
}
