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
/// Lists the checklists of the policy in force today, or on the day `as_of`, all on one page: their items, offices
/// and frequencies, the act for a failed item, and the working days for its rectification. Load them onto a device
/// before it goes offline.
#[utoipa::path(get, path = "/v1/checklists",
    tag = "inspections", params(ListChecklists), responses((status = 200, description = "All checklists", body = PageOf<Checklist>)))]
pub async fn list_checklists(ctx: Ctx) -> Response {
    let query: ListChecklists = ctx.query()?;
    ctx.list(move |conn, ctx| actions::list_checklists(conn, ctx, &query)).await
}

/// List the inspection plan
///
/// Lists, for every complex that a company serves in your territory and every checklist with a frequency, the last
/// inspection, the frequency with its reason, and the due date. The most urgent come first. A complex without an
/// inspection counts from the first day of its current company's service. The plan is computed for each request.
#[utoipa::path(get, path = "/v1/inspection-plan",
    tag = "inspections", params(ListPlan), responses((status = 200, description = "A page", body = PageOf<PlannedInspection>)))]
pub async fn list_inspection_plan(ctx: Ctx) -> Response {
    let query: ListPlan = ctx.query()?;
    ctx.list(move |conn, ctx| plan::list(conn, ctx, &query)).await
}

/// List inspections
///
/// Lists the inspections of your territory, newest first, with their failed items. The police station and the fire and
/// rescue agency see those in which they take part. Companies and committees see only inspections with a result, never
/// planned ones.
#[utoipa::path(get, path = "/v1/inspections",
    tag = "inspections", params(ListInspections), responses((status = 200, description = "A page", body = PageOf<Inspection>)))]
pub async fn list_inspections(ctx: Ctx) -> Response {
    let query: ListInspections = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Plan an inspection
///
/// Plans an inspection by one office, or a joint inspection (联合检查) by several, each with its checklist. Each office
/// then submits its own result.
#[utoipa::path(post, path = "/v1/inspections",
    tag = "inspections", request_body = InspectionIn, responses((status = 201, description = "Planned", body = Inspection)))]
pub async fn create_inspection(ctx: Ctx, body: Body<InspectionIn>) -> Response {
    ctx.act(body, actions::create_inspection).await
}

/// Get an inspection
///
/// Returns the inspection with all items of every submitted result.
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

/// Submit an inspection result
///
/// An office submits the result of its part of a planned inspection, with every item of the checklist in force on
/// that day. Failed items for which the policy sets a time limit become hazards. The inspection is done when every
/// office has submitted its result.
#[utoipa::path(post, path = "/v1/inspections/{id}/result",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    request_body = InspectionResultIn, responses((status = 200, description = "Submitted", body = Inspection)))]
pub async fn submit_inspection_result(ctx: Ctx, id: PathId, body: Body<InspectionResultIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_inspection_result(tx, id.0, body)).await
}

/// Cancel an inspection
///
/// Cancels the parts without a result and states the reasons. Results already submitted remain valid; if there are
/// any, the inspection becomes `done` instead of `cancelled`.
#[utoipa::path(post, path = "/v1/inspections/{id}/cancellation",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    request_body = ReasonsIn, responses((status = 200, description = "Cancelled", body = Inspection)))]
pub async fn cancel_inspection(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::cancel_inspection(tx, id.0, body)).await
}

/// Report an inspection finding
///
/// Reports a failed item as a violation (source `inspection`, found on the day of the inspection). Its description
/// contains the note of the item and your own; its evidence contains the photographs. Each finding can be reported
/// once.
#[utoipa::path(post, path = "/v1/inspections/{id}/violation",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the inspection")),
    request_body = InspectionFindingReportIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_inspection_finding(ctx: Ctx, id: PathId, body: Body<InspectionFindingReportIn>) -> Response {
    ctx.act(body, move |tx, body| findings::report_inspection_finding(tx, id.0, body)).await
}

/// Submit offline results
///
/// Submits up to 200 results, of planned or unplanned inspections, each with a key that the device created. An office
/// can use a key for one result only, so it is safe to send a batch again. The response gives the outcome of each
/// result: `created`, `already_received` or `refused` with its input errors. A refused result does not affect the
/// others; correct it and send it again with the same key. A malformed batch gets 400, and nothing is stored.
#[utoipa::path(post, path = "/v1/inspection-results",
    tag = "inspections", request_body = InspectionBatchIn, responses((status = 200, description = "Outcome of each result", body = OfflineBatchOutcome)))]
pub async fn submit_inspection_results(ctx: Ctx, body: Body<InspectionBatchIn>) -> Response {
    ctx.act_in_batches(body, batch::chunks, batch::take_chunk, |taken| batch::answer(taken.concat())).await
}

/// List hazards
///
/// Lists the hazards of your territory, newest first. The police station and the fire and rescue agency see those that
/// they found. A company sees those that were found or not yet closed while it served the complex.
#[utoipa::path(get, path = "/v1/hazards",
    tag = "inspections", params(ListHazards), responses((status = 200, description = "A page", body = PageOf<Hazard>)))]
pub async fn list_hazards(ctx: Ctx) -> Response {
    let query: ListHazards = ctx.query()?;
    ctx.list(move |conn, ctx| hazard_store::list(conn, ctx, &query)?.map(|rows| hazard_view::views(conn, ctx, rows)))
        .await
}

/// Get a hazard
///
/// Returns the hazard with every step since it was found.
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

/// Report a rectification
///
/// The current company of the complex reports how it rectified an open hazard, with evidence. An office then
/// re-checks it.
#[utoipa::path(post, path = "/v1/hazards/{id}/rectification",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    request_body = HazardRectificationIn, responses((status = 200, description = "Reported", body = Hazard)))]
pub async fn rectify_hazard(ctx: Ctx, id: PathId, body: Body<HazardRectificationIn>) -> Response {
    ctx.act(body, move |tx, body| hazards::rectify_hazard(tx, id.0, body)).await
}

/// Re-check a hazard
///
/// The office that found the hazard, the social affairs office or the enforcement office re-checks it, and states the
/// reasons. The hazard is closed, or it is not rectified and gets a new deadline. No report of the company is needed.
#[utoipa::path(post, path = "/v1/hazards/{id}/recheck",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    request_body = HazardRecheckIn, responses((status = 200, description = "Re-checked", body = Hazard)))]
pub async fn recheck_hazard(ctx: Ctx, id: PathId, body: Body<HazardRecheckIn>) -> Response {
    ctx.act(body, move |tx, body| hazards::recheck_hazard(tx, id.0, body)).await
}

/// Extend a hazard's deadline
///
/// The office that found the hazard, the social affairs office or the enforcement office extends the deadline of an
/// open hazard before it has passed, and states the reasons.
#[utoipa::path(post, path = "/v1/hazards/{id}/extension",
    tag = "inspections", params(("id" = crate::db::Id, Path, description = "Id of the hazard")),
    request_body = HazardExtensionIn, responses((status = 200, description = "Extended", body = Hazard)))]
pub async fn extend_hazard(ctx: Ctx, id: PathId, body: Body<HazardExtensionIn>) -> Response {
    ctx.act(body, move |tx, body| hazards::extend_hazard(tx, id.0, body)).await
}

/// Get the inspection statistics
///
/// Returns, for an area and a period, the complexes served and inspected, the results and overdue inspections by
/// checklist, and the hazards found by their state today. Each part of the area has its own counts.
#[utoipa::path(get, path = "/v1/statistics/inspections",
    tag = "inspections", params(StatisticsQuery), responses((status = 200, description = "The statistics", body = InspectionStatistics)))]
pub async fn get_inspection_statistics(ctx: Ctx) -> Response {
    let query: StatisticsQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| statistics::get(conn, ctx, &query)).await
}
