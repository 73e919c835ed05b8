//! The operations on the statistics of complaints.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, VARY};

use super::model::*;
use super::{actions, heat, report};
use crate::http::{PageOf, Response};
use crate::service::Ctx;

/// Get complaint statistics
///
/// Counts the complaints submitted in a period, for your territory or a part of it: volume, punctuality, reply times,
/// satisfaction and red cards, as a total and by part of the area, office, category or company. The lines add up to the
/// total.
///
/// Only complaints visible to you count; complaints about privacy, committees and officials are visible only to their
/// handler, their supervising office and the leaders. Merged and rejected complaints count as received and appear in no
/// other figure, since nobody had to reply to them. A reopened complaint is open until the next reply. Open complaints
/// that are not overdue are left out of the percentages.
#[utoipa::path(get, path = "/v1/statistics/complaints", tag = "statistics", params(ComplaintStatisticsQuery),
    responses((status = 200, description = "The statistics", body = ComplaintStatistics)))]
pub async fn get_complaint_statistics(ctx: Ctx) -> Response {
    let query: ComplaintStatisticsQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| actions::get(conn, ctx, &query)).await
}

/// The page may be framed or saved. It runs no scripts and loads nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// Get the printable complaint report
///
/// Returns the complaint statistics of your territory or a part of it as one HTML page for print (A4), with charts: by
/// part of the area, category, office and company, and the complexes with the highest complaint heat. The page loads
/// nothing else, so you can save it, print it, or show it in a frame.
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

/// List complexes by complaint heat
///
/// Lists the complexes of your territory, most complaints per hundred households first, each with its top category.
/// Complexes with an unknown number of households come last, by complaints. Counts the complaints visible to you that
/// were submitted in the period and not rejected. Merged complaints count, since each comes from a household.
#[utoipa::path(get, path = "/v1/statistics/complaints/heat",
    tag = "statistics", params(ListComplaintHeat), responses((status = 200, description = "A page", body = PageOf<ComplexHeat>)))]
pub async fn list_complaint_heat(ctx: Ctx) -> Response {
    let query: ListComplaintHeat = ctx.query()?;
    ctx.list(move |conn, ctx| heat::list(conn, ctx, &query)).await
}
