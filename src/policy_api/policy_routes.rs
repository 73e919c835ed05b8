//! Operations of policies and of the catalogue of acts.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::IntoParams;

use super::policy_preview::{self, PolicyPreview};
use crate::access::Role;
use crate::counties::{self, CountyQuery};
use crate::http::paging::Page;
use crate::http::{Cursor, PageOf, Response};
use crate::policy::model::Act;
use crate::policy::view::{self, Policy, PolicyApprovalIn, PolicyIn, PolicySummary};
use crate::policy::{actions, store};
use crate::problem::Problem;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublishPolicy {
    /// If true, only checks the document and returns the standings that would change. Stores nothing.
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListActs {
    /// Only acts of this task of the action plan.
    #[param(minimum = 1, maximum = 8, example = 2)]
    pub task: Option<u8>,
    /// Only acts with this lead office.
    pub lead_role: Option<Role>,
    /// Acts in the policy of this county (GB/T 2260, 6 digits). Default: your own county, or the only one of the
    /// deployment.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPolicies {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only versions that govern this county (GB/T 2260, 6 digits): its own, and those of the deployment.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

/// List policy versions
///
/// Lists policy versions without their documents, newest first: published versions of every county, and for a county
/// authority its own drafts.
#[utoipa::path(get, path = "/v1/policies",
    tag = "policies", params(ListPolicies), responses((status = 200, description = "A page", body = PageOf<PolicySummary>)))]
pub async fn list_policies(ctx: Ctx) -> Response {
    let query: ListPolicies = ctx.query()?;
    ctx.list(move |conn, ctx| {
        let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
        let before = Cursor::decode::<i64>(page.cursor.as_deref())?;
        let listed = store::Listed { county: query.county.as_deref(), drafts_of: actions::drafts_of(ctx) };
        let total = page.with_total.unwrap_or(false).then(|| listed.count(conn)).transpose()?;
        let (rows, next_cursor) = page.cut(listed.page(conn, before, page.fetch())?, |row| row.version);
        Ok(PageOf { items: rows.into_iter().map(view::summary).collect(), next_cursor, total })
    })
    .await
}

/// Submit a policy version
///
/// Submits a draft for your county. For the county authority. All input errors of the document are returned together.
/// With `dry_run=true` it stores nothing and returns the standings that would change on the first day. The version
/// takes effect when a second person has approved it, on the next day at the earliest. It never governs the past, and
/// never makes a decided case worse.
#[utoipa::path(post, path = "/v1/policies", tag = "policies", params(PublishPolicy), request_body = PolicyIn, responses(
    (status = 201, description = "Draft submitted", body = Policy),
    (status = 200, description = "Dry run: standings that would change", body = PolicyPreview)
))]
pub async fn publish_policy(ctx: Ctx, body: Body<PolicyIn>) -> Response {
    let query: PublishPolicy = ctx.query()?;
    let body = body.examined(actions::examine).await?;
    if query.dry_run == Some(true) {
        let preview = ctx.read(move |conn, ctx| policy_preview::preview_policy(conn, ctx, &body)).await?;
        return Ok(HttpResponse::Ok().json(preview));
    }
    ctx.act(body, actions::publish_policy).await
}

/// Approve a policy version
///
/// Approves a draft. For another person of the same county authority than the one who submitted it, at the latest on
/// the day before its first day. `two_person_rule` of a policy does not change this.
#[utoipa::path(post, path = "/v1/policies/{version}/approval",
    tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    request_body = PolicyApprovalIn, responses((status = 200, description = "Approved", body = Policy)))]
pub async fn approve_policy(ctx: Ctx, request: HttpRequest, body: Body<PolicyApprovalIn>) -> Response {
    let version = version(&request)?;
    ctx.act(body, move |tx, body| actions::approve_policy(tx, version, body)).await
}

/// Withdraw a policy draft
///
/// Withdraws a draft. For the county authority that submitted it. An approved version cannot be withdrawn; submit a
/// later version instead.
#[utoipa::path(post, path = "/v1/policies/{version}/withdrawal",
    tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = Policy)))]
pub async fn withdraw_policy(ctx: Ctx, request: HttpRequest, body: Body<ReasonsIn>) -> Response {
    let version = version(&request)?;
    ctx.act(body, move |tx, body| actions::withdraw_policy(tx, version, body)).await
}

/// Get the policy in force
///
/// Returns the policy version that governs violations found today in a county.
#[utoipa::path(get, path = "/v1/policies/current",
    tag = "policies", params(CountyQuery), responses((status = 200, description = "The version in force", body = Policy)))]
pub async fn get_current_policy(ctx: Ctx) -> Response {
    let query: CountyQuery = ctx.query()?;
    ctx.get(move |conn, ctx| {
        let county = counties::requested_county(conn, ctx, query.county.as_deref())?;
        let governing = store::current(conn, &ctx.state, &county)?.governing(ctx.today).version;
        Ok(view::view(store::find(conn, governing, None)?)?)
    })
    .await
}

/// Get a policy version
///
/// Returns a published version, in force or not; a county authority also gets its own drafts. The document of a version
/// never changes.
#[utoipa::path(get, path = "/v1/policies/{version}",
    tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    responses((status = 200, description = "The version", body = Policy)))]
pub async fn get_policy(ctx: Ctx, request: HttpRequest) -> Response {
    let version = version(&request)?;
    ctx.get(move |conn, ctx| Ok(view::view(store::find(conn, version, actions::drafts_of(ctx))?)?)).await
}

fn version(request: &HttpRequest) -> Result<i64, Problem> {
    request.match_info().get("version").and_then(|v| v.parse::<i64>().ok()).filter(|v| *v > 0).ok_or_else(|| {
        let (zh, en) = ("须为不小于1的整数", "must be a whole number of at least 1");
        Problem::input_error("path/version", "invalid_format", zh, en)
    })
}

/// List regulated acts
///
/// Lists the regulated acts (受监管行为) of the policy in force in a county, in its order, on one page.
#[utoipa::path(get, path = "/v1/acts",
    tag = "policies", params(ListActs), responses((status = 200, description = "All acts", body = PageOf<Act>)))]
pub async fn list_acts(ctx: Ctx) -> Response {
    let query: ListActs = ctx.query()?;
    ctx.list(move |conn, ctx| {
        let county = counties::requested_county(conn, ctx, query.county.as_deref())?;
        let policies = store::current(conn, &ctx.state, &county)?;
        let items = policies
            .governing(ctx.today)
            .document()
            .acts
            .iter()
            .filter(|act| query.task.is_none_or(|task| act.task == task))
            .filter(|act| query.lead_role.is_none_or(|role| act.lead_role == role))
            .cloned()
            .collect();
        Ok(PageOf { items, next_cursor: None, total: None })
    })
    .await
}
