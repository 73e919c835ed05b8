use actix_web::{get, patch, post};

use super::model::{Company, CompanyIn, CompanyPatch, ListCompanies};
use super::{actions, store};
use crate::http::context::PathId;
use crate::http::{Answer, Body, Ctx, Entity, PageOf};

/// List companies
///
/// Those that are owned, serve, served or have applied in your territory, newest first. A company sees itself.
#[utoipa::path(tag = "companies", params(ListCompanies), responses((status = 200, description = "A page", body = PageOf<Company>)))]
#[get("/v1/companies")]
pub async fn list_companies(ctx: Ctx) -> Answer {
    let query: ListCompanies = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)).await
}

/// Register a company
///
/// The code is checked by GB 32100-2015. The file belongs to your county.
#[utoipa::path(tag = "companies", request_body = CompanyIn, responses((status = 201, description = "Registered", body = Company)))]
#[post("/v1/companies")]
pub async fn create_company(ctx: Ctx, body: Body<CompanyIn>) -> Answer {
    ctx.act(body, actions::create_company).await
}

/// Get a company
///
/// Visible where it is owned, serves, served or has applied.
#[utoipa::path(tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    responses((status = 200, description = "The company", body = Company)))]
#[get("/v1/companies/{id}")]
pub async fn get_company(ctx: Ctx, id: PathId) -> Answer {
    ctx.get(move |conn, ctx| {
        let company = store::find(conn, &ctx.scope, id.0)?;
        Ok(Entity::new(company.id, company.version, company))
    })
    .await
}

/// Change a company
///
/// A merge patch of the registered data. The code never changes.
#[utoipa::path(tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    request_body = CompanyPatch, responses((status = 200, description = "Changed", body = Company)))]
#[patch("/v1/companies/{id}")]
pub async fn update_company(ctx: Ctx, id: PathId, body: Body<CompanyPatch>) -> Answer {
    ctx.act(body, move |tx, body| actions::update_company(tx, id.0, body)).await
}
