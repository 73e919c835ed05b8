use super::changes::{self, CompanyChange, CompanyChangeIn, ListCompanyChanges};
use super::model::{Company, CompanyIn, CompanyPatch, ListCompanies};
use super::{actions, store};
use crate::http::{Entity, PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};

/// List companies
///
/// Those that are owned, serve, served or have applied in your territory, newest first. A company sees itself.
#[utoipa::path(get, path = "/v1/companies",
    tag = "companies", params(ListCompanies), responses((status = 200, description = "A page", body = PageOf<Company>)))]
pub async fn list_companies(ctx: Ctx) -> Response {
    let query: ListCompanies = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)).await
}

/// Register a company
///
/// The code is checked by GB 32100-2015. The file belongs to your county.
#[utoipa::path(post, path = "/v1/companies",
    tag = "companies", request_body = CompanyIn, responses((status = 201, description = "Registered", body = Company)))]
pub async fn create_company(ctx: Ctx, body: Body<CompanyIn>) -> Response {
    ctx.act(body, actions::create_company).await
}

/// Get a company
///
/// Visible where it is owned, serves, served or has applied.
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
/// A merge patch of the registered data, by the home register: the county authority of the company's county, or the social
/// affairs office that registered it. Others propose (`…/changes`). The code never changes; another parent needs a second
/// person and is proposed too.
#[utoipa::path(patch, path = "/v1/companies/{id}",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    request_body = CompanyPatch, responses((status = 200, description = "Changed", body = Company)))]
pub async fn update_company(ctx: Ctx, id: PathId, body: Body<CompanyPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_company(tx, id.0, body)).await
}

/// List proposed changes of a company
///
/// Newest first, with those decided.
#[utoipa::path(get, path = "/v1/companies/{id}/changes",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company"), ListCompanyChanges),
    responses((status = 200, description = "A page", body = PageOf<CompanyChange>)))]
pub async fn list_company_changes(ctx: Ctx, id: PathId) -> Response {
    let query: ListCompanyChanges = ctx.query()?;
    ctx.list(move |conn, ctx| changes::list_company_changes(conn, ctx, id.0, &query)).await
}

/// Propose a change of a company
///
/// By any register that sees the company; its home register decides. A change of `parent_id` is always proposed: the parent
/// sees contracts, violations and measures of its branches.
#[utoipa::path(post, path = "/v1/companies/{id}/changes",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the company")),
    request_body = CompanyChangeIn, responses((status = 201, description = "Proposed", body = CompanyChange)))]
pub async fn propose_company_change(ctx: Ctx, id: PathId, body: Body<CompanyChangeIn>) -> Response {
    ctx.act(body, move |tx, body| changes::propose_company_change(tx, id.0, body)).await
}

/// Get a proposed change of a company
///
/// With the decision on it.
#[utoipa::path(get, path = "/v1/company-changes/{id}",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the change")),
    responses((status = 200, description = "The change", body = CompanyChange)))]
pub async fn get_company_change(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| changes::get_company_change(conn, ctx, id.0)).await
}

/// Approve a change of a company
///
/// By another person of the home register than the one who proposed it. It is carried out at once, and both companies hear of
/// another parent.
#[utoipa::path(post, path = "/v1/company-changes/{id}/approval",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the change")),
    request_body = ReasonsIn, responses((status = 200, description = "Approved and carried out", body = CompanyChange)))]
pub async fn approve_company_change(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| changes::approve_company_change(tx, id.0, body)).await
}

/// Refuse a change of a company
///
/// By the home register, with reasons.
#[utoipa::path(post, path = "/v1/company-changes/{id}/refusal",
    tag = "companies", params(("id" = crate::db::Id, Path, description = "Id of the change")),
    request_body = ReasonsIn, responses((status = 200, description = "Refused", body = CompanyChange)))]
pub async fn refuse_company_change(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| changes::refuse_company_change(tx, id.0, body)).await
}
