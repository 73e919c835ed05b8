//! Handlers for companies and company changes.

use super::changes::{self, CompanyChange, CompanyChangeIn, ListCompanyChanges};
use super::model::{Company, CompanyIn, CompanyPatch, ListCompanies};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};

/// List companies
///
/// Lists the companies that are registered, serve, served or have applied for a complex in your territory, newest
/// first. A company sees itself and its branches.
#[utoipa::path(get, path = "/v1/companies",
    tag = "companies", params(ListCompanies), responses((status = 200, description = "A page", body = PageOf<Company>)))]
pub async fn list_companies(ctx: Ctx) -> Response {
    let query: ListCompanies = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)).await
}

/// Register a company
///
/// Registers a company in your county. For the county authority and social affairs offices. The check character of the
/// USCC is verified (GB 32100-2015).
#[utoipa::path(post, path = "/v1/companies",
    tag = "companies", request_body = CompanyIn, responses((status = 201, description = "Registered", body = Company)))]
pub async fn create_company(ctx: Ctx, body: Body<CompanyIn>) -> Response {
    ctx.act(body, actions::create_company).await
}

/// Get a company
///
/// Returns a company that is registered, serves, served or has applied for a complex in your territory.
#[utoipa::path(get, path = "/v1/companies/{id}",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    responses((status = 200, description = "The company", body = Company)))]
pub async fn get_company(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let company = store::find(conn, &ctx.scope, id.0)?;
        Ok(Entity::new(company.id, company.version, company))
    })
    .await
}

/// Change a company
///
/// Changes registered data with a merge patch. Only the registering office may do this: the county authority of the
/// company's county, or the social affairs office that registered it. Other offices propose a change (`…/changes`). The
/// USCC never changes. A new parent must be proposed, too.
#[utoipa::path(patch, path = "/v1/companies/{id}",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    request_body = CompanyPatch, responses((status = 200, description = "Changed", body = Company)))]
pub async fn update_company(ctx: Ctx, id: PathId, body: Body<CompanyPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_company(tx, id.0, body)).await
}

/// List company changes
///
/// Lists pending and decided changes of a company, newest first. For the county authority and social affairs offices.
#[utoipa::path(get, path = "/v1/companies/{id}/changes",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company"), ListCompanyChanges),
    responses((status = 200, description = "A page", body = PageOf<CompanyChange>)))]
pub async fn list_company_changes(ctx: Ctx, id: PathId) -> Response {
    let query: ListCompanyChanges = ctx.query()?;
    ctx.list(move |conn, ctx| changes::list_company_changes(conn, ctx, id.0, &query)).await
}

/// Propose a company change
///
/// Proposes a change to the registering office, which approves or refuses it. For the county authority and social
/// affairs offices that see the company. A new `parent_id` must always be proposed, because a parent sees contracts,
/// violations and measures of its branches.
#[utoipa::path(post, path = "/v1/companies/{id}/changes",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    request_body = CompanyChangeIn, responses((status = 201, description = "Proposed", body = CompanyChange)))]
pub async fn propose_company_change(ctx: Ctx, id: PathId, body: Body<CompanyChangeIn>) -> Response {
    ctx.act(body, move |tx, body| changes::propose_company_change(tx, id.0, body)).await
}

/// Get a company change
///
/// Returns a proposed change with its decision, if any.
#[utoipa::path(get, path = "/v1/company-changes/{id}",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the change")),
    responses((status = 200, description = "The change", body = CompanyChange)))]
pub async fn get_company_change(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| changes::get_company_change(conn, ctx, id.0)).await
}

/// Approve a company change
///
/// Approves a proposed change and applies it at once. The approver must belong to the registering office and must not
/// be the person who proposed it. If the parent changes, the old and the new parent get an event.
#[utoipa::path(post, path = "/v1/company-changes/{id}/approval",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the change")),
    request_body = ReasonsIn, responses((status = 200, description = "Approved and applied", body = CompanyChange)))]
pub async fn approve_company_change(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| changes::approve_company_change(tx, id.0, body)).await
}

/// Refuse a company change
///
/// Refuses a proposed change with reasons. For the registering office.
#[utoipa::path(post, path = "/v1/company-changes/{id}/refusal",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the change")),
    request_body = ReasonsIn, responses((status = 200, description = "Refused", body = CompanyChange)))]
pub async fn refuse_company_change(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| changes::refuse_company_change(tx, id.0, body)).await
}
