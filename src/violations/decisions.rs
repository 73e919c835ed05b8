//! Confirming and dismissing.

use chrono::NaiveDate;
use serde_json::json;

use super::actions::{advance, process_rules, require_case_office};
use super::model::*;
use super::report::add_audience;
use super::store;
use super::view::Violation;
use crate::access::Actor;
use crate::db::{Id, Work};
use crate::documents::{self, model::DocumentSubject};
use crate::http::Entity;
use crate::measures;
use crate::policy;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{ReasonsIn, Step};
use crate::service::{Body, Tx};

/// Confirms a violation: due process first, then the decision, then what follows from it.
pub fn confirm_violation(tx: &mut Tx, id: Id, body: &Body<ConfirmationIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_case_office(ctx, &row)?;
    let process = process_rules(tx, &row)?;
    let found = row.report.0.found_by.iter().any(|by| ctx.caller.is_person(&by.iss, &by.sub));
    if process.two_person_rule && (found || ctx.caller.is_person(&row.reporter_iss, &row.reporter_sub)) {
        return Err(Problem::new(Code::SamePerson)
            .detail("发现人、报告人不得认定", "no one confirms a violation that they found or reported")
            .into());
    }
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Notified])?;
    // Urgency shortens the time for a statement; a decision without a notice would be none (Administrative Penalty Law 45, 62).
    let last = row.statement_due_on.ok_or_else(|| Problem::new(Code::NoticeNotDelivered))?;
    if input.urgent_reason.is_none() {
        require_heard(tx, &row, last)?;
    }
    let ConfirmationIn { reasons, urgent_reason } = input.clone();
    let urgent = urgent_reason.is_some();
    row.proceedings.0.confirmation = Some(Confirmation {
        reasons,
        urgent_reason,
        policy_version: row.policy_version,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    row.state = ViolationState::Confirmed.code().to_owned();
    row.decided_on = Some(ctx.today);
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let referred = policies.get(row.policy_version).and_then(|v| v.act(&row.act)).map(|act| act.refer_to.clone());
    for role in referred.unwrap_or_default() {
        add_audience(tx.conn, role, &row)?;
    }
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.confirmed", json!({ "urgent": urgent }), input)?;
    if let Some(company) = company {
        measures::recompute(tx, company, &county)?;
    }
    Ok(entity)
}

/// The period is over, and a statement was answered.
fn require_heard(tx: &Tx, row: &ViolationRow, last: NaiveDate) -> Work<()> {
    if tx.ctx.today <= last {
        return Err(Problem::new(Code::StatementPeriodOpen)
            .detail(
                format!("陈述申辩期至 {last} 止；紧急情形须说明 urgent_reason"),
                format!("the period lasts until {last}; an urgent case gives urgent_reason"),
            )
            .into());
    }
    if row.proceedings.0.statement.is_some() && row.proceedings.0.statement_answer.is_none() {
        return Err(Problem::new(Code::StatementUnanswered).into());
    }
    Ok(())
}

pub fn dismiss_violation(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_case_office(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Reported, ViolationState::Notified])?;
    row.proceedings.0.dismissal = Some(Step::new(ctx, input.clone()));
    row.state = ViolationState::Dismissed.code().to_owned();
    documents::withdraw_of(tx, DocumentSubject::Violation, row.id, "所告知的行为未予认定")?;
    advance(tx, row, "violation.dismissed", json!({}), input)
}
