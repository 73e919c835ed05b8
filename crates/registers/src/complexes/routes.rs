use super::model::{Complex, ComplexIn, ComplexPatch, ListComplexes, ServicePeriod};
use super::{actions, store, view};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List complexes
///
/// Of your territory, newest first; a company sees those that it serves or served. Each row names who serves it today.
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
/// Its community says in which township and county it lies. Points are converted to WGS 84.
#[utoipa::path(post, path = "/v1/complexes",
    tag = "complexes", request_body = ComplexIn, responses((status = 201, description = "Registered", body = Complex)))]
pub async fn create_complex(ctx: Ctx, body: Body<ComplexIn>) -> Response {
    ctx.act(body, actions::create_complex).await
}

/// Get a complex
///
/// With who serves it today and its project manager.
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
/// Its community, the company that serves it and the project manager are not changed here.
#[utoipa::path(patch, path = "/v1/complexes/{id}",
    tag = "complexes", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    request_body = ComplexPatch, responses((status = 200, description = "Changed", body = Complex)))]
pub async fn update_complex(ctx: Ctx, id: PathId, body: Body<ComplexPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_complex(tx, id.0, body)).await
}

/// Who has served a complex
///
/// As its contracts say, newest first, on one page; each has the id of its contract. A company sees its own only.
#[utoipa::path(get, path = "/v1/complexes/{id}/service",
    tag = "complexes", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    responses((status = 200, description = "All services", body = PageOf<ServicePeriod>)))]
pub async fn list_complex_services(ctx: Ctx, id: PathId) -> Response {
    ctx.list(move |conn, ctx| view::list_services(conn, ctx, id.0)).await
}
