//! Operations of the statistics and the printable report.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, VARY};

use super::model::{RatingStatistics, RatingStatisticsQuery, ReportQuery};
use super::{actions, report};
use crate::http::Response;
use crate::service::Ctx;

/// Get rating statistics
///
/// Returns the statistics of published ratings for your territory or a part of it, in one period: complexes by star,
/// star movement and focus list, also for each part of the area, and the last eight periods. For offices.
#[utoipa::path(get, path = "/v1/statistics/ratings", tag = "statistics", params(RatingStatisticsQuery),
    responses((status = 200, description = "The statistics", body = RatingStatistics)))]
pub async fn get_rating_statistics(ctx: Ctx) -> Response {
    let query: RatingStatisticsQuery = ctx.query()?;
    let found = ctx.read(move |conn, ctx| actions::rating_statistics(conn, ctx, &query)).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "private, no-cache")).json(found))
}

/// The page may be shown in a frame or saved. It runs no script and loads nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// Get the statistics report
///
/// Returns an HTML page for print (A4) about your territory or a part of it, with charts: ratings, inspections,
/// violations by clause, measures, standings, listings, contracts, disclosures and complaints. Its numbers agree with
/// the statistics, the survey and the lists. The page loads nothing, so you can save it or show it in a frame.
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
