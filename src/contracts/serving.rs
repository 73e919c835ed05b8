//! Which contract says who serves a complex: one at a time, and what gives way to it.

use chrono::NaiveDate;
use serde_json::json;

use super::model::*;
use super::record;
use super::rules::{self, GivesWay, Span};
use super::store;
use crate::access::Scope;
use crate::blacklist;
use crate::companies;
use crate::complexes;
use crate::db::Work;
use crate::http::Tx;
use crate::policy;
use crate::policy::contracts::ContractRules;
use crate::problem::{Code, Problem};
use crate::proceedings::model::Actor;
use crate::standing;

/// The rules of the policy in force today.
pub fn policy_rules(tx: &mut Tx) -> Work<ContractRules> {
    let policies = policy::current(tx.conn, &tx.ctx.state.policies)?;
    Ok(policies.governing(tx.ctx.today).document().contracts.clone())
}

fn spans(rows: &[ContractRow]) -> Vec<Span> {
    rows.iter().map(Span::from).collect()
}

/// A company that is blacklisted or restricted takes on no new complex; renewals are not touched.
pub fn refuse_listed(tx: &mut Tx, row: &ContractRow) -> Work<()> {
    let others = store::counting(tx.conn, row.complex_id)?;
    refuse_listed_among(tx, row, &others)
}

fn refuse_listed_among(tx: &mut Tx, row: &ContractRow, others: &[ContractRow]) -> Work<()> {
    if !rules::is_new_complex(&Span::from(row), &spans(others)) {
        return Ok(());
    }
    // A branch is refused what the company that it belongs to is refused. A listing that is decided at the same moment
    // comes before this or after it, never beside it.
    let head = standing::store::lock_head_of(tx.conn, row.company_id)?;
    blacklist::refuse_new_complex(tx.conn, head, tx.ctx.today)
}

/// From now on this contract counts: others give way or stand against it. The caller holds the complex's lock, and saves
/// the row.
pub fn take_place(tx: &mut Tx, row: &mut ContractRow) -> Work<()> {
    let others = store::counting(tx.conn, row.complex_id)?;
    let way = match rules::succession(&Span::from(&*row), &spans(&others)) {
        Ok(way) => way,
        Err(stands) => return Err(overlap(&stands).into()),
    };
    refuse_listed_among(tx, row, &others)?;
    for one in way {
        let (GivesWay::Ends(id, _) | GivesWay::InterimEnds(id, _) | GivesWay::Replaced(id)) = one;
        let Some(mut other) = others.iter().find(|other| other.id == id).cloned() else { continue };
        match one {
            GivesWay::Ends(_, last) => other.last_day = Some(last),
            GivesWay::InterimEnds(_, last) => other.interim_until = Some(last),
            GivesWay::Replaced(_) => other.counts = false,
        }
        give_way(tx, other, row)?;
    }
    row.counts = true;
    row.handover_due_on = rules::handover_due(row.ends_on(), &policy_rules(tx)?);
    show(tx, row)?;
    companies::add_areas(tx.conn, row.company_id, &[&row.county, &row.township, &row.community])
}

fn give_way(tx: &mut Tx, mut other: ContractRow, new: &ContractRow) -> Work<()> {
    let ctx = tx.ctx;
    if other.proceedings.0.ending.is_none() {
        other.proceedings.0.ending = Some(Ending {
            ground: EndGround::Succession,
            notice_given_on: None,
            reasons: format!("新合同自 {} 起生效", new.effective_from),
            evidence: Vec::new(),
            at: ctx.now,
            by: Actor::of(&ctx.caller),
        });
    }
    // Who goes on serving hands nothing over.
    let goes_on = other.company_id == new.company_id || !other.counts;
    other.handover_due_on = if goes_on { None } else { rules::handover_due(other.serves_until(), &policy_rules(tx)?) };
    store::set_service(tx.conn, &other)?;
    record::save(tx, &mut other, "contract.succeeded", json!({ "by": new.id }), &())
}

fn overlap(stands: &Span) -> Problem {
    let until = |open: &str| stands.last.map_or_else(|| open.to_owned(), |last: NaiveDate| last.to_string());
    Problem::new(Code::ContractOverlaps).detail(
        format!("与自 {} 至 {} 的合同重叠，须先依法终止该合同", stands.from, until("不定期")),
        format!(
            "it overlaps the contract from {} to {}; that one is to be ended first, on a lawful ground",
            stands.from,
            until("an open end")
        ),
    )
}

/// Writes who serves the complex, as this contract has it.
pub fn show(tx: &mut Tx, row: &ContractRow) -> Work<()> {
    store::set_service(tx.conn, row)?;
    let system = Scope::System("who serves it is a change of the complex");
    let complex = complexes::find(tx.conn, &system, row.complex_id)?;
    complexes::touch(tx.conn, &complex, tx.ctx.now)
}

/// The contract says no longer who serves.
pub fn stop(tx: &mut Tx, row: &mut ContractRow) -> Work<()> {
    row.handover_due_on = None;
    show(tx, row)
}
