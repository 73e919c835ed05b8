//! Approving, rejecting, carrying out and cancelling a measure.

use serde_json::json;

use super::actions::{advance, require_office, rule_of, stands_on_notice};
use super::model::*;
use super::recompute;
use super::store;
use super::suspension;
use super::view::Measure;
use crate::access::{Actor, Role, Scope};
use crate::blacklist;
use crate::contracts;
use crate::contracts::input::TerminationIn;
use crate::db::{Id, Work};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::policy;
use crate::policy::model::MeasureKind;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{ReasonsIn, Step};
use crate::service::{Body, Ctx, Tx};
use crate::standing::model::MeasureState;

/// The ladder belongs to task 2 of the action plan: a township leader approves what is in their charge.
const LADDER_TASK: u8 = 2;

fn require_approver(ctx: &Ctx, row: &MeasureRow) -> Work<()> {
    let caller = &ctx.caller;
    if row.approver_role.as_deref() != Some(caller.role.code()) {
        let approver = row.approver_role.as_deref().unwrap_or("nobody");
        return Err(Problem::new(Code::Forbidden)
            .detail("该措施不由您的角色审批", format!("{approver} approves it"))
            .into());
    }
    if caller.role == Role::TownshipLeader && !caller.tasks.contains(&LADDER_TASK) {
        return Err(Problem::new(Code::Forbidden).detail("该项任务不由您分管", "task 2 is not in your charge").into());
    }
    Ok(())
}

/// Whoever gave the notice does not decide.
fn require_another_person(tx: &mut Tx, row: &MeasureRow) -> Work<()> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let rule = policies.governing(ctx.today).document().process.two_person_rule;
    let notifier = row.proceedings.0.notification.as_ref().map(|notice| &notice.by);
    if rule && notifier.is_some_and(|by| ctx.caller.is_person(&by.iss, &by.sub)) {
        return Err(Problem::new(Code::SamePerson)
            .detail("告知的承办人不得同时作出决定", "whoever gave the notice does not decide")
            .into());
    }
    Ok(())
}

fn due_process(zh: &str, en: &str) -> Problem {
    Problem::new(Code::DueProcess).detail(zh, en)
}

/// A biting measure is decided after notice, the period for statement and hearing, and the hearing if one was asked for.
fn require_due_process(tx: &mut Tx, row: &MeasureRow) -> Work<()> {
    let ctx = tx.ctx;
    let proceedings = &row.proceedings.0;
    if !row.notified {
        return Err(due_process("尚未告知企业", "the company has not been notified").into());
    }
    let grounds = store::all_grounds_of_one(tx.conn, row.id)?;
    if !stands_on_notice(row, &grounds) {
        return Err(due_process(
            "告知时的依据均已撤销，须重新告知",
            "every ground that the company was told of has fallen away; notify it again",
        )
        .into());
    }
    let Some(last) = row.hearing_request_due_on else {
        return Err(due_process("告知书尚未送达", "the notice has not been delivered").into());
    };
    if proceedings.hearing_request.is_some() && proceedings.hearing.is_none() {
        return Err(due_process("企业已申请听证，听证尚未举行", "a hearing was asked for and has not been held").into());
    }
    if proceedings.statement.is_some() && proceedings.statement_answer.is_none() {
        return Err(Problem::new(Code::StatementUnanswered).into());
    }
    if ctx.today <= last {
        return Err(due_process(
            &format!("陈述申辩和听证申请期至 {last} 止"),
            &format!("the period for a statement and a hearing lasts until {last}"),
        )
        .into());
    }
    Ok(())
}

/// The legal basis that stands on the measure, or that the policy in force has named since.
fn legal_basis(tx: &mut Tx, row: &MeasureRow, kind: MeasureKind) -> Work<Option<String>> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    let now = policies.governing(tx.ctx.today).measure(kind).and_then(|rule| rule.legal_basis.clone());
    Ok(now.or_else(|| row.legal_basis.clone()))
}

pub fn approve_measure(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_approver(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    require_another_person(tx, &row)?;
    let (kind, rule) = (row.kind()?, rule_of(tx, &row)?);
    if rule.requires_legal_basis {
        row.legal_basis = legal_basis(tx, &row, kind)?;
        if row.legal_basis.is_none() {
            return Err(Problem::new(Code::LegalBasisMissing)
                .detail(
                    format!("现行政策未写明“{}”的法律依据，请先发布写明依据的政策版本", kind.zh()),
                    format!(
                        "the policy in force names no legal basis for {}; publish a version that does",
                        kind.code()
                    ),
                )
                .into());
        }
    }
    if let Some(withdrawal) = recompute::withdrawal_of(tx, &row)? {
        return Err(Problem::new(Code::NoLongerDue).detail(withdrawal.reason_zh, withdrawal.reason_en).into());
    }
    if rule.biting {
        require_due_process(tx, &row)?;
    }
    if rule.needs_final_grounds() {
        suspension::require_final_grounds(tx, &row)?;
    }
    row.proceedings.0.approval = Some(Step::new(ctx, input.clone()));
    row.state = MeasureState::Approved.code().to_owned();
    if kind.is_listing() {
        // The decision itself puts the company on the list.
        let months = rule.listing_months.unwrap_or(12);
        blacklist::list_company(tx, &row, months, &input.reasons)?;
        row.state = MeasureState::Done.code().to_owned();
    }
    if let (MeasureKind::Removal, Some(complex)) = (kind, row.complex_id) {
        contracts::open_ending(tx, complex, row.company_id, row.id)?;
    }
    advance(tx, row, "measure.approved", json!({}), input)
}

pub fn reject_measure(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_approver(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    row.proceedings.0.rejection = Some(Step::new(ctx, input.clone()));
    row.state = MeasureState::Rejected.code().to_owned();
    advance(tx, row, "measure.rejected", json!({}), input)
}

/// The ending of the contract that the completion of a removal names.
fn ending(input: &CompletionIn) -> Option<TerminationIn> {
    Some(TerminationIn {
        ground: input.removal_ground?,
        notice_given_on: input.notice_given_on,
        last_day: input.completed_on,
        reasons: input.outcome.clone(),
        evidence: input.evidence.clone(),
    })
}

fn check_completion(ctx: &Ctx, row: &MeasureRow, kind: MeasureKind, input: &CompletionIn, faults: &mut Vec<Fault>) {
    if input.completed_on > ctx.today {
        faults.push(Fault::new("/completed_on", "in_the_future", "完成日期在未来", "this day has not come"));
    } else if input.completed_on < ctx.state.clock.day_of(row.created_at) {
        let (zh, en) = ("早于措施作出之日", "earlier than the measure");
        faults.push(Fault::new("/completed_on", "before_start", zh, en));
    }
    if kind == MeasureKind::Removal {
        if input.removal_ground.is_none() {
            let (zh, en) = ("须写明合同终止的合法依据", "the lawful ground on which the contract ended is needed");
            faults.push(Fault::new("/removal_ground", "required", zh, en));
        }
        if input.evidence.is_empty() {
            let (zh, en) = ("须附依据文书", "the document of that ground is needed");
            faults.push(Fault::new("/evidence", "required", zh, en));
        }
    } else if input.removal_ground.is_some() {
        let (zh, en) = ("仅清退措施填写", "only for a removal");
        faults.push(Fault::new("/removal_ground", "conflict", zh, en));
    }
}

pub fn complete_measure(tx: &mut Tx, id: Id, body: &Body<CompletionIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_office(ctx, &row)?;
    let kind = row.kind()?;
    let removal = row.complex_id.filter(|_| kind == MeasureKind::Removal);
    let input = tx.checked(body, |conn, input, faults| {
        check_completion(ctx, &row, kind, input, faults);
        if let Some((complex, ending)) = removal.zip(ending(input)) {
            contracts::check_removal(conn, ctx, complex, row.company_id, &ending, faults)?;
        }
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Approved])?;
    let rule = rule_of(tx, &row)?;
    suspension::require_in_effect(tx, &row, &rule)?;
    files::attach_evidence(tx, OwnerKind::Measure, row.id, &input.evidence)?;
    if let Some((complex, ending)) = removal.zip(ending(input)) {
        contracts::end_by_removal(tx, complex, row.company_id, &ending)?;
    }
    let CompletionIn { completed_on, outcome, evidence, removal_ground, notice_given_on: _ } = input.clone();
    let in_time = completed_on <= row.due_on;
    if kind == MeasureKind::RectificationOrder && in_time {
        rectified(tx, &row, completed_on)?;
    }
    if let (MeasureKind::Reversal, Some(reversed)) = (kind, row.reverses) {
        blacklist::end_listing_of(tx, reversed, &outcome)?;
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
    row.state = MeasureState::Done.code().to_owned();
    advance(tx, row, "measure.done", json!({ "completed_on": completed_on, "in_time": in_time }), input)
}

/// The contract was ended on a lawful ground with its document: that carries out the removal that asked for it, unless
/// one of its grounds is under appeal; then it is completed when that is decided.
pub fn removal_carried_out(tx: &mut Tx, id: Id, ending: &TerminationIn) -> Work<()> {
    let ctx = tx.ctx;
    let system = Scope::System("a contract was ended, whoever recorded it");
    let mut row = store::find_for_update(tx.conn, &system, id)?;
    let rule = rule_of(tx, &row)?;
    if row.state()? != MeasureState::Approved || suspension::require_in_effect(tx, &row, &rule).is_err() {
        return Ok(());
    }
    let in_time = ctx.today <= row.due_on;
    row.proceedings.0.completion = Some(Completion {
        completed_on: ctx.today,
        outcome: ending.reasons.clone(),
        evidence: files::copy_evidence(tx, &ending.evidence, OwnerKind::Measure, row.id)?,
        removal_ground: Some(ending.ground),
        in_time,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    });
    row.state = MeasureState::Done.code().to_owned();
    let step = json!({ "completed_on": ctx.today, "in_time": in_time, "last_day": ending.last_day });
    advance(tx, row, "measure.done", step, ending).map(drop)
}

/// Rectification in time restores points, by the policy.
fn rectified(tx: &mut Tx, row: &MeasureRow, day: chrono::NaiveDate) -> Work<()> {
    let Some(violation) = row.violation_id else { return Ok(()) };
    crate::violations::record_rectification(tx, violation, day)
}

pub fn cancel_measure(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_office(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed, MeasureState::Approved])?;
    let reason = input.reasons.clone();
    row.proceedings.0.cancellation = Some(Cancellation {
        reason_zh: reason.clone(),
        reason_en: reason,
        revoked: Vec::new(),
        at: ctx.now,
        by: Some(Actor::of(&ctx.caller)),
    });
    row.state = MeasureState::Cancelled.code().to_owned();
    row.suspended_on = None;
    recompute::fell_away(tx, &row)?;
    advance(tx, row, "measure.cancelled", json!({}), input)
}
