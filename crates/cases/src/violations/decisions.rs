//! Confirming and dismissing a violation.

use serde_json::json;

use super::due_process::process_rules;
use super::model::*;
use super::report::add_audience;
use super::rules::{self, DueProcessState};
use super::store;
use super::view::Violation;
use crate::access::Actor;
use crate::db::{Id, WorkResult};
use crate::due_process::{Proceeding, advance};
use crate::http::Entity;
use crate::policy;
use crate::proceedings::model::{ReasonsIn, Step};
use crate::proceedings::port::{Case, after};
use crate::service::{Body, Tx};

/// Checks due process, records the confirmation, and then triggers its consequences in the same transaction.
pub fn confirm_violation(tx: &mut Tx, id: Id, body: &Body<ConfirmationIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    row.may_handle(&ctx.caller)?;
    let process = process_rules(tx, &row)?;
    let found = row.report.0.found_by.iter().any(|by| ctx.caller.is(by));
    let reported = ctx.caller.is_person(&row.reporter_iss, &row.reporter_sub);
    rules::may_confirm(process.two_person_rule, found || reported)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Notified])?;
    let steps = &row.proceedings.0;
    let heard = DueProcessState {
        last_day: row.statement_due_on,
        made: steps.statement.is_some(),
        answered: steps.statement_answer.is_some(),
    };
    rules::require_due_process(&heard, input.urgent_reason.is_some(), ctx.today)?;
    let ConfirmationIn { reasons, urgent_reason } = input.clone();
    let urgent = urgent_reason.is_some();
    row.proceedings.0.confirmation = Some(Confirmation {
        reasons,
        urgent_reason,
        policy_version: row.policy_version,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    row.state = ViolationState::Confirmed;
    row.decided_on = Some(ctx.today);
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let referred = policies.get(row.policy_version).and_then(|v| v.act(&row.act)).map(|act| act.refer_to.clone());
    for role in referred.unwrap_or_default() {
        add_audience(tx.conn, role, &row)?;
    }
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.confirmed", json!({ "urgent": urgent }), input)?;
    after(tx).violation_decided(tx, &Case { violation: id, company, county: &county })?;
    Ok(entity)
}

pub fn dismiss_violation(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    row.may_handle(&ctx.caller)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Reported, ViolationState::Notified])?;
    row.proceedings.0.dismissal = Some(Step::new(ctx, input.clone()));
    row.state = ViolationState::Dismissed;
    after(tx).violation_dismissed(tx, row.id)?;
    advance(tx, row, "violation.dismissed", json!({}), input)
}
