//! Terminating a contract, interim service after its end, and the termination that a removal requires.

use serde_json::json;

use super::input::{InterimServiceIn, TerminationIn};
use super::model::*;
use super::record::{advance, save};
use super::rules::{self, Span};
use super::service_periods::{policy_rules, publish_service};
use super::store;
use super::termination_rules;
use super::view::{self, Contract};
use crate::access::{Actor, Scope};
use crate::complexes;
use crate::db::{Conn, Id, WorkResult, lock_complex};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::measure_facts;
use crate::policy;
use crate::problem::Problem;
use crate::proceedings::model::{ReasonsIn, Step};
use crate::proceedings::port::after;
use crate::service::{Body, Ctx, Tx};

pub fn terminate_contract(tx: &mut Tx, id: Id, body: &Body<TerminationIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let rules_now = policy_rules(tx, &row.county)?;
    let term = termination_rules::term(&row);
    let input = tx.checked(body, |conn, input, faults| {
        faults.extend(rules::check_termination(&term, input, &rules_now, ctx.today));
        termination_rules::check_ground(ctx.caller.role, input.ground, faults);
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    termination_rules::require_running(&row)?;
    let removal = row.removal_id;
    end(tx, &mut row, input)?;
    files::attach_evidence(tx, OwnerKind::Contract, row.id, &input.evidence)?;
    // A removal is complete once the company's service has ended.
    if let Some(measure) = removal.filter(|_| input.last_day <= ctx.today) {
        after(tx).removal_ended(tx, row.id, measure)?;
    }
    view::entity(tx.conn, ctx, row)
}

/// Terminates a contract whose input was checked, and records the event.
fn end(tx: &mut Tx, row: &mut ContractRow, input: &TerminationIn) -> WorkResult<()> {
    let ctx = tx.ctx;
    let TerminationIn { ground, notice_given_on, last_day, reasons, evidence } = input.clone();
    *(if row.interim { &mut row.interim_until } else { &mut row.last_day }) = Some(last_day);
    row.handover_due_on = None;
    row.proceedings.0.termination =
        Some(Termination { ground, notice_given_on, reasons, evidence, at: ctx.now, by: Actor::of(&ctx.caller) });
    publish_service(tx, row)?;
    let step = json!({ "ground": ground, "notice_given_on": notice_given_on, "last_day": last_day });
    save(tx, row, "contract.terminated", step, input)
}

/// The recorded termination of a contract.
pub fn termination_on_record(conn: &mut Conn, contract: Id) -> WorkResult<TerminationIn> {
    let row =
        store::find(conn, &Scope::System("the consequences of a termination do not depend on the caller"), contract)?;
    let last_day = if row.interim { row.interim_until } else { row.last_day };
    let (termination, last_day) = row
        .proceedings
        .0
        .termination
        .zip(last_day)
        .ok_or_else(|| Problem::broken("a terminated contract has no recorded termination"))?;
    let Termination { ground, notice_given_on, reasons, evidence, at: _, by: _ } = termination;
    Ok(TerminationIn { ground, notice_given_on, last_day, reasons, evidence })
}

/// Withdraws a termination that was recorded by mistake, while the contract still runs.
pub fn withdraw_termination(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    termination_rules::may_withdraw_termination(&row, ctx.today)?;
    if let Some(measure) = row.removal_id {
        termination_rules::require_open_removal(measure_facts::is_open(tx.conn, measure)?)?;
    }
    row.last_day = None;
    row.handover_due_on = None;
    row.proceedings.0.termination = None;
    let others: Vec<Span> = store::counting(tx.conn, row.complex_id)?.iter().map(Span::from).collect();
    termination_rules::require_none_after(&Span::from(&row), &others)?;
    publish_service(tx, &mut row)?;
    advance(tx, row, "contract.termination_withdrawn", json!({}), input)
}

/// Records interim service: until the next company takes over (Civil Code 950), or because the owners have not
/// decided and the contract continues as an indefinite one (948).
pub fn record_interim_service(tx: &mut Tx, id: Id, body: &Body<InterimServiceIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let end = row.ends_on();
    let input = tx.checked(body, |_, input, faults| {
        termination_rules::check_interim(input.until, end, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    termination_rules::may_serve_on(&row)?;
    (row.interim, row.interim_until) = (true, input.until);
    row.handover_due_on = None;
    let others: Vec<Span> = store::counting(tx.conn, row.complex_id)?.iter().map(Span::from).collect();
    termination_rules::require_none_after(&Span { last: None, ..Span::from(&row) }, &others)?;
    row.proceedings.0.interim = Some(Step { text: input.reasons.clone(), at: ctx.now, by: Actor::of(&ctx.caller) });
    publish_service(tx, &mut row)?;
    let step = json!({ "until": input.until, "handover_due_on": row.handover_due_on });
    advance(tx, row, "contract.interim_service_recorded", step, input)
}

/// The governing contracts of a company at a complex that nothing has terminated yet.
fn running(conn: &mut Conn, complex: Id, company: Id) -> WorkResult<Vec<ContractRow>> {
    let mut rows = store::counting(conn, complex)?;
    rows.retain(|row| row.company_id == company && termination_rules::is_open(row));
    Ok(rows)
}

/// A removal was approved: marks the contracts of the company that still run for termination on a lawful ground.
pub fn request_termination(tx: &mut Tx, complex: Id, company: Id, measure: Id) -> WorkResult<()> {
    lock_complex(tx.conn, complex)?;
    let today = tx.ctx.today;
    for mut row in running(tx.conn, complex, company)? {
        if row.serves_until().is_none_or(|last| last >= today) {
            row.removal_id = Some(measure);
            save(tx, &mut row, "contract.termination_requested", json!({ "measure": measure }), &())?;
        }
    }
    Ok(())
}

/// The removal no longer applies: its contracts need no termination any more.
pub fn withdraw_termination_request(tx: &mut Tx, complex: Id, company: Id, measure: Id) -> WorkResult<()> {
    for mut row in running(tx.conn, complex, company)? {
        if row.removal_id == Some(measure) {
            row.removal_id = None;
            save(tx, &mut row, "contract.termination_request_withdrawn", json!({ "measure": measure }), &())?;
        }
    }
    Ok(())
}

/// Checks the termination that the completion of a removal requests. The pointers are those of the completion.
pub fn check_removal(
    conn: &mut Conn,
    ctx: &Ctx,
    complex: Id,
    company: Id,
    input: &TerminationIn,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let county = complexes::county_of(conn, complex)?;
    let policies = policy::current(conn, &ctx.state, &county)?;
    let rules_now = &policies.governing(ctx.today).document().contracts;
    for row in running(conn, complex, company)? {
        for fault in rules::check_termination(&termination_rules::term(&row), input, rules_now, ctx.today) {
            let pointer = match fault.pointer.as_str() {
                "/last_day" => "/completed_on",
                "/ground" => "/removal_ground",
                other => other,
            };
            if !faults.iter().any(|known| known.pointer == pointer) {
                faults.push(InputError { pointer: pointer.to_owned(), ..fault });
            }
        }
    }
    Ok(())
}

/// Carries out a removal: terminates the company's remaining contracts on the ground that the removal names.
pub fn end_by_removal(tx: &mut Tx, complex: Id, company: Id, input: &TerminationIn) -> WorkResult<()> {
    lock_complex(tx.conn, complex)?;
    for mut row in running(tx.conn, complex, company)? {
        let evidence = files::copy_evidence(tx, &input.evidence, OwnerKind::Contract, row.id)?;
        end(tx, &mut row, &TerminationIn { evidence, ..input.clone() })?;
    }
    Ok(())
}
