use super::model::*;
use super::view::{self, Measure};
use super::{actions, decisions, store};
use crate::db::Conn;
use crate::due_process::{self, awaits_opening};
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::{DeliveryIn, NoticeIn, ReasonsIn, StatementIn};
use crate::service::{Body, Ctx};

/// List measures
///
/// Of your territory, newest first; a company sees its own; an agency those that are referred to it.
#[utoipa::path(get, path = "/v1/measures",
    tag = "measures", params(ListMeasures), responses((status = 200, description = "A page", body = PageOf<Measure>)))]
pub async fn list_measures(ctx: Ctx) -> Response {
    let query: ListMeasures = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Get a measure
///
/// With its reason, its grounds and every step. With a company's token this opens its notice: that is the delivery.
#[utoipa::path(get, path = "/v1/measures/{id}",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    responses((status = 200, description = "The measure", body = Measure)))]
pub async fn get_measure(ctx: Ctx, id: PathId) -> Response {
    let find = move |conn: &mut Conn, ctx: &Ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        if awaits_opening(ctx, &row) {
            return Ok(None);
        }
        due_process::to_entity(conn, ctx, row).map(Some)
    };
    ctx.get_or_open(find, move |tx| actions::open_notice(tx, id.0)).await
}

/// Notify the company of an intended measure
///
/// Adverse measures have due process of their own: this notice, a statement, a hearing on request, a reasoned decision.
#[utoipa::path(post, path = "/v1/measures/{id}/notification",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = NoticeIn, responses((status = 200, description = "Notified", body = Measure)))]
pub async fn notify_measure(ctx: Ctx, id: PathId, body: Body<NoticeIn>) -> Response {
    ctx.act(body, move |tx, body| actions::notify_measure(tx, id.0, body)).await
}

/// Record the delivery of a measure's notice
///
/// For a company that does not open it.
#[utoipa::path(post, path = "/v1/measures/{id}/delivery",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = DeliveryIn, responses((status = 200, description = "Delivered", body = Measure)))]
pub async fn record_measure_delivery(ctx: Ctx, id: PathId, body: Body<DeliveryIn>) -> Response {
    ctx.act(body, move |tx, body| actions::record_measure_delivery(tx, id.0, body)).await
}

/// Make a statement on a measure
///
/// Once, until the last day of the period.
#[utoipa::path(post, path = "/v1/measures/{id}/statement",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = StatementIn, responses((status = 200, description = "Submitted", body = Measure)))]
pub async fn submit_measure_statement(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_measure_statement(tx, id.0, body)).await
}

/// Answer a statement on a measure
///
/// The decision waits for it.
#[utoipa::path(post, path = "/v1/measures/{id}/statement-answer",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Answered", body = Measure)))]
pub async fn answer_measure_statement(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::answer_measure_statement(tx, id.0, body)).await
}

/// Ask for a hearing
///
/// Within the period that the delivery sets (default 5 working days). The decision waits for the hearing.
#[utoipa::path(post, path = "/v1/measures/{id}/hearing",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Asked for", body = Measure)))]
pub async fn request_measure_hearing(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::request_measure_hearing(tx, id.0, body)).await
}

/// Record a hearing
///
/// The record of the hearing that the company asked for.
#[utoipa::path(post, path = "/v1/measures/{id}/hearing-record",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = HearingRecordIn, responses((status = 200, description = "Recorded", body = Measure)))]
pub async fn record_measure_hearing(ctx: Ctx, id: PathId, body: Body<HearingRecordIn>) -> Response {
    ctx.act(body, move |tx, body| actions::record_measure_hearing(tx, id.0, body)).await
}

/// Approve a measure
///
/// By the role that the policy names (township leader for what is in their charge, county for lists and joint punishment),
/// after due process. A removal is started by it, not carried out; a blacklisting or restriction takes effect at once.
#[utoipa::path(post, path = "/v1/measures/{id}/approval",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Approved", body = Measure)))]
pub async fn approve_measure(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::approve_measure(tx, id.0, body)).await
}

/// Reject a measure
///
/// It is proposed again only on a new ground.
#[utoipa::path(post, path = "/v1/measures/{id}/rejection",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Rejected", body = Measure)))]
pub async fn reject_measure(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::reject_measure(tx, id.0, body)).await
}

/// Carry out a measure
///
/// Says when and how; a removal names the lawful ground on which the contract ended and its document; an agency answers a
/// referral. A rectification in time restores points, by the policy.
#[utoipa::path(post, path = "/v1/measures/{id}/completion",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = CompletionIn, responses((status = 200, description = "Done", body = Measure)))]
pub async fn complete_measure(ctx: Ctx, id: PathId, body: Body<CompletionIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::complete_measure(tx, id.0, body)).await
}

/// Cancel a measure
///
/// By its office, with reasons.
#[utoipa::path(post, path = "/v1/measures/{id}/cancellation",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Cancelled", body = Measure)))]
pub async fn cancel_measure(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::cancel_measure(tx, id.0, body)).await
}
