//! Operations of measures.

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
/// Lists the measures of your territory, newest first. A company sees its own and those of its branches, a committee
/// those about its complex, a police station or referred agency those that it is responsible for.
#[utoipa::path(get, path = "/v1/measures",
    tag = "measures", params(ListMeasures), responses((status = 200, description = "A page", body = PageOf<Measure>)))]
pub async fn list_measures(ctx: Ctx) -> Response {
    let query: ListMeasures = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Get a measure
///
/// Returns a measure with its reason, its grounds and every step. If the company reads it, this opens the notice; the
/// first opening is the delivery.
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

/// Notify the company of a measure
///
/// Sends the notice (告知书) of a proposed measure. For the responsible office, or the social affairs office of its
/// township. Adverse measures have due process of their own: this notice, a statement, a hearing on request, and a
/// decision with reasons.
#[utoipa::path(post, path = "/v1/measures/{id}/notification",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = NoticeIn, responses((status = 200, description = "Notified", body = Measure)))]
pub async fn notify_measure(ctx: Ctx, id: PathId, body: Body<NoticeIn>) -> Response {
    ctx.act(body, move |tx, body| actions::notify_measure(tx, id.0, body)).await
}

/// Record a delivery for a measure
///
/// Records how the notice was delivered, if the company does not open it. For the responsible office, or the social
/// affairs office of its township. The period for a statement and a hearing request runs from the next working day.
#[utoipa::path(post, path = "/v1/measures/{id}/delivery",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = DeliveryIn, responses((status = 200, description = "Delivered", body = Measure)))]
pub async fn record_measure_delivery(ctx: Ctx, id: PathId, body: Body<DeliveryIn>) -> Response {
    ctx.act(body, move |tx, body| actions::record_measure_delivery(tx, id.0, body)).await
}

/// Make a statement on a measure
///
/// Submits the company's statement (陈述申辩): once, and no later than the last day of the period.
#[utoipa::path(post, path = "/v1/measures/{id}/statement",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = StatementIn, responses((status = 200, description = "Submitted", body = Measure)))]
pub async fn submit_measure_statement(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_measure_statement(tx, id.0, body)).await
}

/// Answer a statement on a measure
///
/// Answers the company's statement. For the responsible office, or the social affairs office of its township. An
/// adverse measure can be approved only after this answer.
#[utoipa::path(post, path = "/v1/measures/{id}/statement-answer",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Answered", body = Measure)))]
pub async fn answer_measure_statement(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::answer_measure_statement(tx, id.0, body)).await
}

/// Request a hearing
///
/// Requests a hearing (听证). For the company, once, within the period that the delivery starts (default 5 working days).
/// The measure can be approved only after the hearing.
#[utoipa::path(post, path = "/v1/measures/{id}/hearing",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Requested", body = Measure)))]
pub async fn request_measure_hearing(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::request_measure_hearing(tx, id.0, body)).await
}

/// Record a hearing
///
/// Records the hearing that the company requested. For the responsible office, or the social affairs office of its
/// township.
#[utoipa::path(post, path = "/v1/measures/{id}/hearing-record",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = HearingRecordIn, responses((status = 200, description = "Recorded", body = Measure)))]
pub async fn record_measure_hearing(ctx: Ctx, id: PathId, body: Body<HearingRecordIn>) -> Response {
    ctx.act(body, move |tx, body| actions::record_measure_hearing(tx, id.0, body)).await
}

/// Approve a measure
///
/// Approves a proposed measure after due process. For the role that the policy names: the township leader in charge of
/// task 2, or the county authority for listings and joint punishment. An approved listing takes effect at once. An
/// approved removal asks for the termination of the contract and is completed later.
#[utoipa::path(post, path = "/v1/measures/{id}/approval",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Approved", body = Measure)))]
pub async fn approve_measure(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::approve_measure(tx, id.0, body)).await
}

/// Reject a measure
///
/// Rejects a proposed measure. For the role that would approve it. It is proposed again only on a new ground.
#[utoipa::path(post, path = "/v1/measures/{id}/rejection",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Rejected", body = Measure)))]
pub async fn reject_measure(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::reject_measure(tx, id.0, body)).await
}

/// Complete a measure
///
/// Records that an approved measure was carried out. For the responsible office, or the social affairs office of its
/// township. A removal names the termination ground of the contract and attaches its document. The referred agency
/// completes a referral with its report. Rectification in time may restore credit points, as the policy says.
#[utoipa::path(post, path = "/v1/measures/{id}/completion",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = CompletionIn, responses((status = 200, description = "Completed", body = Measure)))]
pub async fn complete_measure(ctx: Ctx, id: PathId, body: Body<CompletionIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::complete_measure(tx, id.0, body)).await
}

/// Cancel a measure
///
/// Cancels a proposed or approved measure, with reasons. For the responsible office, or the social affairs office of
/// its township.
#[utoipa::path(post, path = "/v1/measures/{id}/cancellation",
    tag = "measures", params(("id" = crate::db::Id, Path, description = "Id of the measure")),
    request_body = ReasonsIn, responses((status = 200, description = "Cancelled", body = Measure)))]
pub async fn cancel_measure(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::cancel_measure(tx, id.0, body)).await
}
