//! Notice, delivery, statement and its answer.

use chrono::NaiveDate;
use serde_json::json;

use super::model::*;
use super::store;
use super::view::{Violation, view};
use crate::access::{Role, Scope};
use crate::calendar;
use crate::companies;
use crate::db::{Id, Work};
use crate::http::{Body, Ctx, Entity, Tx};
use crate::ledger::{self, Audience, Event};
use crate::policy;
use crate::policy::model::ProcessRules;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{
    Delivery, DeliveryIn, Notification, NotificationIn, ReasonsIn, Statement, StatementIn, Step,
};
use crate::proceedings::rules::{check_delivery_day, require_before};

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
    let policies = policy::current(tx.conn, &tx.ctx.state.policies)?;
    let version = policies.get(row.policy_version).unwrap_or_else(|| policies.governing(row.found_on));
    Ok(version.document().process.clone())
}

/// Saves a step of a case, records it, and shows the case.
pub fn advance(
    tx: &mut Tx,
    mut row: ViolationRow,
    kind: &'static str,
    data: serde_json::Value,
) -> Work<Entity<Violation>> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, &row)?;
    let event = Event::new(kind, "violation", row.id)
        .at(row.place())
        .company(row.company_id)
        .audience(if row.notified { Audience::Parties } else { Audience::Offices })
        .policy(row.policy_version)
        .data(json!({
            "act": row.act, "clause": row.clause, "complex_id": row.complex_id, "found_on": row.found_on,
            "lead_role": row.lead_role, "state": row.state, "version": row.version, "decided_on": row.decided_on,
            "revoked_on": row.revoked_on, "rectified_on": row.rectified_on, "step": data,
        }));
    ledger::append(tx, event)?;
    let (id, version) = (row.id, row.version);
    let view = view(tx.conn, tx.ctx, row)?;
    Ok(Entity::new(id, version, view))
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
        store::add_audience(tx.conn, Role::PropertyCompany, &uscc, row.id)?;
    }
    row.state = ViolationState::Notified.code().to_owned();
    advance(tx, row, "violation.notified", json!({}))
}

/// The clock of the statement starts when the notice is delivered.
fn deliver(tx: &mut Tx, row: &mut ViolationRow, delivery: Delivery) -> Work<()> {
    let days = process_rules(tx, row)?.statement_working_days;
    let calendar = calendar::work_calendar(tx.conn)?;
    row.statement_due_on = Some(calendar.add_working_days(delivery.delivered_on, days));
    row.proceedings.0.delivery = Some(delivery);
    Ok(())
}

/// Opening a notice with the company's token is its delivery.
pub fn awaits_opening(ctx: &Ctx, row: &ViolationRow) -> bool {
    ctx.caller.role == Role::PropertyCompany
        && row.company_id.is_some()
        && row.state == ViolationState::Notified.code()
        && row.proceedings.0.delivery.is_none()
}

pub fn open_notice(tx: &mut Tx, id: Id) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    if !awaits_opening(ctx, &row) {
        let (id, version) = (row.id, row.version);
        return Ok(Entity::new(id, version, view(tx.conn, ctx, row)?));
    }
    deliver(tx, &mut row, Delivery::opened(ctx))?;
    let step = json!({ "method": "opened", "statement_due_on": row.statement_due_on });
    advance(tx, row, "violation.notice_delivered", step)
}

pub fn record_violation_delivery(tx: &mut Tx, id: Id, body: &Body<DeliveryIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_case_office(ctx, &row)?;
    let notified_on = row.proceedings.0.notification.as_ref().map(|n| ctx.state.clock.day_of(n.at));
    let input = tx.checked(body, |_, input, faults| {
        check_delivery_day(ctx.today, input.delivered_on, notified_on, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Notified])?;
    if row.proceedings.0.delivery.is_some() {
        return Err(Problem::new(Code::StateConflict).detail("已送达", "it has been delivered").into());
    }
    let delivered_on = input.delivered_on;
    deliver(tx, &mut row, Delivery::recorded(ctx, input.clone()))?;
    let step = json!({ "method": "recorded", "delivered_on": delivered_on, "statement_due_on": row.statement_due_on });
    advance(tx, row, "violation.notice_delivered", step)
}

pub fn submit_violation_statement(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_own_case(&row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Notified])?;
    if row.proceedings.0.statement.is_some() {
        return Err(Problem::new(Code::StateConflict).detail("已提交陈述申辩", "a statement was made").into());
    }
    if row.proceedings.0.delivery.is_none() {
        deliver(tx, &mut row, Delivery::opened(ctx))?;
    }
    require_before(ctx.today, row.statement_due_on)?;
    row.proceedings.0.statement = Some(Statement::new(ctx, input.clone()));
    advance(tx, row, "violation.statement_submitted", json!({}))
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
    row.require_state(&[ViolationState::Notified])?;
    if row.proceedings.0.statement.is_none() || row.proceedings.0.statement_answer.is_some() {
        return Err(Problem::new(Code::StateConflict)
            .detail("没有待答复的陈述申辩", "there is no statement to answer")
            .into());
    }
    row.proceedings.0.statement_answer = Some(Step::new(ctx, input.clone()));
    advance(tx, row, "violation.statement_answered", json!({}))
}

/// The rectification order of a violation was fulfilled in time; by the policy that restores points.
pub fn record_rectification(tx: &mut Tx, id: Id, day: NaiveDate) -> Work<()> {
    let system = Scope::System("a rectification belongs to its violation");
    let mut row = store::find(tx.conn, &system, id)?;
    row.rectified_on = Some(day);
    advance(tx, row, "violation.rectified", json!({}))?;
    Ok(())
}
