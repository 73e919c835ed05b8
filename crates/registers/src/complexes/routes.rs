//! Handlers for complexes and their service periods.

use super::model::{Complex, ComplexIn, ComplexPatch, ListComplexes, ServicePeriod};
use super::{actions, store, view};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List complexes
///
/// Lists the complexes of your territory with their current company, newest first. A company sees the complexes that it
/// or one of its branches serves or served.
#[utoipa::path(get, path = "/v1/complexes",
    tag = "complexes", params(ListComplexes), responses((status = 200, description = "A page", body = PageOf<Complex>)))]
pub async fn list_complexes(ctx: Ctx) -> Response {
    let query: ListComplexes = ctx.query()?;
    ctx.list(move |conn, ctx| {
        store::list(conn, &ctx.scope, &query, ctx.today)?.map(|rows| view::views(conn, ctx, rows))
    })
    .await
}

/// Register a complex
///
/// Registers a complex. For the county authority and social affairs offices. Township and county follow from its
/// community. Points are converted to WGS 84.
#[utoipa::path(post, path = "/v1/complexes",
    tag = "complexes", request_body = ComplexIn, responses((status = 201, description = "Registered", body = Complex)))]
pub async fn create_complex(ctx: Ctx, body: Body<ComplexIn>) -> Response {
    ctx.act(body, actions::create_complex).await
}

/// Get a complex
///
/// Returns a complex with its current company and project manager.
#[utoipa::path(get, path = "/v1/complexes/{id}",
    tag = "complexes", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    responses((status = 200, description = "The complex", body = Complex)))]
pub async fn get_complex(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        let (id, version) = (row.id, row.version);
        Ok(Entity::new(id, version, view::view_one(conn, ctx, row)?))
    })
    .await
}

/// Change a complex
///
/// Changes a complex with a merge patch. For the county authority and social affairs offices. The community never
/// changes; the company and the project manager follow from the contracts.
#[utoipa::path(patch, path = "/v1/complexes/{id}",
    tag = "complexes", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    request_body = ComplexPatch, responses((status = 200, description = "Changed", body = Complex)))]
pub async fn update_complex(ctx: Ctx, id: PathId, body: Body<ComplexPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_complex(tx, id.0, body)).await
}

/// List service periods of a complex
///
/// Lists who has served a complex according to its contracts, newest first, on one page. Each period has the id of its
/// contract. A company sees its own periods only.
#[utoipa::path(get, path = "/v1/complexes/{id}/service",
    tag = "complexes", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    responses((status = 200, description = "All service periods", body = PageOf<ServicePeriod>)))]
pub async fn list_complex_services(ctx: Ctx, id: PathId) -> Response {
    ctx.list(move |conn, ctx| view::list_services(conn, ctx, id.0)).await
}
