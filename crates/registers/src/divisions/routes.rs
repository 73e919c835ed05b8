//! Handler for divisions.

use super::model::{Division, ListDivisions};
use super::store;
use crate::http::{PageOf, Response};
use crate::service::Ctx;

/// List divisions
///
/// Lists all divisions of the deployment in the order of their codes. Codes are public, so the list is not limited to
/// your territory.
#[utoipa::path(get, path = "/v1/divisions",
    tag = "divisions", params(ListDivisions), responses((status = 200, description = "A page", body = PageOf<Division>)))]
pub async fn list_divisions(ctx: Ctx) -> Response {
    let query: ListDivisions = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)).await
}
