//! The end of a contract on a lawful ground, the service after it, and what a removal has to do with both.

use serde_json::json;

use super::input::{InterimServiceIn, TerminationIn};
use super::model::*;
use super::record::{advance, save};
use super::rules::{self, Span, Term};
use super::serving::{policy_rules, show};
use super::store;
use super::view::{self, Contract};
use crate::access::{Role, Scope};
use crate::complexes;
use crate::db::{Conn, Id, Work, lock_complex};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::{Body, Ctx, Entity, Tx};
use crate::policy;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{Actor, ReasonsIn, Step};
use crate::proceedings::port::after;
use crate::standing::measure_store;

/// Grounds that the company itself can give; the others are the owners' and the offices' to record.
const OF_COMPANY: [EndGround; 2] = [EndGround::DeclinedRenewal, EndGround::Notice];

fn term(row: &ContractRow) -> Term {
    let to = if row.interim { row.interim_until } else { row.effective_to };
    Term {
        from: row.effective_from,
        to,
        agreed_notice_days: row.terms.0.agreed_notice_days,
        agreed_nonrenewal_notice_days: row.terms.0.agreed_nonrenewal_notice_days,
    }
}

fn conflict(zh: &str, en: &str) -> Problem {
    Problem::new(Code::StateConflict).detail(zh, en)
}

/// Nothing has ended it yet, or the service after its end has no last day.
fn is_open(row: &ContractRow) -> bool {
    row.proceedings.0.ending.is_none() || row.interim && row.interim_until.is_none()
}

/// It counts and nothing has ended it yet.
fn require_running(row: &ContractRow) -> Work<()> {
    if !row.counts {
        return Err(conflict("合同未备案，也未由主管单位录入", "it is neither filed nor on an office's record").into());
    }
    if !is_open(row) {
        return Err(conflict("合同已终止", "it has been ended").into());
    }
    Ok(())
}

pub fn terminate_contract(tx: &mut Tx, id: Id, body: &Body<TerminationIn>) -> Work<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let rules_now = policy_rules(tx, &row.county)?;
    let term = term(&row);
    let input = tx.checked(body, |conn, input, faults| {
        faults.extend(rules::check_termination(&term, input, &rules_now, ctx.today));
        if ctx.caller.role == Role::PropertyCompany && !OF_COMPANY.contains(&input.ground) {
            let (zh, en) = ("企业只能登记不续签或者不定期合同的解除通知", "a company records its own notice only");
            faults.push(Fault::new("/ground", "wrong_party", zh, en));
        }
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    require_running(&row)?;
    let removal = row.removal_id;
    end(tx, &mut row, input)?;
    files::attach_evidence(tx, OwnerKind::Contract, row.id, &input.evidence)?;
    // A removal is done when the company has gone.
    if let Some(measure) = removal.filter(|_| input.last_day <= ctx.today) {
        after(tx).removal_ended(tx, row.id, measure)?;
    }
    view::entity(tx.conn, ctx, row)
}

/// Ends a contract that was checked, and records it.
fn end(tx: &mut Tx, row: &mut ContractRow, input: &TerminationIn) -> Work<()> {
    let ctx = tx.ctx;
    let TerminationIn { ground, notice_given_on, last_day, reasons, evidence } = input.clone();
    *(if row.interim { &mut row.interim_until } else { &mut row.last_day }) = Some(last_day);
    row.handover_due_on = None;
    row.proceedings.0.ending =
        Some(Ending { ground, notice_given_on, reasons, evidence, at: ctx.now, by: Actor::of(&ctx.caller) });
    show(tx, row)?;
    let step = json!({ "ground": ground, "notice_given_on": notice_given_on, "last_day": last_day });
    save(tx, row, "contract.terminated", step, input)
}

/// How a contract was ended, as it was recorded.
pub fn ending_on_record(conn: &mut Conn, contract: Id) -> Work<TerminationIn> {
    let row = store::find(conn, &Scope::System("what follows from an ending, whoever recorded it"), contract)?;
    let last_day = if row.interim { row.interim_until } else { row.last_day };
    let (ending, last_day) = row
        .proceedings
        .0
        .ending
        .zip(last_day)
        .ok_or_else(|| Problem::broken("a contract that was ended has no ending on record"))?;
    let Ending { ground, notice_given_on, reasons, evidence, at: _, by: _ } = ending;
    Ok(TerminationIn { ground, notice_given_on, last_day, reasons, evidence })
}

/// What was recorded by mistake is taken back while the contract still runs.
pub fn withdraw_termination(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    let running = row.last_day.is_some_and(|last| last >= ctx.today);
    let recorded = row.proceedings.0.ending.as_ref().is_some_and(|ending| ending.ground != EndGround::Succession);
    if !recorded || !running || row.interim {
        return Err(conflict(
            "没有可撤回的终止登记：尚未终止，或者已经终止、已有新合同",
            "there is no ending to take back: there is none, it has taken effect, or a new contract stands",
        )
        .into());
    }
    if let Some(measure) = row.removal_id
        && !measure_store::is_open(tx.conn, measure)?
    {
        return Err(conflict("清退已据此办结", "the removal was carried out by it").into());
    }
    row.last_day = None;
    row.handover_due_on = None;
    row.proceedings.0.ending = None;
    let others: Vec<Span> = store::counting(tx.conn, row.complex_id)?.iter().map(Span::from).collect();
    if rules::succession(&Span::from(&row), &others).is_err() {
        return Err(conflict("其后已有新合同", "a contract after it stands").into());
    }
    show(tx, &mut row)?;
    advance(tx, row, "contract.termination_withdrawn", json!({}), input)
}

/// The company serves on after the end: until the next takes over (Civil Code 950), or because the owners have decided
/// nothing and the contract goes on as an indefinite one (948).
pub fn record_interim_service(tx: &mut Tx, id: Id, body: &Body<InterimServiceIn>) -> Work<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let end = row.ends_on();
    let input = tx.checked(body, |_, input, faults| {
        if input.until.zip(end).is_some_and(|(until, end)| until < end) {
            faults.push(Fault::new("/until", "before_start", "早于合同终止日", "earlier than the end of the contract"));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    if !row.counts || end.is_none() || row.handover_done_on.is_some() {
        return Err(conflict("合同未终止，或者已完成交接", "it has no end, or everything was handed over").into());
    }
    (row.interim, row.interim_until) = (true, input.until);
    row.handover_due_on = None;
    let others: Vec<Span> = store::counting(tx.conn, row.complex_id)?.iter().map(Span::from).collect();
    if rules::succession(&Span { last: None, ..Span::from(&row) }, &others).is_err() {
        return Err(conflict("其后已有新合同", "a contract after it stands").into());
    }
    row.proceedings.0.interim = Some(Step { text: input.reasons.clone(), at: ctx.now, by: Actor::of(&ctx.caller) });
    show(tx, &mut row)?;
    let step = json!({ "until": input.until, "handover_due_on": row.handover_due_on });
    advance(tx, row, "contract.interim_service_recorded", step, input)
}

/// Contracts of a company at a complex that run beyond a day.
fn running(conn: &mut Conn, complex: Id, company: Id) -> Work<Vec<ContractRow>> {
    let mut rows = store::counting(conn, complex)?;
    rows.retain(|row| row.company_id == company && is_open(row));
    Ok(rows)
}

/// A removal was approved: the contract is to be ended, on a lawful ground.
pub fn open_ending(tx: &mut Tx, complex: Id, company: Id, measure: Id) -> Work<()> {
    lock_complex(tx.conn, complex)?;
    let today = tx.ctx.today;
    for mut row in running(tx.conn, complex, company)? {
        if row.serves_until().is_none_or(|last| last >= today) {
            row.removal_id = Some(measure);
            save(tx, &mut row, "contract.ending_opened", json!({ "measure": measure }), &())?;
        }
    }
    Ok(())
}

/// The removal fell away: nothing asks for an ending any more.
pub fn close_ending(tx: &mut Tx, complex: Id, company: Id, measure: Id) -> Work<()> {
    for mut row in running(tx.conn, complex, company)? {
        if row.removal_id == Some(measure) {
            row.removal_id = None;
            save(tx, &mut row, "contract.ending_closed", json!({ "measure": measure }), &())?;
        }
    }
    Ok(())
}

/// What stands against ending the contract as the completion of a removal names it. Pointers are those of the completion.
pub fn check_removal(
    conn: &mut Conn,
    ctx: &Ctx,
    complex: Id,
    company: Id,
    input: &TerminationIn,
    faults: &mut Vec<Fault>,
) -> Work<()> {
    let county = complexes::county_of(conn, complex)?;
    let policies = policy::current(conn, &ctx.state, &county)?;
    let rules_now = &policies.governing(ctx.today).document().contracts;
    for row in running(conn, complex, company)? {
        for fault in rules::check_termination(&term(&row), input, rules_now, ctx.today) {
            let pointer = match fault.pointer.as_str() {
                "/last_day" => "/completed_on",
                "/ground" => "/removal_ground",
                other => other,
            };
            if !faults.iter().any(|known| known.pointer == pointer) {
                faults.push(Fault { pointer: pointer.to_owned(), ..fault });
            }
        }
    }
    Ok(())
}

/// A removal is carried out: what still runs ends on the ground that it names.
pub fn end_by_removal(tx: &mut Tx, complex: Id, company: Id, input: &TerminationIn) -> Work<()> {
    lock_complex(tx.conn, complex)?;
    for mut row in running(tx.conn, complex, company)? {
        let evidence = files::copy_evidence(tx, &input.evidence, OwnerKind::Contract, row.id)?;
        end(tx, &mut row, &TerminationIn { evidence, ..input.clone() })?;
    }
    Ok(())
}
