//! Operation of the fact sheet.

use super::sheet::{self, FactSheet};
use crate::http::{PathId, Response};
use crate::service::Ctx;

/// Get the fact sheet of a rating
///
/// Returns the recorded facts about the rated period, by dimension: confirmed violations, the six disclosures, the
/// filed contract, inspections, hazards and complaints. Raters read it before they score; the company sees the same.
#[utoipa::path(get, path = "/v1/ratings/{id}/fact-sheet",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    responses((status = 200, description = "The fact sheet", body = FactSheet)))]
pub async fn get_rating_fact_sheet(ctx: Ctx, id: PathId) -> Response {
    ctx.get_snapshot(move |conn, ctx| sheet::get(conn, ctx, id.0)).await
}
