//! Operations of the company record.

use actix_web::HttpResponse;

use super::actions::{self, CompanyRecord, PreviewIn, StandingQuery};
use crate::http::{PathId, Response};
use crate::service::{Body, Ctx};
use crate::standing::model::Standing;

/// Get a company's standing
///
/// Returns the standing of a company (惩戒状态) in one county, computed from its violations and the policy. Each
/// consequence names its clauses, violations, rule, window and legal basis; each credit deduction names its violation.
/// `as_of` returns it as it was known on a day. Violations outside your territory show only the clause, the day and the
/// division.
#[utoipa::path(get, path = "/v1/companies/{id}/standing",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the company"), StandingQuery),
    responses((status = 200, description = "The standing", body = CompanyRecord)))]
pub async fn get_company_standing(ctx: Ctx, id: PathId) -> Response {
    let query: StandingQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| actions::company_standing(conn, ctx, id.0, &query)).await
}

/// Preview a standing
///
/// Computes the explained standing that hypothetical violations would lead to (预演). Stores nothing.
#[utoipa::path(post, path = "/v1/standing-preview",
    tag = "standing", request_body = PreviewIn, responses((status = 200, description = "The previewed standing", body = Standing)))]
pub async fn preview_standing(ctx: Ctx, body: Body<PreviewIn>) -> Response {
    let standing = ctx.read(move |conn, ctx| actions::preview(conn, ctx, &body)).await?;
    Ok(HttpResponse::Ok().json(standing))
}
