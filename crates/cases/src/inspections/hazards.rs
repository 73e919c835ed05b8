//! Steps of a hazard after it was found: rectification by the company, re-check, extension and closing by an office.

use serde_json::json;

use super::hazard_store;
use super::hazard_view::{self, Hazard};
use super::input::*;
use super::model::*;
use super::rules::{self, Step};
use crate::access::Actor;
use crate::complexes;
use crate::db::{Id, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::ledger::{self, Audience, Event};
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::service::{Body, Tx};

pub fn rectify_hazard(tx: &mut Tx, id: Id, body: &Body<HazardRectificationIn>) -> WorkResult<Entity<Hazard>> {
    let ctx = tx.ctx;
    let mut row = hazard_store::find_for_update(tx.conn, &ctx.scope, id)?;
    let serving = complexes::services_in_force(tx.conn, &ctx.scope, &[row.complex_id], ctx.today)?;
    let company_id = rules::may_rectify(serving.get(&row.complex_id).map(|service| service.company_id))?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    rules::require_state(row.state, &[HazardState::Open])?;
    files::attach_evidence(tx, OwnerKind::Hazard, row.id, &input.evidence)?;
    row.missed |= rules::misses(row.state, row.due_on, ctx.today, Step::Rectification);
    row.state = HazardState::Rectified;
    row.rectified_on = Some(ctx.today);
    row.steps.0.push(HazardStep::Rectification {
        text: input.text.clone(),
        evidence: input.evidence.clone(),
        company_id,
        on: ctx.today,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    advance(tx, row, "hazard.rectified", input.texts())
}

pub fn recheck_hazard(tx: &mut Tx, id: Id, body: &Body<HazardRecheckIn>) -> WorkResult<Entity<Hazard>> {
    let ctx = tx.ctx;
    let mut row = hazard_store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_follow_up(&ctx.caller, (row.role, &row.division))?;
    let input = tx.checked(body, |conn, input, faults| {
        rules::check_recheck(ctx.today, input, faults);
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    // An office may re-check a hazard before the company reports its rectification.
    rules::require_state(row.state, &[HazardState::Open, HazardState::Rectified])?;
    files::attach_evidence(tx, OwnerKind::Hazard, row.id, &input.evidence)?;
    row.missed |= rules::misses(row.state, row.due_on, ctx.today, Step::Recheck(input.outcome));
    let kind = match input.outcome {
        RecheckOutcome::Closed => {
            row.state = HazardState::Closed;
            row.rectified_on = row.rectified_on.or(Some(ctx.today));
            row.closed_on = Some(ctx.today);
            "hazard.closed"
        }
        RecheckOutcome::NotRectified => {
            row.state = HazardState::Open;
            row.rectified_on = None;
            row.due_on = input.due_on.unwrap_or(row.due_on);
            "hazard.not_rectified"
        }
    };
    if let Some(severity) = input.severity {
        row.severity = severity;
    }
    row.steps.0.push(HazardStep::Recheck {
        outcome: input.outcome,
        text: input.reasons.clone(),
        evidence: input.evidence.clone(),
        due_on: input.due_on,
        on: ctx.today,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    advance(tx, row, kind, input.texts())
}

pub fn extend_hazard(tx: &mut Tx, id: Id, body: &Body<HazardExtensionIn>) -> WorkResult<Entity<Hazard>> {
    let ctx = tx.ctx;
    let mut row = hazard_store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_follow_up(&ctx.caller, (row.role, &row.division))?;
    let (due_on, found_on) = (row.due_on, row.found_on);
    let input = tx.checked(body, |_, input, faults| {
        rules::check_deadline(due_on, found_on, input.due_on, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    rules::may_extend(row.state, row.due_on, ctx.today)?;
    row.due_on = input.due_on;
    row.steps.0.push(HazardStep::Extension {
        text: input.reasons.clone(),
        due_on: input.due_on,
        on: ctx.today,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    advance(tx, row, "hazard.extended", input.texts())
}

fn advance(tx: &mut Tx, mut row: HazardRow, kind: &'static str, texts: Texts) -> WorkResult<Entity<Hazard>> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    hazard_store::save(tx.conn, &row)?;
    record(tx, &row, kind, texts)?;
    hazard_view::entity(tx.conn, tx.ctx, row)
}

pub fn record(tx: &mut Tx, row: &HazardRow, kind: &'static str, texts: Texts) -> WorkResult<()> {
    let event = Event::new(kind, "hazard", row.id)
        .in_territory(row.place())
        .company(answering(tx, row)?)
        .complex(Some(row.complex_id))
        .audience(Audience::Parties)
        .policy(row.policy_version)
        .data(json!({
            "inspection_id": row.inspection_id, "complex_id": row.complex_id, "found_under": row.company_id,
            "checklist": row.checklist, "item": row.item, "state": row.state, "severity": row.severity, "found_on": row.found_on,
            "due_on": row.due_on, "rectified_on": row.rectified_on, "closed_on": row.closed_on, "missed": row.missed,
            "evidence_count": row.evidence.0.len(), "version": row.version,
        }))
        .with_texts(texts)
        .addressed(row.role, &row.division);
    ledger::append(tx, event)?;
    Ok(())
}

/// The company that sees the event: the current one, or without one the company that served when the hazard was
/// found.
fn answering(tx: &mut Tx, row: &HazardRow) -> WorkResult<Option<Id>> {
    Ok(complexes::serving_company(tx.conn, row.complex_id, tx.ctx.today)?.or(row.company_id))
}
