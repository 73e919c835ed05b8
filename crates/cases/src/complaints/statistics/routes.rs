use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, VARY};

use super::model::*;
use super::{actions, heat, report};
use crate::http::{PageOf, Response};
use crate::service::Ctx;

/// Get the statistics of complaints
///
/// Of your area or a part of it, and of the tickets that came in on the days of a period: how many, how punctually they were
/// accepted and answered, how satisfied the complainants are, how long the answers took, how many red cards there were; the
/// whole, and the same by part of the area, by office, by category or by company. Lines add up to the whole.
///
/// Only tickets that you see are counted: those about privacy, committees and officials only for their handler, their
/// supervisor and the leaders. Tickets that were merged or rejected are received, are told by themselves, and are in no other
/// figure: a merged one is answered with the other, and neither was anybody's to answer in time. An answered ticket that was
/// reopened is open until it is answered again. A percentage is of what is decided: an open ticket that is not late counts
/// neither way.
#[utoipa::path(get, path = "/v1/statistics/complaints", tag = "statistics", params(ComplaintStatisticsQuery),
    responses((status = 200, description = "The statistics", body = ComplaintStatistics)))]
pub async fn get_complaint_statistics(ctx: Ctx) -> Response {
    let query: ComplaintStatisticsQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| actions::get(conn, ctx, &query)).await
}

/// The page may be shown in a frame or saved; it runs nothing and loads nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// Get the printable report of complaints
///
/// The complaints of your area or a part of it as one HTML page made for print (A4), with charts, from the same numbers as
/// the statistics: by part of the area, by category, by office, by company, and the hottest complexes. It loads nothing: save
/// it, print it, or show it in a frame.
#[utoipa::path(get, path = "/v1/statistics/complaints/report", tag = "statistics", params(ComplaintReportQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn get_complaint_report(ctx: Ctx) -> Response {
    let query: ComplaintReportQuery = ctx.query()?;
    let page = ctx.read(move |conn, ctx| report::report(conn, ctx, &query)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((VARY, "Authorization"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"complaints.html\""))
        .content_type("text/html; charset=utf-8")
        .body(page))
}

/// List complexes by how much they are complained about
///
/// The complexes of your area, most tickets for each hundred households first, with the category that stands out; those whose
/// households are unknown last, by tickets. Tickets that you see, which came in on the days of the period and were not
/// rejected; of those that were merged each counts, for each is a household that complains.
#[utoipa::path(get, path = "/v1/statistics/complaints/heat",
    tag = "statistics", params(ListComplaintHeat), responses((status = 200, description = "A page", body = PageOf<ComplexHeat>)))]
pub async fn list_complaint_heat(ctx: Ctx) -> Response {
    let query: ListComplaintHeat = ctx.query()?;
    ctx.list(move |conn, ctx| heat::list(conn, ctx, &query)).await
}
