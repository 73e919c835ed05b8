//! Approving, rejecting, completing and cancelling a measure.

use serde_json::json;

use super::actions::rule_of;
use super::model::*;
use super::rules::DueProcessState;
use super::view::Measure;
use super::{reconciliation, rules, store, suspension};
use crate::access::{Actor, Scope};
use crate::contracts;
use crate::contracts::input::TerminationIn;
use crate::db::{Id, WorkResult};
use crate::due_process::{Proceeding, advance};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::policy;
use crate::policy::model::MeasureKind;
use crate::proceedings::model::{ReasonsIn, Step};
use crate::proceedings::port::{NewListing, after};
use crate::service::{Body, Tx};
use crate::standing::model::MeasureState;

fn require_another_person(tx: &mut Tx, row: &MeasureRow) -> WorkResult<()> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let rule = policies.governing(ctx.today).document().process.two_person_rule;
    let notifier = row.proceedings.0.notification.as_ref().map(|notice| &notice.by);
    Ok(rules::require_another_person(rule, &ctx.caller, notifier)?)
}

fn require_due_process(tx: &mut Tx, row: &MeasureRow) -> WorkResult<()> {
    let steps = &row.proceedings.0;
    let heard = DueProcessState {
        notified: row.notified,
        stands: row.grounds_in_notice(&store::all_grounds_of_one(tx.conn, row.id)?),
        last_day: row.hearing_request_due_on,
        hearing_requested: steps.hearing_request.is_some(),
        hearing_held: steps.hearing.is_some(),
        statement_made: steps.statement.is_some(),
        statement_answered: steps.statement_answer.is_some(),
    };
    Ok(rules::require_due_process(&heard, tx.ctx.today)?)
}

/// The legal basis in the policy in force today, or else the one recorded with the measure.
fn legal_basis(tx: &mut Tx, row: &MeasureRow, kind: MeasureKind) -> WorkResult<Option<String>> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    let now = policies.governing(tx.ctx.today).measure(kind).and_then(|rule| rule.legal_basis.clone());
    Ok(now.or_else(|| row.legal_basis.clone()))
}

pub fn approve_measure(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_decide(&ctx.caller, row.approver_role)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    require_another_person(tx, &row)?;
    let (kind, rule) = (row.kind, rule_of(tx, &row)?);
    if rule.requires_legal_basis {
        row.legal_basis = legal_basis(tx, &row, kind)?;
        rules::require_legal_basis(kind, row.legal_basis.as_deref())?;
    }
    rules::require_still_due(reconciliation::withdrawal_of(tx, &row)?)?;
    if rule.adverse {
        require_due_process(tx, &row)?;
    }
    if rule.needs_final_grounds() {
        suspension::require_final_grounds(tx, &row)?;
    }
    row.proceedings.0.approval = Some(Step::new(ctx, input.clone()));
    row.state = MeasureState::Approved;
    if kind.is_listing() {
        // The approval itself puts the company on the list, so nothing is left to complete.
        let entry = NewListing {
            measure: row.id,
            legal_basis: row.legal_basis.as_deref(),
            months: rule.listing_months.unwrap_or(12),
            reason: &input.reasons,
        };
        after(tx).company_listed(tx, &entry)?;
        row.state = MeasureState::Done;
    }
    if let (MeasureKind::Removal, Some(complex)) = (kind, row.complex_id) {
        after(tx).removal_approved(tx, row.id, complex, row.company_id)?;
    }
    advance(tx, row, "measure.approved", json!({}), input)
}

pub fn reject_measure(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_decide(&ctx.caller, row.approver_role)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    row.proceedings.0.rejection = Some(Step::new(ctx, input.clone()));
    row.state = MeasureState::Rejected;
    advance(tx, row, "measure.rejected", json!({}), input)
}

/// The termination of the contract that the completion of a removal names.
fn termination(input: &CompletionIn) -> Option<TerminationIn> {
    Some(TerminationIn {
        ground: input.removal_ground?,
        notice_given_on: input.notice_given_on,
        last_day: input.completed_on,
        reasons: input.outcome.clone(),
        evidence: input.evidence.clone(),
    })
}

pub fn complete_measure(tx: &mut Tx, id: Id, body: &Body<CompletionIn>) -> WorkResult<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    row.may_handle(&ctx.caller)?;
    let kind = row.kind;
    let removal = row.complex_id.filter(|_| kind == MeasureKind::Removal);
    let input = tx.checked(body, |conn, input, faults| {
        rules::check_completion(kind, ctx.state.clock.day_of(row.created_at), ctx.today, input, faults);
        if let Some((complex, termination)) = removal.zip(termination(input)) {
            contracts::check_removal(conn, ctx, complex, row.company_id, &termination, faults)?;
        }
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Approved])?;
    let rule = rule_of(tx, &row)?;
    suspension::require_in_effect(tx, &row, &rule)?;
    files::attach_evidence(tx, OwnerKind::Measure, row.id, &input.evidence)?;
    if let Some((complex, termination)) = removal.zip(termination(input)) {
        contracts::end_by_removal(tx, complex, row.company_id, &termination)?;
    }
    let CompletionIn { completed_on, outcome, evidence, removal_ground, notice_given_on: _ } = input.clone();
    let in_time = completed_on <= row.due_on;
    if kind == MeasureKind::RectificationOrder && in_time {
        rectified(tx, &row, completed_on)?;
    }
    if let (MeasureKind::Reversal, Some(reversed)) = (kind, row.reverses) {
        after(tx).reversal_done(tx, reversed, row.company_id, &outcome)?;
    }
    row.proceedings.0.completion = Some(Completion {
        completed_on,
        outcome,
        evidence,
        removal_ground,
        in_time,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    row.state = MeasureState::Done;
    advance(tx, row, "measure.done", json!({ "completed_on": completed_on, "in_time": in_time }), input)
}

/// Completes the removal that asked for the termination of a contract, once the contract has ended. While an appeal
/// suspends the removal, it stays approved and is completed after the appeal decision.
pub fn removal_carried_out(tx: &mut Tx, id: Id, termination: &TerminationIn) -> WorkResult<()> {
    let ctx = tx.ctx;
    let system = Scope::System("a terminated contract completes the removal, regardless of the caller");
    let mut row = store::find_for_update(tx.conn, &system, id)?;
    let rule = rule_of(tx, &row)?;
    if row.state != MeasureState::Approved || suspension::require_in_effect(tx, &row, &rule).is_err() {
        return Ok(());
    }
    let in_time = ctx.today <= row.due_on;
    row.proceedings.0.completion = Some(Completion {
        completed_on: ctx.today,
        outcome: termination.reasons.clone(),
        evidence: files::copy_evidence(tx, &termination.evidence, OwnerKind::Measure, row.id)?,
        removal_ground: Some(termination.ground),
        in_time,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    row.state = MeasureState::Done;
    let step = json!({ "completed_on": ctx.today, "in_time": in_time, "last_day": termination.last_day });
    advance(tx, row, "measure.done", step, termination).map(drop)
}

/// Marks the violation as rectified in time; the policy may restore points for it.
fn rectified(tx: &mut Tx, row: &MeasureRow, day: chrono::NaiveDate) -> WorkResult<()> {
    let Some(violation) = row.violation_id else { return Ok(()) };
    crate::violations::record_rectification(tx, violation, day)
}

pub fn cancel_measure(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    row.may_handle(&ctx.caller)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed, MeasureState::Approved])?;
    row.proceedings.0.cancellation = Some(Cancellation {
        reason_zh: input.reasons.clone(),
        reason_en: "Cancelled by an office. Its reasons are in `reason_zh`.".to_owned(),
        revoked: Vec::new(),
        at: ctx.now,
        by: Some(Actor::of(&ctx.caller)),
    });
    row.state = MeasureState::Cancelled;
    row.suspended_on = None;
    reconciliation::on_withdrawn(tx, &row)?;
    advance(tx, row, "measure.cancelled", json!({}), input)
}
