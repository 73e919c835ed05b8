//! Appeal, appeal decision, and revocation by a higher office.

use serde_json::json;

use super::model::*;
use super::view::Violation;
use super::{rules, store};
use crate::access::Actor;
use crate::db::{Id, WorkResult};
use crate::due_process::{Proceeding, advance, open_by_answering};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::proceedings::model::{ReasonsIn, Statement, StatementIn, Step};
use crate::proceedings::port::{Case, after};
use crate::proceedings::rules::require_before;
use crate::service::{Body, Tx};

pub fn appeal_violation(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    row.may_make_statement()?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Confirmed])?;
    open_by_answering(tx, &mut row)?;
    require_before(ctx.today, row.appeal_due_on)?;
    files::attach_evidence(tx, OwnerKind::Violation, row.id, &input.evidence)?;
    row.proceedings.0.appeal = Some(Statement::new(ctx, input.clone()));
    row.state = ViolationState::Appealed;
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.appealed", json!({}), input)?;
    after(tx).violation_decided(tx, &Case { violation: id, company, county: &county })?;
    Ok(entity)
}

pub fn decide_violation_appeal(tx: &mut Tx, id: Id, body: &Body<AppealDecisionIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_decide_appeal(&ctx.caller, row.confirmed_by())?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Appealed])?;
    let AppealDecisionIn { outcome, reasons } = input.clone();
    let same_body = row.confirmed_by().is_some_and(|by| by.role == ctx.caller.role);
    row.proceedings.0.appeal_decision =
        Some(AppealDecision { outcome, reasons, same_body, at: ctx.now, by: Actor::of(&ctx.caller) });
    match outcome {
        AppealOutcome::Upheld => row.state = ViolationState::Upheld,
        AppealOutcome::Revoked => {
            row.state = ViolationState::Revoked;
            row.revoked_on = Some(ctx.today);
            after(tx).violation_revoking(tx, row.id)?;
        }
    }
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.appeal_decided", json!({ "outcome": outcome }), input)?;
    let case = Case { violation: id, company, county: &county };
    match outcome {
        AppealOutcome::Upheld => after(tx).violation_decided(tx, &case)?,
        AppealOutcome::Revoked => after(tx).violation_revoked(tx, &case)?,
    }
    Ok(entity)
}

pub fn revoke_violation(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_revoke(&ctx.caller, row.confirmed_by())?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&ViolationState::STANDING)?;
    row.proceedings.0.revocation = Some(Step::new(ctx, input.clone()));
    row.state = ViolationState::Revoked;
    row.revoked_on = Some(ctx.today);
    after(tx).violation_revoking(tx, row.id)?;
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.revoked", json!({}), input)?;
    after(tx).violation_revoked(tx, &Case { violation: id, company, county: &county })?;
    Ok(entity)
}
