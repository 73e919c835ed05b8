//! Notice, delivery, statement and its answer.

use chrono::NaiveDate;
use serde_json::json;

use super::model::*;
use super::store;
use super::view::{Violation, view};
use crate::access::{Role, Scope};
use crate::calendar;
use crate::companies;
use crate::db::{Id, Instant, Work};
use crate::documents;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::ledger::{self, Audience, Event};
use crate::policy;
use crate::policy::model::ProcessRules;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{
    Delivery, DeliveryIn, Notification, NotificationIn, ReasonsIn, Statement, StatementIn, Step,
};
use crate::proceedings::rules::{check_delivery_day, require_before};
use crate::proceedings::said::Said;
use crate::service::{Body, Ctx, Tx};

/// Only the office that leads the act, or the social affairs office, handles a case.
pub fn require_case_office(ctx: &Ctx, row: &ViolationRow) -> Work<()> {
    let role = ctx.caller.role;
    if role == Role::SocialAffairsOffice || role.code() == row.lead_role {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden)
        .detail(
            "只有该行为的牵头单位或社会事务办公室可以办理",
            format!("only {} or the social affairs office handles this case", row.lead_role),
        )
        .into())
}

/// The periods of the policy that governs a case.
pub fn process_rules(tx: &mut Tx, row: &ViolationRow) -> Work<ProcessRules> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    let version = policies.get(row.policy_version).unwrap_or_else(|| policies.governing(row.found_on));
    Ok(version.document().process.clone())
}

/// Saves a step of a case, records it, and shows the case.
pub fn advance(
    tx: &mut Tx,
    mut row: ViolationRow,
    kind: &'static str,
    step: serde_json::Value,
    said: &dyn Said,
) -> Work<Entity<Violation>> {
    record(tx, &mut row, kind, step, said)?;
    shown(tx, row)
}

/// Saves a step of a case and records it.
pub(super) fn record(
    tx: &mut Tx,
    row: &mut ViolationRow,
    kind: &'static str,
    step: serde_json::Value,
    said: &dyn Said,
) -> Work<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, row)?;
    let lead = row.lead_role()?;
    let event = Event::new(kind, "violation", row.id)
        .at(row.place())
        .company(row.company_id)
        .complex(row.complex_id)
        .addressed(lead, lead.area_of(&row.county, &row.township))
        .audience(if row.notified { Audience::Parties } else { Audience::Offices })
        .policy(row.policy_version)
        .data(json!({
            "act": row.act, "clause": row.clause, "complex_id": row.complex_id, "found_on": row.found_on,
            "lead_role": row.lead_role, "state": row.state, "version": row.version, "decided_on": row.decided_on,
            "revoked_on": row.revoked_on, "rectified_on": row.rectified_on, "step": step,
        }))
        .said(said.texts());
    ledger::append(tx, event)?;
    Ok(())
}

pub fn notify_violation(tx: &mut Tx, id: Id, body: &Body<NotificationIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_case_office(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Reported])?;
    row.proceedings.0.notification = Some(Notification::new(ctx, input.clone()));
    row.notified = true;
    for uscc in companies::speakers_of(tx.conn, row.company_id)? {
        store::add_audience(tx.conn, Role::PropertyCompany, &uscc, row.id, row.found_on)?;
    }
    row.state = ViolationState::Notified.code().to_owned();
    advance(tx, row, "violation.notified", json!({}), input)
}

/// Periods start when what they answer is delivered: the statement's with the notice, the appeal's with the decision.
fn deliver(tx: &mut Tx, row: &mut ViolationRow, delivery: Delivery, said: &dyn Said) -> Work<()> {
    documents::mark_served(tx, row.id)?;
    let process = process_rules(tx, row)?;
    let calendar = calendar::work_calendar(tx.conn, &row.county)?;
    let last_day = |days| Some(calendar.add_working_days(delivery.delivered_on, days));
    let (method, delivered_on) = (delivery.method, delivery.delivered_on);
    let kind = if row.state == ViolationState::Confirmed.code() {
        row.appeal_due_on = last_day(process.appeal_working_days);
        row.proceedings.0.decision_delivery = Some(delivery);
        "violation.decision_delivered"
    } else {
        row.statement_due_on = last_day(process.statement_working_days);
        row.proceedings.0.delivery = Some(delivery);
        "violation.notice_delivered"
    };
    let step = json!({
        "method": method, "delivered_on": delivered_on, "statement_due_on": row.statement_due_on,
        "appeal_due_on": row.appeal_due_on,
    });
    record(tx, row, kind, step, said)
}

/// Whoever answers what was sent has opened it.
pub fn open_by_answering(tx: &mut Tx, row: &mut ViolationRow) -> Work<()> {
    if !is_undelivered(row) {
        return Ok(());
    }
    deliver(tx, row, Delivery::opened(tx.ctx), &())
}

/// When was what now waits for delivery issued?
fn undelivered_since(row: &ViolationRow) -> Option<Instant> {
    let steps = &row.proceedings.0;
    match ViolationState::from_code(&row.state) {
        Some(ViolationState::Notified) if steps.delivery.is_none() => steps.notification.as_ref().map(|n| n.at),
        Some(ViolationState::Confirmed) if steps.decision_delivery.is_none() => {
            steps.confirmation.as_ref().map(|c| c.at)
        }
        _ => None,
    }
}

/// What the company was sent waits to be opened, or to be delivered.
pub fn is_undelivered(row: &ViolationRow) -> bool {
    undelivered_since(row).is_some()
}

/// What was sent to the company has not been served: it sees that there is something, and nothing of it, and the committee of
/// the complex does not read it before the company does.
pub fn is_unopened(ctx: &Ctx, row: &ViolationRow) -> bool {
    let waits = matches!(ctx.caller.role, Role::PropertyCompany | Role::ComplexCommittee);
    waits && row.company_id.is_some() && is_undelivered(row)
}

/// Opening a notice or a decision with the company's token is its delivery.
pub fn awaits_opening(ctx: &Ctx, row: &ViolationRow) -> bool {
    ctx.opens && ctx.caller.role == Role::PropertyCompany && is_unopened(ctx, row)
}

pub fn open_notice(tx: &mut Tx, id: Id) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    if awaits_opening(ctx, &row) {
        open_by_answering(tx, &mut row)?;
    }
    shown(tx, row)
}

fn shown(tx: &mut Tx, row: ViolationRow) -> Work<Entity<Violation>> {
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(tx.conn, tx.ctx, row)?))
}

pub fn record_violation_delivery(tx: &mut Tx, id: Id, body: &Body<DeliveryIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_case_office(ctx, &row)?;
    let issued_on = undelivered_since(&row).map(|at| ctx.state.clock.day_of(at));
    let input = tx.checked(body, |_, input, faults| {
        check_delivery_day(ctx.today, input.delivered_on, issued_on, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Notified, ViolationState::Confirmed])?;
    if issued_on.is_none() {
        return Err(Problem::new(Code::StateConflict).detail("已送达", "it has been delivered").into());
    }
    deliver(tx, &mut row, Delivery::recorded(ctx, input.clone()), input)?;
    shown(tx, row)
}

pub fn submit_violation_statement(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_own_case(&row)?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    require_hearing_open(&row)?;
    if row.proceedings.0.statement.is_some() {
        return Err(Problem::new(Code::StateConflict).detail("已提交陈述申辩", "a statement was made").into());
    }
    open_by_answering(tx, &mut row)?;
    require_before(ctx.today, row.statement_due_on)?;
    files::attach_evidence(tx, OwnerKind::Violation, row.id, &input.evidence)?;
    row.proceedings.0.statement = Some(Statement::new(ctx, input.clone()));
    advance(tx, row, "violation.statement_submitted", json!({}), input)
}

/// Until the decision; after an urgent one that did not wait for the end of the period, too: the company is heard all the same.
fn require_hearing_open(row: &ViolationRow) -> Work<()> {
    let confirmation = row.proceedings.0.confirmation.as_ref();
    if row.state == ViolationState::Confirmed.code() && confirmation.is_some_and(|one| one.urgent_reason.is_some()) {
        return Ok(());
    }
    row.require_state(&[ViolationState::Notified])
}

/// A company answers for itself; what it reported of others is not its case.
pub fn require_own_case(row: &ViolationRow) -> Work<()> {
    if row.company_id.is_some() {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail("不是针对贵企业的案件", "this case is not against your company").into())
}

pub fn answer_violation_statement(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_case_office(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    require_hearing_open(&row)?;
    if row.proceedings.0.statement.is_none() || row.proceedings.0.statement_answer.is_some() {
        return Err(Problem::new(Code::StateConflict)
            .detail("没有待答复的陈述申辩", "there is no statement to answer")
            .into());
    }
    row.proceedings.0.statement_answer = Some(Step::new(ctx, input.clone()));
    advance(tx, row, "violation.statement_answered", json!({}), input)
}

/// The rectification order of a violation was fulfilled in time; by the policy that restores points.
pub fn record_rectification(tx: &mut Tx, id: Id, day: NaiveDate) -> Work<()> {
    let system = Scope::System("a rectification belongs to its violation");
    let mut row = store::find(tx.conn, &system, id)?;
    row.rectified_on = Some(day);
    advance(tx, row, "violation.rectified", json!({}), &())?;
    Ok(())
}
