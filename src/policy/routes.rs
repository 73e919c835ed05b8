use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::actions::{self, Policy, PolicyIn, PolicyPreview, PolicySummary};
use super::model::Act;
use super::store;
use crate::access::Role;
use crate::http::paging::Page;
use crate::http::{Answer, Body, Ctx, Cursor, PageOf};
use crate::problem::Problem;

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
}

/// List policy versions
///
/// Newest first, without their texts.
#[utoipa::path(tag = "policies", params(Page), responses((status = 200, description = "A page", body = PageOf<PolicySummary>)))]
#[get("/v1/policies")]
pub async fn list_policies(ctx: Ctx) -> Answer {
    let page: Page = ctx.query()?;
    ctx.list(move |conn, _| {
        let before = Cursor::decode::<i64>(page.cursor.as_deref())?;
        let total = page.with_total.unwrap_or(false).then(|| store::count(conn)).transpose()?;
        let (rows, next_cursor) = page.cut(store::list(conn, before, page.fetch())?, |row| row.version);
        let items = rows
            .into_iter()
            .map(|row| PolicySummary {
                version: row.version,
                effective_from: row.effective_from,
                title: row.title,
                digest: row.digest,
                published_at: row.published_at,
            })
            .collect();
        Ok(PageOf { items, next_cursor, total })
    })
    .await
}

/// Publish a policy version
///
/// The document is checked whole and every fault listed. `dry_run=true` stores nothing and answers which standings would
/// change on the day that it takes effect. A version never governs the past, and never makes a decided case worse.
#[utoipa::path(tag = "policies", params(PublishPolicy), request_body = PolicyIn, responses(
    (status = 201, description = "Published", body = Policy),
    (status = 200, description = "Dry run: what would change", body = PolicyPreview)
))]
#[post("/v1/policies")]
pub async fn publish_policy(ctx: Ctx, body: Body<PolicyIn>) -> Answer {
    let query: PublishPolicy = ctx.query()?;
    let body = body.examined(actions::examine).await?;
    if query.dry_run == Some(true) {
        let preview = ctx.read(move |conn, ctx| actions::preview_policy(conn, ctx, &body)).await?;
        return Ok(HttpResponse::Ok().json(preview));
    }
    ctx.act(body, actions::publish_policy).await
}

/// Get the policy in force
///
/// The version that governs what is found today.
#[utoipa::path(tag = "policies", responses((status = 200, description = "The version in force", body = Policy)))]
#[get("/v1/policies/current")]
pub async fn get_current_policy(ctx: Ctx) -> Answer {
    ctx.get(|conn, ctx| Ok(actions::view(store::in_force(conn, ctx.today)?)?)).await
}

/// Get a policy version
///
/// Any published version, in force or not; it never changes.
#[utoipa::path(tag = "policies", params(("version" = i64, Path, description = "Number of the version", minimum = 1)),
    responses((status = 200, description = "The version", body = Policy)))]
#[get("/v1/policies/{version}")]
pub async fn get_policy(ctx: Ctx, request: HttpRequest) -> Answer {
    let version = request.match_info().get("version").and_then(|v| v.parse::<i64>().ok()).ok_or_else(|| {
        Problem::fault("path/version", "invalid_format", "版本号须为整数", "a version is a whole number")
    })?;
    ctx.get(move |conn, _| Ok(actions::view(store::find(conn, version)?)?)).await
}

/// List regulated acts
///
/// The catalogue of the policy in force, in its order, on one page.
#[utoipa::path(tag = "policies", params(ListActs), responses((status = 200, description = "All acts", body = PageOf<Act>)))]
#[get("/v1/acts")]
pub async fn list_acts(ctx: Ctx) -> Answer {
    let query: ListActs = ctx.query()?;
    ctx.list(move |conn, ctx| {
        let policies = store::current(conn, &ctx.state.policies)?;
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
