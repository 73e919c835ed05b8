use actix_web::{HttpResponse, get};

use super::actions;
use super::model::{RatingStatistics, RatingStatisticsQuery};
use crate::http::{Answer, Ctx};

/// Get the statistics of ratings
///
/// Of your area or a part of it, and of one period: how many complexes have which star, how they moved against the rating
/// before, how many are on the focus list; the parts of the area the same, and the last eight periods. Published ratings
/// only.
#[utoipa::path(tag = "statistics", params(RatingStatisticsQuery),
    responses((status = 200, description = "The statistics", body = RatingStatistics)))]
#[get("/v1/statistics/ratings")]
pub async fn get_rating_statistics(ctx: Ctx) -> Answer {
    let query: RatingStatisticsQuery = ctx.query()?;
    let found = ctx.read(move |conn, ctx| actions::rating_statistics(conn, ctx, &query)).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "private, no-cache")).json(found))
}
