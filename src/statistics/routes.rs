use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, VARY};

use super::model::{RatingStatistics, RatingStatisticsQuery, ReportQuery};
use super::{actions, report};
use crate::http::Response;
use crate::service::Ctx;

/// Get the statistics of ratings
///
/// Of your area or a part of it, and of one period: how many complexes have which star, how they moved against the rating
/// before, how many are on the focus list; the parts of the area the same, and the last eight periods. Published ratings
/// only.
#[utoipa::path(get, path = "/v1/statistics/ratings", tag = "statistics", params(RatingStatisticsQuery),
    responses((status = 200, description = "The statistics", body = RatingStatistics)))]
pub async fn get_rating_statistics(ctx: Ctx) -> Response {
    let query: RatingStatisticsQuery = ctx.query()?;
    let found = ctx.read(move |conn, ctx| actions::rating_statistics(conn, ctx, &query)).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "private, no-cache")).json(found))
}

/// The page may be shown in a frame or saved; it runs nothing and loads nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// Get the printable report
///
/// Ratings, inspections, violations by clause, measures, standings, listings, contracts, disclosures and complaints of your
/// area or a part of it as one HTML page made for print (A4), with charts, from the same numbers as the statistics, the survey
/// and the lists. It loads nothing: save it, print it, or show it in a frame.
#[utoipa::path(get, path = "/v1/statistics/report", tag = "statistics", params(ReportQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn get_statistics_report(ctx: Ctx) -> Response {
    let query: ReportQuery = ctx.query()?;
    let page = ctx.read(move |conn, ctx| report::report(conn, ctx, &query)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((VARY, "Authorization"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"report.html\""))
        .content_type("text/html; charset=utf-8")
        .body(page))
}
