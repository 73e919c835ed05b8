//! What a document of each kind is made from: who may issue it, when, and what it says.

use serde_json::{Map, Value, json};

use super::issuing::IssueInput;
use super::model::{DocumentIn, DocumentKind, DocumentRow, DocumentState, DocumentSubject};
use super::states::{self, Belongs};
use super::store;
use super::words::{chinese_day, chinese_time, place_in_words};
use crate::access::{Role, Scope};
use crate::blacklist;
use crate::db::{Conn, Fail, Id, Work};
use crate::fault::Fault;
use crate::http::{Ctx, Tx};
use crate::measures::model::MeasureRow;
use crate::offices;
use crate::policy::model::ProcessRules;
use crate::policy::versions::Policies;
use crate::problem::{Code, Problem};
use crate::proceedings::due_process::Proceeding;
use crate::proceedings::model::{Actor, Delivery};
use crate::violations::model::{AppealOutcome, ViolationRow};
use crate::{measures, policy, ratings, violations};

/// The case that a document is about.
pub enum Case {
    Violation(Box<ViolationRow>),
    Measure(Box<MeasureRow>),
    /// A document, with the delivery of what it puts into form.
    Document(Box<DocumentRow>, Option<Delivery>),
}

/// Locks the case and reads it; a case that the caller does not see is a fault.
pub fn find(conn: &mut Conn, ctx: &Ctx, input: &DocumentIn, faults: &mut Vec<Fault>) -> Work<Option<Case>> {
    let found = match input.kind {
        kind if kind.is_of_filing() => return Ok(None),
        kind if matches!(states::belongs(kind), Belongs::Violation(_)) => {
            violations::store::find_for_update(conn, &ctx.scope, input.subject_id)
                .map(|row| Case::Violation(Box::new(row)))
        }
        DocumentKind::ProofOfService => store::find(conn, &ctx.scope, input.subject_id).and_then(|row| {
            let delivery = delivery_of(conn, &row)?;
            Ok(Case::Document(Box::new(row), delivery))
        }),
        _ => {
            measures::store::find_for_update(conn, &ctx.scope, input.subject_id).map(|row| Case::Measure(Box::new(row)))
        }
    };
    match found {
        Ok(case) => Ok(Some(case)),
        Err(Fail::Problem(problem)) if problem.code == Code::NotFound => {
            let (zh, en) = ("没有此违规或措施，或不在您的辖区内", "no such violation or measure in your territory");
            faults.push(Fault::new("/subject_id", "unknown_reference", zh, en));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// How the company got what a document puts into form: a notice, or the decision on a violation.
fn delivery_of(conn: &mut Conn, row: &DocumentRow) -> Work<Option<Delivery>> {
    let system = Scope::System("a document that the caller sees was delivered with its case");
    Ok(match row.kind()? {
        DocumentKind::ViolationNotice => violations::store::find(conn, &system, row.subject_id)?.proceedings.0.delivery,
        DocumentKind::ViolationFinding => {
            violations::store::find(conn, &system, row.subject_id)?.proceedings.0.decision_delivery
        }
        DocumentKind::MeasureNotice => measures::store::find(conn, &system, row.subject_id)?.proceedings.0.delivery,
        _ => None,
    })
}

#[track_caller]
fn missing() -> Fail {
    Problem::broken("what a document rests on is missing").into()
}

/// The office in charge, as for every other act on the case. A referral is sent by the office of the case, not by the
/// agency that receives it.
pub fn require_office(tx: &mut Tx, kind: DocumentKind, case: &Case) -> Work<()> {
    match case {
        Case::Violation(row) => {
            let steps = &row.proceedings.0;
            // Whoever decided puts the decision into form.
            let by = match kind {
                DocumentKind::AppealDecision => steps.appeal_decision.as_ref().map(|decision| &decision.by),
                DocumentKind::RevocationDecision => steps.revocation.as_ref().map(|step| &step.by),
                _ => None,
            };
            match by {
                Some(by) => require_decider(tx.ctx, by),
                None => Ok(row.may_handle(&tx.ctx.caller)?),
            }
        }
        Case::Document(row, _) => {
            let caller = &tx.ctx.caller;
            let own = caller.role == row.office_role && caller.division.as_deref() == Some(&row.office_division);
            if own {
                Ok(())
            } else {
                Err(not_yours("由出具该文书的单位办理", "the office that issued the document does this"))
            }
        }
        Case::Measure(row) if kind == DocumentKind::ReferralLetter => {
            let violation = violation_of(tx.conn, row)?;
            Ok(violation.may_handle(&tx.ctx.caller)?)
        }
        Case::Measure(row) => Ok(row.may_handle(&tx.ctx.caller)?),
    }
}

fn not_yours(zh: &str, en: &str) -> Fail {
    Problem::new(Code::Forbidden).detail(zh, en).into()
}

fn require_decider(ctx: &Ctx, by: &Actor) -> Work<()> {
    if ctx.caller.role == by.role && ctx.caller.division == by.division {
        return Ok(());
    }
    Err(not_yours("由作出决定的单位出具", "the body that decided issues it"))
}

/// The case is of the document's kind and in a state that calls for it.
pub fn require_state(kind: DocumentKind, case: &Case) -> Work<()> {
    match case {
        Case::Violation(row) => states::require_violation(kind, row),
        Case::Measure(row) => Ok(states::require_measure(kind, row)?),
        Case::Document(row, delivery) => {
            if row.state()? == DocumentState::Valid && delivery.is_some() {
                return Ok(());
            }
            let (zh, en) = ("该文书未送达，或者已撤回", "the document has not been delivered, or was withdrawn");
            Err(Problem::new(Code::StateConflict).detail(zh, en).into())
        }
    }
}

/// Everything that the document says.
pub fn gather(tx: &mut Tx, input: &DocumentIn, case: &Case) -> Work<IssueInput> {
    let ctx = tx.ctx;
    let county = match case {
        Case::Violation(row) => &row.county,
        Case::Measure(row) => &row.county,
        Case::Document(row, _) => &row.county,
    };
    let policies = policy::current(tx.conn, &ctx.state, county)?;
    let office = (ctx.caller.role, ctx.caller.division.clone().unwrap_or_default());
    let mut context = Map::new();
    if let (Some(at), Some(place)) = (input.held_at, &input.place) {
        let time = chinese_time(ctx.state.clock.local(crate::db::Instant(at)));
        context.insert("meeting".into(), json!({ "time": time, "place": place }));
    }
    match case {
        Case::Violation(row) => {
            violation_context(tx, input.kind, row, &policies, &mut context)?;
            Ok(IssueInput {
                kind: input.kind,
                subject_kind: DocumentSubject::Violation,
                subject_id: row.id,
                violation_id: Some(row.id),
                handler: None,
                place: row.place(),
                company_id: row.company_id,
                complex_id: row.complex_id,
                office,
                addressee: row.subject_name.clone().filter(|_| row.company_id.is_none()),
                served: !row.is_undelivered(),
                context,
            })
        }
        Case::Document(row, delivery) => {
            let delivery = delivery.as_ref().ok_or_else(missing)?;
            context.insert("served".into(), json!({ "title": row.title, "number": row.number }));
            context.insert(
                "delivery".into(),
                json!({
                    "method": delivery.method.zh(), "delivered_on": chinese_day(delivery.delivered_on),
                    "note": delivery.note,
                }),
            );
            Ok(IssueInput {
                kind: input.kind,
                subject_kind: DocumentSubject::Document,
                subject_id: row.id,
                violation_id: row.violation_id,
                handler: row.handler_role.as_deref().and_then(Role::from_code).zip(row.handler_division.clone()),
                place: row.place(),
                company_id: row.company_id,
                complex_id: row.complex_id,
                office,
                addressee: Some(row.addressee.clone()),
                served: row.served,
                context,
            })
        }
        Case::Measure(row) => {
            let orders = matches!(input.kind, DocumentKind::RectificationOrder | DocumentKind::ReferralLetter);
            if orders && row.due_on < ctx.today {
                let zh = format!("文书要求于 {} 前办理，该日已过，无从履行", row.due_on);
                let en = format!("it would order something by {}, which is over", row.due_on);
                return Err(Problem::new(Code::DeadlinePassed).detail(zh, en).into());
            }
            measure_context(tx, input.kind, row, &policies, &mut context)?;
            Ok(IssueInput {
                kind: input.kind,
                subject_kind: DocumentSubject::Measure,
                subject_id: row.id,
                violation_id: row.violation_id,
                handler: Some((row.office_role, row.office_division.clone())),
                place: row.place(),
                company_id: Some(row.company_id),
                complex_id: row.complex_id,
                office,
                addressee: referred_to(tx.conn, input, row)?,
                served: !row.is_undelivered(),
                context,
            })
        }
    }
}

fn violation_context(
    tx: &mut Tx,
    kind: DocumentKind,
    row: &ViolationRow,
    policies: &Policies,
    context: &mut Map<String, Value>,
) -> Work<()> {
    let day = |at| chinese_day(tx.ctx.state.clock.day_of(at));
    let steps = &row.proceedings.0;
    let notice = steps.notification.as_ref().ok_or_else(missing)?;
    let process = process(policies, row.policy_version, row.found_on);
    let mut facts = violation_facts(policies, row);
    context.insert("facts".into(), json!(notice.facts));
    if kind == DocumentKind::ViolationNotice {
        context.insert("grounds".into(), json!(notice.grounds));
        context.insert("intended_consequence".into(), json!(notice.intended_consequence));
        context.insert("statement_working_days".into(), json!(process.statement_working_days));
    }
    let confirmation = || steps.confirmation.as_ref().ok_or_else(missing);
    match kind {
        DocumentKind::ViolationFinding => {
            let confirmation = confirmation()?;
            context.insert("grounds".into(), json!(notice.grounds));
            context.insert("reasons".into(), json!(confirmation.reasons));
            context.insert("urgent_reason".into(), json!(confirmation.urgent_reason));
            context.insert("decided_on".into(), json!(day(confirmation.at)));
            context.insert("statement_made".into(), json!(steps.statement.is_some()));
            context.insert("appeal_working_days".into(), json!(process.appeal_working_days));
            let county = offices::find_by_seat(tx.conn, Role::CountyAuthority, &row.county)?.map(|office| office.name);
            let county = county.unwrap_or_else(|| Role::CountyAuthority.row().zh.to_owned());
            context.insert("appeal_body".into(), json!(county));
        }
        DocumentKind::AppealDecision => {
            let (appeal, decision) = steps.appeal.as_ref().zip(steps.appeal_decision.as_ref()).ok_or_else(missing)?;
            let confirmation = confirmation()?;
            facts["decided_on"] = json!(day(confirmation.at));
            context.insert("original_reasons".into(), json!(confirmation.reasons));
            context.insert("appeal".into(), json!(appeal.text));
            context.insert("appealed_on".into(), json!(day(appeal.at)));
            context.insert("decided_on".into(), json!(day(decision.at)));
            context.insert("revoked".into(), json!(decision.outcome == AppealOutcome::Revoked));
            context.insert("reasons".into(), json!(decision.reasons));
            context.insert("same_body".into(), json!(decision.same_body));
        }
        DocumentKind::RevocationDecision => {
            let revocation = steps.revocation.as_ref().ok_or_else(missing)?;
            facts["decided_on"] = json!(day(confirmation()?.at));
            context.insert("decided_on".into(), json!(day(revocation.at)));
            context.insert("reasons".into(), json!(revocation.text));
        }
        _ => {}
    }
    context.insert("violation".into(), facts);
    Ok(())
}

fn measure_context(
    tx: &mut Tx,
    kind: DocumentKind,
    row: &MeasureRow,
    policies: &Policies,
    context: &mut Map<String, Value>,
) -> Work<()> {
    let day = |at| chinese_day(tx.ctx.state.clock.day_of(at));
    use DocumentKind::{BlacklistDecision, InterviewNotice, MeasureNotice, RemovalDecision};
    let steps = &row.proceedings.0;
    context.insert(
        "measure".into(),
        json!({
            "kind": row.kind.zh(), "reason": row.reason_zh, "legal_basis": row.legal_basis, "level": row.level,
            "due_on": chinese_day(row.due_on),
        }),
    );
    if matches!(kind, MeasureNotice | InterviewNotice | RemovalDecision | BlacklistDecision) {
        context.insert("violations".into(), grounds(tx.conn, policies, row)?);
    }
    if matches!(kind, DocumentKind::MeasureNotice | DocumentKind::RemovalDecision) {
        context.insert("ratings".into(), rating_grounds(tx.conn, row)?);
    }
    if matches!(kind, MeasureNotice | RemovalDecision | BlacklistDecision) {
        let notice = steps.notification.as_ref().ok_or_else(missing)?;
        context.insert("facts".into(), json!(notice.facts));
        context.insert("grounds".into(), json!(notice.grounds));
        if kind == DocumentKind::MeasureNotice {
            context.insert("intended_consequence".into(), json!(notice.intended_consequence));
            let days = process(policies, row.policy_version, tx.ctx.today).hearing_request_working_days;
            context.insert("hearing_request_working_days".into(), json!(days));
        }
    }
    if matches!(kind, DocumentKind::RectificationOrder | DocumentKind::ReferralLetter) {
        let violation = violation_of(tx.conn, row)?;
        let notice = violation.proceedings.0.notification.as_ref();
        let facts = notice.map_or(&violation.description, |notice| &notice.facts);
        let grounds = notice.map_or(&row.reason_zh, |notice| &notice.grounds);
        context.insert("violation".into(), violation_facts(policies, &violation));
        context.insert("facts".into(), json!(facts));
        context.insert("grounds".into(), json!(grounds));
    }
    match kind {
        DocumentKind::RectificationOrder => {
            context.insert("due_on".into(), json!(chinese_day(row.due_on)));
        }
        RemovalDecision | BlacklistDecision => {
            let approval = steps.approval.as_ref().ok_or_else(missing)?;
            context.insert("reasons".into(), json!(approval.text));
            context.insert("decided_on".into(), json!(day(approval.at)));
            context.insert("statement_made".into(), json!(steps.statement.is_some()));
            let held = steps.hearing.as_ref().map(|hearing| chinese_day(hearing.held_on));
            context.insert("hearing_held_on".into(), json!(held));
            if kind == BlacklistDecision {
                let (from, until) = blacklist::term_of(tx.conn, row.company_id, row.id)?.ok_or_else(missing)?;
                context.insert("listed_from".into(), json!(chinese_day(from)));
                context.insert("listed_until".into(), json!(chinese_day(until)));
            }
        }
        DocumentKind::HearingRecord => {
            let (asked, held) = steps.hearing_request.as_ref().zip(steps.hearing.as_ref()).ok_or_else(missing)?;
            context.insert("requested_on".into(), json!(day(asked.at)));
            context.insert("hearing_held_on".into(), json!(chinese_day(held.held_on)));
            context.insert("record".into(), json!(held.record));
        }
        DocumentKind::HearingNotice => {
            let asked = steps.hearing_request.as_ref().ok_or_else(missing)?;
            context.insert("requested_on".into(), json!(day(asked.at)));
        }
        _ => {}
    }
    Ok(())
}

fn process(policies: &Policies, version: i64, day: chrono::NaiveDate) -> &ProcessRules {
    &policies.get(version).unwrap_or_else(|| policies.governing(day)).document().process
}

fn violation_facts(policies: &Policies, row: &ViolationRow) -> Value {
    let act = policies.get(row.policy_version).and_then(|version| version.act(&row.act));
    json!({
        "act": act.map_or(&row.act, |act| &act.title_zh), "clause": row.clause,
        "legal_basis": act.and_then(|act| act.legal_basis.as_ref()), "found_on": chinese_day(row.found_on),
    })
}

/// The violations that a measure rests on: act, day and place, which is what an office may know of another's case.
fn grounds(conn: &mut Conn, policies: &Policies, row: &MeasureRow) -> Work<Value> {
    let ids = measures::store::grounds_of_one(conn, row.id)?;
    let mut all = Vec::new();
    for violation in violations::store::by_ids(conn, &ids)? {
        let mut facts = violation_facts(policies, &violation);
        facts["area"] = json!(place_in_words(conn, &violation.place())?);
        all.push(facts);
    }
    Ok(json!(all))
}

/// The ratings that a removal rests on: they are published, and so for everyone to know.
fn rating_grounds(conn: &mut Conn, row: &MeasureRow) -> Work<Value> {
    let ids = measures::store::rating_grounds_of_one(conn, row.id)?;
    let all = ratings::cited(conn, &ids)?;
    let said = |one: &ratings::Cited| {
        json!({
            "cycle": one.cycle_name, "star": one.star.zh(), "total": one.total.to_string(),
            "published_on": chinese_day(one.published_on),
        })
    };
    Ok(all.iter().map(said).collect())
}

/// The one violation that a measure rests on.
fn violation_of(conn: &mut Conn, row: &MeasureRow) -> Work<ViolationRow> {
    let ids: Vec<Id> = row.violation_id.into_iter().collect();
    violations::store::by_ids(conn, &ids)?.pop().ok_or_else(missing)
}

/// Whom a letter of referral goes to, by the name that the directory has.
fn referred_to(conn: &mut Conn, input: &DocumentIn, row: &MeasureRow) -> Work<Option<String>> {
    if input.kind != DocumentKind::ReferralLetter {
        return Ok(None);
    }
    if input.addressee.is_some() {
        return Ok(input.addressee.clone());
    }
    let agency = row.office_role;
    let name = offices::find_by_seat(conn, agency, &row.office_division)?.map(|office| office.name);
    Ok(Some(name.unwrap_or_else(|| agency.row().zh.to_owned())))
}
