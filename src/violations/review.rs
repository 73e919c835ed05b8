//! Appeal, its decision, and revocation by a higher office.

use serde_json::json;

use super::actions::{advance, open_by_answering, require_own_case};
use super::model::*;
use super::store;
use super::view::Violation;
use crate::access::{Actor, Role};
use crate::db::{Fail, Id, Work};
use crate::documents::{self, model::DocumentSubject};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::measures;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{ReasonsIn, Statement, StatementIn, Step};
use crate::proceedings::rules::require_before;
use crate::service::{Body, Ctx, Tx};
use crate::typical_cases;

/// Why a typical case is withdrawn that was made of a violation.
const REVOKED: &str = "认定已撤销";

/// What those read who verify a document about a violation that was revoked.
const GROUND_REVOKED: &str = "所依据的违规认定已撤销";

pub fn appeal_violation(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_own_case(&row)?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Confirmed])?;
    open_by_answering(tx, &mut row)?;
    require_before(ctx.today, row.appeal_due_on)?;
    files::attach_evidence(tx, OwnerKind::Violation, row.id, &input.evidence)?;
    row.proceedings.0.appeal = Some(Statement::new(ctx, input.clone()));
    row.state = ViolationState::Appealed.code().to_owned();
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.appealed", json!({}), input)?;
    if let Some(company) = company {
        measures::recompute(tx, company, &county)?;
    }
    Ok(entity)
}

/// An appeal goes to a body above the one that decided: to the county, and never to the leader of the township whose own
/// office decided. Above the county is nobody in this system: there another person decides, and the decision says so.
fn require_appeal_body(ctx: &Ctx, row: &ViolationRow) -> Work<()> {
    let confirmed_by = row.proceedings.0.confirmation.as_ref().map(|confirmation| &confirmation.by);
    if confirmed_by.is_some_and(|by| ctx.caller.is_person(&by.iss, &by.sub)) {
        return Err(same_person());
    }
    if ctx.caller.role == Role::CountyAuthority {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden)
        .detail(
            "申诉由作出认定的单位的上一级（县级物业主管部门）决定",
            "the body above the one that decided, the county authority, decides",
        )
        .into())
}

fn same_person() -> Fail {
    Problem::new(Code::SamePerson).detail("认定人不得复核自己的认定", "no one reviews their own decision").into()
}

/// A revocation without an appeal is for a role above the one that confirmed, and another person.
fn require_above(ctx: &Ctx, row: &ViolationRow) -> Work<()> {
    let Some(confirmation) = &row.proceedings.0.confirmation else { return Ok(()) };
    if ctx.caller.is_person(&confirmation.by.iss, &confirmation.by.sub) {
        return Err(same_person());
    }
    if ctx.caller.role.rank() <= confirmation.by.role.rank() {
        return Err(Problem::new(Code::Forbidden)
            .detail("须由认定单位的上级决定", "a role above the one that confirmed decides")
            .into());
    }
    Ok(())
}

pub fn decide_violation_appeal(tx: &mut Tx, id: Id, body: &Body<AppealDecisionIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_appeal_body(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Appealed])?;
    let AppealDecisionIn { outcome, reasons } = input.clone();
    let confirmed_by = row.proceedings.0.confirmation.as_ref().map(|confirmation| confirmation.by.role);
    let same_body = confirmed_by == Some(ctx.caller.role);
    row.proceedings.0.appeal_decision =
        Some(AppealDecision { outcome, reasons, same_body, at: ctx.now, by: Actor::of(&ctx.caller) });
    match outcome {
        AppealOutcome::Upheld => row.state = ViolationState::Upheld.code().to_owned(),
        AppealOutcome::Revoked => {
            row.state = ViolationState::Revoked.code().to_owned();
            row.revoked_on = Some(ctx.today);
            documents::withdraw_of(tx, DocumentSubject::Violation, row.id, GROUND_REVOKED)?;
        }
    }
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.appeal_decided", json!({ "outcome": outcome }), input)?;
    if outcome == AppealOutcome::Revoked {
        typical_cases::withdraw_of(tx, id, REVOKED)?;
    }
    if let Some(company) = company {
        measures::recompute(tx, company, &county)?;
    }
    Ok(entity)
}

pub fn revoke_violation(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_above(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ViolationState::Confirmed, ViolationState::Appealed, ViolationState::Upheld])?;
    row.proceedings.0.revocation = Some(Step::new(ctx, input.clone()));
    row.state = ViolationState::Revoked.code().to_owned();
    row.revoked_on = Some(ctx.today);
    documents::withdraw_of(tx, DocumentSubject::Violation, row.id, GROUND_REVOKED)?;
    let (company, county) = (row.company_id, row.county.clone());
    let entity = advance(tx, row, "violation.revoked", json!({}), input)?;
    typical_cases::withdraw_of(tx, id, REVOKED)?;
    if let Some(company) = company {
        measures::recompute(tx, company, &county)?;
    }
    Ok(entity)
}
