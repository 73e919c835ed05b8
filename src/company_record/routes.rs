use actix_web::HttpResponse;

use super::actions::{self, CompanyRecord, PreviewIn, StandingQuery};
use crate::http::{PathId, Response};
use crate::service::{Body, Ctx};
use crate::standing::model::Standing;

/// Get a company's standing
///
/// Derived on each read from the facts and the policy, and explained: every consequence names its clauses, violations,
/// rule, window and legal basis; every point its violation. `as_of` a day: as known then. A standing counts the whole
/// county; what lies outside of your territory appears with clause, day and division only.
#[utoipa::path(get, path = "/v1/companies/{id}/standing",
    tag = "standing", params(("id" = crate::db::Id, Path, description = "Id of the company"), StandingQuery),
    responses((status = 200, description = "The standing", body = CompanyRecord)))]
pub async fn get_company_standing(ctx: Ctx, id: PathId) -> Response {
    let query: StandingQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| actions::company_standing(conn, ctx, id.0, &query)).await
}

/// Preview a standing
///
/// A dry run: hypothetical violations in, an explained standing out, nothing stored.
#[utoipa::path(post, path = "/v1/standing-preview",
    tag = "standing", request_body = PreviewIn, responses((status = 200, description = "The standing that would be", body = Standing)))]
pub async fn preview_standing(ctx: Ctx, body: Body<PreviewIn>) -> Response {
    let standing = ctx.read(move |conn, ctx| actions::preview(conn, ctx, &body)).await?;
    Ok(HttpResponse::Ok().json(standing))
}
