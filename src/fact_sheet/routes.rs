//! HTTP of the fact sheet.

use super::sheet::{self, FactSheet};
use crate::http::{PathId, Response};
use crate::service::Ctx;

/// Get the fact sheet of a rating
///
/// What the system itself knows of the rated period, beside the dimension that it bears on: confirmed violations, the six
/// disclosures, the contract on file, inspections and hazards. A rater reads it before scoring; the company sees the same.
#[utoipa::path(get, path = "/v1/ratings/{id}/fact-sheet",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    responses((status = 200, description = "The fact sheet", body = FactSheet)))]
pub async fn get_rating_fact_sheet(ctx: Ctx, id: PathId) -> Response {
    ctx.get_snapshot(move |conn, ctx| sheet::get(conn, ctx, id.0)).await
}
