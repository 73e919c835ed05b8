//! Which contract governs a complex (one at a time), and what it supersedes.

use serde_json::json;

use super::model::*;
use super::record;
use super::rules::{self, Span, Supersession};
use super::store;
use crate::access::{Actor, Scope};
use crate::blacklist;
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::db::WorkResult;
use crate::policy;
use crate::policy::contracts::ContractRules;
use crate::service::Tx;
use crate::words::days::chinese_day;

/// The contract rules of the policy in force today.
pub fn policy_rules(tx: &mut Tx, county: &str) -> WorkResult<ContractRules> {
    let policies = policy::current(tx.conn, &tx.ctx.state, county)?;
    Ok(policies.governing(tx.ctx.today).document().contracts.clone())
}

fn spans(rows: &[ContractRow]) -> Vec<Span> {
    rows.iter().map(Span::from).collect()
}

/// A blacklisted or restricted company may not take a new complex. Renewals are not affected.
pub fn refuse_listed(tx: &mut Tx, row: &ContractRow) -> WorkResult<()> {
    let others = store::counting(tx.conn, row.complex_id)?;
    refuse_listed_among(tx, row, &others)
}

fn refuse_listed_among(tx: &mut Tx, row: &ContractRow, others: &[ContractRow]) -> WorkResult<()> {
    if !rules::is_new_complex(&Span::from(row), &spans(others)) {
        return Ok(());
    }
    // A branch shares the listings of its parent company. The lock puts this check before or after a listing, never
    // at the same time.
    let head = crate::companies::family::lock_head_of(tx.conn, row.company_id)?;
    blacklist::refuse_new_complex(tx.conn, head, &row.county, tx.ctx.today)
}

/// Makes this contract govern. It supersedes others, or is refused because of one. The caller holds the complex's
/// lock and saves the row.
pub fn apply_succession(tx: &mut Tx, row: &mut ContractRow) -> WorkResult<()> {
    let others = store::counting(tx.conn, row.complex_id)?;
    let way = rules::may_take_place(&Span::from(&*row), &spans(&others))?;
    refuse_listed_among(tx, row, &others)?;
    for one in way {
        let (Supersession::Ends(id, _) | Supersession::InterimEnds(id, _) | Supersession::Replaced(id)) = one;
        let Some(mut other) = others.iter().find(|other| other.id == id).cloned() else { continue };
        let before = Superseded {
            to: row.id,
            governs: other.governs,
            last_day: other.last_day,
            interim_until: other.interim_until,
            termination: other.proceedings.0.termination.clone(),
        };
        match one {
            Supersession::Ends(_, last) => other.last_day = Some(last),
            Supersession::InterimEnds(_, last) => other.interim_until = Some(last),
            Supersession::Replaced(_) => other.governs = false,
        }
        supersede(tx, other, before, row)?;
    }
    row.governs = true;
    publish_service(tx, row)?;
    companies::add_areas(tx.conn, row.company_id, &[&row.county, &row.township, &row.community])
}

fn supersede(tx: &mut Tx, mut other: ContractRow, before: Superseded, new: &ContractRow) -> WorkResult<()> {
    let ctx = tx.ctx;
    other.proceedings.0.gave_way = Some(before);
    if other.proceedings.0.termination.is_none() {
        other.proceedings.0.termination = Some(Termination {
            ground: TerminationGround::Succession,
            notice_given_on: None,
            reasons: format!("新合同自{}起生效", chinese_day(new.effective_from)),
            evidence: Vec::new(),
            at: ctx.now,
            by: Actor::of(&ctx.caller),
        });
    }
    other.handover_due_on = None;
    store::set_service(tx.conn, &other)?;
    record::save(tx, &mut other, "contract.succeeded", json!({ "by": new.id }), &())
}

/// Restores what a withdrawn record had superseded, unless another contract now covers the period. The record itself
/// no longer governs when this is called.
fn restore(tx: &mut Tx, record: &ContractRow) -> WorkResult<()> {
    for mut other in store::of_complex(tx.conn, record.complex_id)? {
        let Some(before) = other.proceedings.0.gave_way.take_if(|one| one.to == record.id) else { continue };
        (other.governs, other.last_day, other.interim_until) = (before.governs, before.last_day, before.interim_until);
        other.proceedings.0.termination = before.termination;
        other.handover_due_on = None;
        let others = spans(&store::counting(tx.conn, record.complex_id)?);
        if !rules::succession(&Span::from(&other), &others).is_ok_and(|way| way.is_empty()) {
            continue;
        }
        store::set_service(tx.conn, &other)?;
        record::save(tx, &mut other, "contract.restored", json!({ "instead_of": record.id }), &())?;
    }
    Ok(())
}

/// Sets the due date of every handover at the complex. A company that continues to serve hands nothing over. A date
/// that was set stays, even if the policy changes; a step that changes a contract's last day clears it first. The
/// caller saves `row`.
fn settle_handovers(tx: &mut Tx, row: &mut ContractRow) -> WorkResult<()> {
    let rules_now = policy_rules(tx, &row.county)?;
    let calendar = calendar::work_calendar(tx.conn, &row.county)?;
    let due_of = |one: &Span, others: &[Span]| {
        rules::handover_due(one, others, &rules_now).map(|day| calendar.end_of_period(day))
    };
    let mut all = store::counting(tx.conn, row.complex_id)?;
    all.retain(|other| other.id != row.id);
    let mut spans = spans(&all);
    let own = Span::from(&*row);
    if row.governs {
        spans.push(own);
    }
    let due = if row.governs { due_of(&own, &spans) } else { None };
    row.handover_due_on = due.map(|day| row.handover_due_on.unwrap_or(day));
    for mut other in all {
        let due = due_of(&Span::from(&other), &spans);
        if other.handover_done_on.is_none() && other.handover_due_on.is_some() != due.is_some() {
            other.handover_due_on = due;
            record::save(tx, &mut other, "contract.handover_moved", json!({ "because_of": row.id }), &())?;
        }
    }
    Ok(())
}

/// Writes the service period of this contract to the complex, and updates the handovers.
pub fn publish_service(tx: &mut Tx, row: &mut ContractRow) -> WorkResult<()> {
    store::set_service(tx.conn, row)?;
    settle_handovers(tx, row)?;
    let system = Scope::System("the current company is part of the complex");
    let complex = complexes::find(tx.conn, &system, row.complex_id)?;
    complexes::bump_version(tx.conn, &complex, tx.ctx.now)
}

/// The contract no longer governs: restores what it had superseded.
pub fn end_service(tx: &mut Tx, row: &mut ContractRow) -> WorkResult<()> {
    row.governs = false;
    store::save(tx.conn, row)?;
    restore(tx, row)?;
    publish_service(tx, row)
}
