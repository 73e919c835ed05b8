//! The operations that precede a complaint (categories, deadline preview, similar complaints) or span several
//! complaints.

use super::following::SimilarComplaint;
use super::input::*;
use super::persons::PhoneSearchResult;
use super::preview::DeadlinePreview;
use super::timeline::TimelineStep;
use super::{following, persons, preview, timeline};
use crate::counties::CountyQuery;
use crate::http::{PageOf, Response};
use crate::policy::complaints::ComplaintCategory;
use crate::service::{Body, Ctx};

/// List complaint categories
///
/// Lists the categories of the policy in force in a county, on one page, with first handler, supervising office and
/// time limits, and whether they are public.
#[utoipa::path(get, path = "/v1/complaint-categories",
    tag = "complaints", params(CountyQuery), responses((status = 200, description = "All categories", body = PageOf<ComplaintCategory>)))]
pub async fn list_complaint_categories(ctx: Ctx) -> Response {
    let query: CountyQuery = ctx.query()?;
    ctx.list(move |conn, ctx| preview::categories(conn, ctx, query.county.as_deref())).await
}

/// Preview a deadline
///
/// Computes both deadlines of a complaint, if submitted at a given instant. Explains them day by day, including days
/// that do not count. Nothing is stored.
#[utoipa::path(get, path = "/v1/complaint-deadlines",
    tag = "complaints", params(DeadlineQuery), responses((status = 200, description = "The deadlines", body = DeadlinePreview)))]
pub async fn get_complaint_deadline(ctx: Ctx) -> Response {
    let query: DeadlineQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| preview::deadlines(conn, ctx, &query)).await
}

/// List similar open complaints
///
/// Lists the open complaints of a public category at a complex, from the policy's last `duplicate_days`, so that a
/// resident can follow one instead of submitting another. Only public data.
#[utoipa::path(get, path = "/v1/similar-complaints",
    tag = "complaints", params(SimilarQuery), responses((status = 200, description = "Up to 50", body = PageOf<SimilarComplaint>)))]
pub async fn list_similar_complaints(ctx: Ctx) -> Response {
    let query: SimilarQuery = ctx.query()?;
    ctx.list(move |conn, ctx| following::similar(conn, ctx, &query)).await
}

/// List complaint updates
///
/// Lists the steps of the complaints that you submitted or follow, newest first. Each step appears once, even after a
/// merge. To get only new steps, read until the newest id of the last time.
#[utoipa::path(get, path = "/v1/complaint-updates",
    tag = "complaints", params(ListComplaintUpdates), responses((status = 200, description = "A page", body = PageOf<TimelineStep>)))]
pub async fn list_complaint_updates(ctx: Ctx) -> Response {
    let query: ListComplaintUpdates = ctx.query()?;
    ctx.list(move |conn, ctx| timeline::updates(conn, ctx, &query)).await
}

/// Search complaints by phone
///
/// Offices that take calls search for a complainant's complaints by phone number. The number is in the body so that no
/// log contains it. Each search is recorded in the ledger.
#[utoipa::path(post, path = "/v1/complaint-phone-searches",
    tag = "complaints", request_body = PhoneSearchIn, responses((status = 200, description = "Up to 200", body = PhoneSearchResult)))]
pub async fn search_complaints_by_phone(ctx: Ctx, body: Body<PhoneSearchIn>) -> Response {
    ctx.act(body, persons::search_complaints_by_phone).await
}
