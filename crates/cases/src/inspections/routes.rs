use super::batch::{self, OfflineBatchOutcome};
use super::hazard_view::{self, Hazard};
use super::input::*;
use super::plan::{self, PlannedInspection};
use super::statistics::{self, InspectionStatistics};
use super::view::{self, Inspection};
use super::{actions, findings, hazard_store, hazards, store};
use crate::http::{PageOf, PathId, Response};
use crate::policy::inspections::Checklist;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};
use crate::violations::view::Violation;

/// List the checklists
///
/// Of the policy in force, today or on the day asked for, on one page: what is looked at, by which offices, how often, the
/// act that a failure may be reported as, and the working days for its rectification. A phone takes them along.
#[utoipa::path(get, path = "/v1/checklists",
    tag = "inspections", params(ListChecklists), responses((status = 200, description = "All checklists", body = PageOf<Checklist>)))]
pub async fn list_checklists(ctx: Ctx) -> Response {
    let query: ListChecklists = ctx.query()?;
    ctx.list(move |conn, ctx| actions::list_checklists(conn, ctx, &query)).await
}

/// List what is to be inspected
///
/// Each served complex of your territory by each checklist that has a frequency: when it was inspected last, how often that
/// is and why (its star, the focus list, or that it is not rated), the day that it is due; the most urgent first. Worked out
/// from what is on file at the moment of asking. Never inspected counts from the first day of the present company.
#[utoipa::path(get, path = "/v1/inspection-plan",
    tag = "inspections", params(ListPlan), responses((status = 200, description = "A page", body = PageOf<PlannedInspection>)))]
pub async fn list_inspection_plan(ctx: Ctx) -> Response {
    let query: ListPlan = ctx.query()?;
    ctx.list(move |conn, ctx| plan::list(conn, ctx, &query)).await
}

/// List inspections
///
/// Of your territory, newest first, with the items that failed; a police station and a partner see those that they have a
/// part in, a company and a committee those that were carried out: a planned visit is not announced to them.
#[utoipa::path(get, path = "/v1/inspections",
    tag = "inspections", params(ListInspections), responses((status = 200, description = "A page", body = PageOf<Inspection>)))]
pub async fn list_inspections(ctx: Ctx) -> Response {
    let query: ListInspections = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Plan an inspection
///
/// Of one office, or of several at once (联合检查), each with its checklist.
#[utoipa::path(post, path = "/v1/inspections",
    tag = "inspections", request_body = InspectionIn, responses((status = 201, description = "Planned", body = Inspection)))]
pub async fn create_inspection(ctx: Ctx, body: Body<InspectionIn>) -> Response {
    ctx.act(body, actions::create_inspection).await
}

/// Get an inspection
///
/// With every item of every office's result.
#[utoipa::path(get, path = "/v1/inspections/{id}",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    responses((status = 200, description = "The inspection", body = Inspection)))]
pub async fn get_inspection(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        view::entity(conn, ctx, row)
    })
    .await
}

/// Give the result of your office
///
/// For its part of a planned visit: every item of the checklist of that day; one that is left out is asked for. Items that
/// fail and have a deadline in the policy become hazards. The visit is done when every office has given its result.
#[utoipa::path(post, path = "/v1/inspections/{id}/result",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    request_body = InspectionResultIn, responses((status = 200, description = "Taken", body = Inspection)))]
pub async fn submit_inspection_result(ctx: Ctx, id: PathId, body: Body<InspectionResultIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_inspection_result(tx, id.0, body)).await
}

/// Cancel an inspection
///
/// With reasons. Results that were given stand; the visit is done with them then.
#[utoipa::path(post, path = "/v1/inspections/{id}/cancellation",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    request_body = ReasonsIn, responses((status = 200, description = "Cancelled", body = Inspection)))]
pub async fn cancel_inspection(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::cancel_inspection(tx, id.0, body)).await
}

/// Report a finding as a violation
///
/// In one call: the violation (source `inspection`, found on the day of the visit) tells what was seen and the officer's
/// words, and has the photographs of the item as evidence. Each finding once.
#[utoipa::path(post, path = "/v1/inspections/{id}/violation",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    request_body = InspectionFindingReportIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_inspection_finding(ctx: Ctx, id: PathId, body: Body<InspectionFindingReportIn>) -> Response {
    ctx.act(body, move |tx, body| findings::report_inspection_finding(tx, id.0, body)).await
}

/// Submit offline results
///
/// Up to 200 at once, of planned visits and of visits that nobody planned, each under a key of its own that the phone made.
/// A key is taken once for ever in its office, whoever sends it and however often: the answer tells for each whether it was
/// `created`, `already_received` or `refused`, and why. A refused result does not hold up the others; it is mended and sent
/// again under its key. What is not of the form of a batch at all is 400 as a whole, and nothing of it is taken.
#[utoipa::path(post, path = "/v1/inspection-results",
    tag = "inspections", request_body = InspectionBatchIn, responses((status = 200, description = "What became of each", body = OfflineBatchOutcome)))]
pub async fn submit_inspection_results(ctx: Ctx, body: Body<InspectionBatchIn>) -> Response {
    ctx.act_in_batches(body, batch::chunks, batch::take_chunk, |taken| batch::answer(taken.concat())).await
}

/// List hazards
///
/// Of your territory, newest first. A company sees those of its complexes that were found or open while it served.
#[utoipa::path(get, path = "/v1/hazards",
    tag = "inspections", params(ListHazards), responses((status = 200, description = "A page", body = PageOf<Hazard>)))]
pub async fn list_hazards(ctx: Ctx) -> Response {
    let query: ListHazards = ctx.query()?;
    ctx.list(move |conn, ctx| hazard_store::list(conn, ctx, &query)?.map(|rows| hazard_view::views(conn, ctx, rows)))
        .await
}

/// Get a hazard
///
/// With what was done about it.
#[utoipa::path(get, path = "/v1/hazards/{id}",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    responses((status = 200, description = "The hazard", body = Hazard)))]
pub async fn get_hazard(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = hazard_store::find(conn, &ctx.scope, id.0)?;
        hazard_view::entity(conn, ctx, row)
    })
    .await
}

/// Say what was done about a hazard
///
/// By the company that serves the complex now, with its evidence. The office looks again.
#[utoipa::path(post, path = "/v1/hazards/{id}/rectification",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    request_body = HazardRectificationIn, responses((status = 200, description = "Rectified by its word", body = Hazard)))]
pub async fn rectify_hazard(ctx: Ctx, id: PathId, body: Body<HazardRectificationIn>) -> Response {
    ctx.act(body, move |tx, body| hazards::rectify_hazard(tx, id.0, body)).await
}

/// Re-check a hazard
///
/// By the office that found it, the social affairs office or the enforcement office: closed, or not rectified yet, with
/// reasons and a new last day.
#[utoipa::path(post, path = "/v1/hazards/{id}/recheck",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    request_body = HazardRecheckIn, responses((status = 200, description = "Looked at", body = Hazard)))]
pub async fn recheck_hazard(ctx: Ctx, id: PathId, body: Body<HazardRecheckIn>) -> Response {
    ctx.act(body, move |tx, body| hazards::recheck_hazard(tx, id.0, body)).await
}

/// Give more time for a hazard
///
/// Before its last day is over, with reasons.
#[utoipa::path(post, path = "/v1/hazards/{id}/extension",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    request_body = HazardExtensionIn, responses((status = 200, description = "Extended", body = Hazard)))]
pub async fn extend_hazard(ctx: Ctx, id: PathId, body: Body<HazardExtensionIn>) -> Response {
    ctx.act(body, move |tx, body| hazards::extend_hazard(tx, id.0, body)).await
}

/// Get the statistics of inspections
///
/// Of an area and a period, with a line for each part of the area: complexes served and inspected, results and overdue visits
/// by checklist, and of the hazards found in the period how many are open, late, closed in time and closed late today.
#[utoipa::path(get, path = "/v1/statistics/inspections",
    tag = "inspections", params(StatisticsQuery), responses((status = 200, description = "The statistics", body = InspectionStatistics)))]
pub async fn get_inspection_statistics(ctx: Ctx) -> Response {
    let query: StatisticsQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| statistics::get(conn, ctx, &query)).await
}
