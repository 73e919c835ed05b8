//! What is asked before there is a ticket, or of many at once.

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

/// List the categories of complaints
///
/// Of the policy in force in a county: who handles and who supervises each, its limits, and whether it may be public. On one page.
#[utoipa::path(get, path = "/v1/complaint-categories",
    tag = "complaints", params(CountyQuery), responses((status = 200, description = "All categories", body = PageOf<ComplaintCategory>)))]
pub async fn list_complaint_categories(ctx: Ctx) -> Response {
    let query: CountyQuery = ctx.query()?;
    ctx.list(move |conn, ctx| preview::categories(conn, ctx, query.county.as_deref())).await
}

/// Preview a deadline
///
/// If this came in at that instant, when would it be due, and why: day by day, with what is not counted. Nothing is stored.
#[utoipa::path(get, path = "/v1/complaint-deadlines",
    tag = "complaints", params(DeadlineQuery), responses((status = 200, description = "The deadlines", body = DeadlinePreview)))]
pub async fn get_complaint_deadline(ctx: Ctx) -> Response {
    let query: DeadlineQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| preview::deadlines(conn, ctx, &query)).await
}

/// List similar complaints
///
/// Open tickets of a category at a complex, of the last days: to follow one instead of submitting the matter again. Only of
/// categories that may be public, and only what anybody may know.
#[utoipa::path(get, path = "/v1/similar-complaints",
    tag = "complaints", params(SimilarQuery), responses((status = 200, description = "Up to 50", body = PageOf<SimilarComplaint>)))]
pub async fn list_similar_complaints(ctx: Ctx) -> Response {
    let query: SimilarQuery = ctx.query()?;
    ctx.list(move |conn, ctx| following::similar(conn, ctx, &query)).await
}

/// List complaint updates
///
/// What a resident is told of the tickets that it submitted or follows, newest first. A step is there once, also where two of
/// them were merged: an app that remembers the last id tells each step once.
#[utoipa::path(get, path = "/v1/complaint-updates",
    tag = "complaints", params(ListComplaintUpdates), responses((status = 200, description = "A page", body = PageOf<TimelineStep>)))]
pub async fn list_complaint_updates(ctx: Ctx) -> Response {
    let query: ListComplaintUpdates = ctx.query()?;
    ctx.list(move |conn, ctx| timeline::updates(conn, ctx, &query)).await
}

/// Search complaints by phone
///
/// By the phone, whatever its notation; by offices that take calls. The phone stands in the body, so that no log holds it, and
/// that somebody looked is recorded.
#[utoipa::path(post, path = "/v1/complaint-phone-searches",
    tag = "complaints", request_body = PhoneSearchIn, responses((status = 200, description = "Up to 200", body = PhoneSearchResult)))]
pub async fn search_complaints_by_phone(ctx: Ctx, body: Body<PhoneSearchIn>) -> Response {
    ctx.act(body, persons::search_complaints_by_phone).await
}
