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
/// Of your territory, newest day of finding first. A company sees its own from the notice on, and what it reported
/// itself; a police station or partner what it leads or was referred.
#[utoipa::path(get, path = "/v1/violations",
    tag = "violations", params(ListViolations), responses((status = 200, description = "A page", body = PageOf<Violation>)))]
pub async fn list_violations(ctx: Ctx) -> Response {
    let query: ListViolations = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Report a violation
///
/// One act, one subject, one place, one day. The act is governed by the policy in force on the day it was found. The same
/// fact under an overlapping act is refused, unless `distinct_fact_reason` says why it is another.
#[utoipa::path(post, path = "/v1/violations",
    tag = "violations", request_body = ViolationIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_violation(ctx: Ctx, body: Body<ViolationIn>) -> Response {
    ctx.act(body, report::report_violation).await
}

/// Get a violation
///
/// With a company's token this opens its notice, and later its decision: the first opening is the delivery, and the period
/// for a statement or an appeal begins.
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
/// Facts, grounds and intended consequence. The company sees the case from now on; its period for a statement starts with
/// the delivery.
#[utoipa::path(post, path = "/v1/violations/{id}/notification",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = NoticeIn, responses((status = 200, description = "Notified", body = Violation)))]
pub async fn notify_violation(ctx: Ctx, id: PathId, body: Body<NoticeIn>) -> Response {
    ctx.act(body, move |tx, body| actions::notify_violation(tx, id.0, body)).await
}

/// Record the delivery of a notice or a decision
///
/// For a company that does not open its notice or its decision. The period for a statement or an appeal starts on the next
/// working day.
#[utoipa::path(post, path = "/v1/violations/{id}/delivery",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = DeliveryIn, responses((status = 200, description = "Delivered", body = Violation)))]
pub async fn record_violation_delivery(ctx: Ctx, id: PathId, body: Body<DeliveryIn>) -> Response {
    ctx.act(body, move |tx, body| actions::record_violation_delivery(tx, id.0, body)).await
}

/// Make a statement
///
/// The company's statement (陈述申辩), once, until the last day of the period. It never makes the consequence worse.
#[utoipa::path(post, path = "/v1/violations/{id}/statement",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = StatementIn, responses((status = 200, description = "Submitted", body = Violation)))]
pub async fn submit_violation_statement(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_violation_statement(tx, id.0, body)).await
}

/// Answer a statement
///
/// A confirmation waits for it.
#[utoipa::path(post, path = "/v1/violations/{id}/statement-answer",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ReasonsIn, responses((status = 200, description = "Answered", body = Violation)))]
pub async fn answer_violation_statement(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| actions::answer_violation_statement(tx, id.0, body)).await
}

/// Confirm a violation
///
/// By the office that leads the act or the social affairs office, and never by whoever reported it; after the statement
/// period, unless urgent with a reason. What follows (measures, referrals) is put on file in the same transaction.
#[utoipa::path(post, path = "/v1/violations/{id}/confirmation",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ConfirmationIn, responses((status = 200, description = "Confirmed", body = Violation)))]
pub async fn confirm_violation(ctx: Ctx, id: PathId, body: Body<ConfirmationIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::confirm_violation(tx, id.0, body)).await
}

/// Dismiss a violation
///
/// The facts do not hold, or are no violation.
#[utoipa::path(post, path = "/v1/violations/{id}/dismissal",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ReasonsIn, responses((status = 200, description = "Dismissed", body = Violation)))]
pub async fn dismiss_violation(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| decisions::dismiss_violation(tx, id.0, body)).await
}

/// Appeal
///
/// Within the period that starts with the delivery of the confirmation (default 15 working days). Measures that cannot be undone wait for it.
#[utoipa::path(post, path = "/v1/violations/{id}/appeal",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = StatementIn, responses((status = 200, description = "Appealed", body = Violation)))]
pub async fn appeal_violation(ctx: Ctx, id: PathId, body: Body<StatementIn>) -> Response {
    ctx.act(body, move |tx, body| review::appeal_violation(tx, id.0, body)).await
}

/// Decide an appeal
///
/// By the county authority, which is above every office that confirms, and by another person; never by the leader of the
/// township whose office confirmed. A revocation cancels what rested on the violation alone.
#[utoipa::path(post, path = "/v1/violations/{id}/appeal-decision",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = AppealDecisionIn, responses((status = 200, description = "Decided", body = Violation)))]
pub async fn decide_violation_appeal(ctx: Ctx, id: PathId, body: Body<AppealDecisionIn>) -> Response {
    ctx.act(body, move |tx, body| review::decide_violation_appeal(tx, id.0, body)).await
}

/// Revoke a confirmed violation
///
/// By a role above the one that confirmed, of its own motion. Open measures with no ground left are cancelled, done ones become
/// a task to reverse.
#[utoipa::path(post, path = "/v1/violations/{id}/revocation",
    tag = "violations", params(("id" = crate::db::Id, Path, description = "Id of the violation")),
    request_body = ReasonsIn, responses((status = 200, description = "Revoked", body = Violation)))]
pub async fn revoke_violation(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| review::revoke_violation(tx, id.0, body)).await
}
