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
    /// Only check, and tell which standings would change.
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListActs {
    /// Only acts of this task of the action plan.
    #[param(minimum = 1, maximum = 8, example = 2)]
    pub task: Option<u8>,
    /// Only acts that this role leads.
    pub lead_role: Option<Role>,
    /// Of the policy of this county (GB/T 2260, 6 digits). Default: your own; where the deployment serves one, that one.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPolicies {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only versions that govern this county (GB/T 2260, 6 digits): its own, and the deployment's.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

/// List policy versions
///
/// Newest first, without their texts: what is published in every county, and to a county authority its own drafts.
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
/// A draft for your county. The document is checked whole and every fault listed. `dry_run=true` stores nothing and answers
/// which standings would change on the day that it takes effect. It takes effect once a second person has approved it, not
/// before the next day. A version never governs the past, and never makes a decided case worse.
#[utoipa::path(post, path = "/v1/policies", tag = "policies", params(PublishPolicy), request_body = PolicyIn, responses(
    (status = 201, description = "On file as a draft", body = Policy),
    (status = 200, description = "Dry run: what would change", body = PolicyPreview)
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
/// By another person of the same county authority than the one who submitted it, on the day before its first day at the
/// latest. `two_person_rule` of a policy does not lift this.
#[utoipa::path(post, path = "/v1/policies/{version}/approval",
    tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    request_body = PolicyApprovalIn, responses((status = 200, description = "Approved", body = Policy)))]
pub async fn approve_policy(ctx: Ctx, request: HttpRequest, body: Body<PolicyApprovalIn>) -> Response {
    let version = version(&request)?;
    ctx.act(body, move |tx, body| actions::approve_policy(tx, version, body)).await
}

/// Withdraw a policy draft
///
/// By a person of the county authority that submitted it. An approved version is not withdrawn: a later one replaces it.
#[utoipa::path(post, path = "/v1/policies/{version}/withdrawal",
    tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = Policy)))]
pub async fn withdraw_policy(ctx: Ctx, request: HttpRequest, body: Body<ReasonsIn>) -> Response {
    let version = version(&request)?;
    ctx.act(body, move |tx, body| actions::withdraw_policy(tx, version, body)).await
}

/// Get the policy in force
///
/// The version that governs what is found today in a county.
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
/// Any published version, in force or not, and to a county authority its own drafts; its text never changes.
#[utoipa::path(get, path = "/v1/policies/{version}",
    tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    responses((status = 200, description = "The version", body = Policy)))]
pub async fn get_policy(ctx: Ctx, request: HttpRequest) -> Response {
    let version = version(&request)?;
    ctx.get(move |conn, ctx| Ok(view::view(store::find(conn, version, actions::drafts_of(ctx))?)?)).await
}

fn version(request: &HttpRequest) -> Result<i64, Problem> {
    request.match_info().get("version").and_then(|v| v.parse::<i64>().ok()).filter(|v| *v > 0).ok_or_else(|| {
        let (zh, en) = ("须为不小于 1 的整数", "must be a whole number of at least 1");
        Problem::input_error("path/version", "invalid_format", zh, en)
    })
}

/// List regulated acts
///
/// The catalogue of the policy in force in a county, in its order, on one page.
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
