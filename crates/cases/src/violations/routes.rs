//! Operations of violations.

use super::model::*;
use super::view::{self, Violation};
use super::{actions, decisions, report, review, store};
use crate::db::Conn;
use crate::due_process::{self, awaits_opening};
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::{DeliveryIn, NoticeIn, ReasonsIn, StatementIn};
use crate::service::{Body, Ctx};

/// List violations
///
/// Lists the violations of your territory, the latest day found first. A company sees its own from the notice on, and
/// those that it reported. A committee sees notified violations of companies at its complex. A police station,
/// `fire_rescue`, `market_supervision` or `discipline_office` sees those that it leads, reported or was referred.
#[utoipa::path(get, path = "/v1/violations",
    tag = "violations", params(ListViolations), responses((status = 200, description = "A page", body = PageOf<Violation>)))]
pub async fn list_violations(ctx: Ctx) -> Response {
    let query: ListViolations = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Report a violation
///
/// Records one act of one subject at one place on one day. The policy in force on the day found governs it. If the same
/// fact is already recorded under an overlapping act, the report is refused unless `distinct_fact_reason` explains the
/// difference.
#[utoipa::path(post, path = "/v1/violations",
    tag = "violations", request_body = ViolationIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_violation(ctx: Ctx, body: Body<ViolationIn>) -> Response {
    ctx.act(body, report::report_violation).await
}

/// Get a violation
///
/// Returns a violation with all steps of its case. If a company reads its case, this opens the notice, and later the
/// decision. The first opening is the delivery and starts the period for a statement or an appeal.
#[utoipa::path(get, path = "/v1/violations/{id}",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    responses((status = 200, description = "The violation", body = Violation)))]
pub async fn get_violation(ctx: Ctx, id: PathId) -> Response {
    let find = move |conn: &mut Conn, ctx: &Ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        if awaits_opening(ctx, &row) {
            return Ok(None);
        }
        due_process::to_entity(conn, ctx, row).map(Some)
    };
    ctx.get_or_open(find, move |tx| actions::open_notice(tx, id.0)).await
}

/// Notify the company
///
/// Sends the notice (告知书) with facts, grounds and intended consequence. For the lead office of the act or the social
/// affairs office; the violation must be reported. The company sees the case from now on. Its statement period starts
/// with the delivery.
#[utoipa::path(post, path = "/v1/violations/{id}/notification",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = NoticeIn, responses((status = 200, description = "Notified", body = Violation)))]
pub async fn notify_violation(ctx: Ctx, id: PathId, body: Body<NoticeIn>) -> Response {
    ctx.act(body, move |tx, body| actions::notify_violation(tx, id.0, body)).await
}

/// Record a delivery for a violation
///
/// Records how a notice or decision was delivered, if the company does not open it. For the lead office or the social
/// affairs office. The period for a statement or an appeal runs from the next working day.
#[utoipa::path(post, path = "/v1/violations/{id}/delivery",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = DeliveryIn, responses((status = 200, description = "Delivered", body = Violation)))]
pub async fn record_violation_delivery(ctx: Ctx, id: PathId, body: Body<DeliveryIn>) -> Response {
    ctx.act(body, move |tx, body| actions::record_violation_delivery(tx, id.0, body)).await
}

/// Submit a statement on a violation
///
/// Submits the company's statement (陈述申辩): once, and no later than the last day of the period. It never leads to a more
/// severe consequence. After an urgent confirmation the company may still submit one.
#[utoipa::path(post, path = "/v1/violations/{id}/statement",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = StatementIn, responses((status = 200, description = "Submitted", body = Violation)))]
pub async fn submit_violation_statement(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_violation_statement(tx, id.0, body)).await
}

/// Answer a statement on a violation
///
/// Answers the company's statement. For the lead office or the social affairs office. Unless urgent, the confirmation
/// is possible only after this answer.
#[utoipa::path(post, path = "/v1/violations/{id}/statement-answer",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ReasonsIn, responses((status = 200, description = "Answered", body = Violation)))]
pub async fn answer_violation_statement(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::answer_violation_statement(tx, id.0, body)).await
}

/// Confirm a violation
///
/// Confirms a notified violation (认定). For the lead office or the social affairs office, and under the two-person rule
/// never for a person who found or reported it. The statement period must have ended and a statement must be answered,
/// unless you give an `urgent_reason`. The resulting measures and referrals are created in the same transaction.
#[utoipa::path(post, path = "/v1/violations/{id}/confirmation",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ConfirmationIn, responses((status = 200, description = "Confirmed", body = Violation)))]
pub async fn confirm_violation(ctx: Ctx, id: PathId, body: Body<ConfirmationIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::confirm_violation(tx, id.0, body)).await
}

/// Dismiss a violation
///
/// Dismisses a reported or notified violation because the facts are not proven or are no violation. For the lead office
/// or the social affairs office.
#[utoipa::path(post, path = "/v1/violations/{id}/dismissal",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ReasonsIn, responses((status = 200, description = "Dismissed", body = Violation)))]
pub async fn dismiss_violation(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::dismiss_violation(tx, id.0, body)).await
}

/// Appeal against a confirmation
///
/// Submits the company's appeal (申诉) against a confirmed violation. The appeal period starts with the delivery of the
/// confirmation (default 15 working days). Irreversible measures wait for the appeal decision.
#[utoipa::path(post, path = "/v1/violations/{id}/appeal",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = StatementIn, responses((status = 200, description = "Appealed", body = Violation)))]
pub async fn appeal_violation(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| review::appeal_violation(tx, id.0, body)).await
}

/// Decide an appeal
///
/// Upholds or revokes a confirmation under appeal. For the county authority, and never for the person who confirmed the
/// violation. A revocation cancels the open measures that have no other ground.
#[utoipa::path(post, path = "/v1/violations/{id}/appeal-decision",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = AppealDecisionIn, responses((status = 200, description = "Decided", body = Violation)))]
pub async fn decide_violation_appeal(ctx: Ctx, id: PathId, body: Body<AppealDecisionIn>) -> Response {
    ctx.act(body, move |tx, body| review::decide_violation_appeal(tx, id.0, body)).await
}

/// Revoke a confirmed violation
///
/// Revokes a confirmation without an appeal. For a role above the one that confirmed it, and another person. Open
/// measures without another ground are cancelled; for completed ones a reversal task is created.
#[utoipa::path(post, path = "/v1/violations/{id}/revocation",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ReasonsIn, responses((status = 200, description = "Revoked", body = Violation)))]
pub async fn revoke_violation(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| review::revoke_violation(tx, id.0, body)).await
}
