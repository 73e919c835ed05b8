//! What a document of each kind is made from: who may issue it, when, and what it says.

use serde_json::{Map, Value, json};

use super::issuing::IssueInput;
use super::model::{DocumentIn, DocumentKind, DocumentSubject};
use super::states::{self, Belongs};
use super::words::{chinese_day, chinese_time, place_in_words};
use crate::access::Role;
use crate::db::{Conn, Fail, Id, Work};
use crate::fault::Fault;
use crate::http::{Ctx, Tx};
use crate::measures::model::MeasureRow;
use crate::offices;
use crate::policy::model::ProcessRules;
use crate::policy::versions::Policies;
use crate::problem::{Code, Problem};
use crate::violations::model::ViolationRow;
use crate::{measures, policy, ratings, violations};

/// The case that a document is about.
pub enum Case {
    Violation(Box<ViolationRow>),
    Measure(Box<MeasureRow>),
}

/// Locks the case and reads it; a case that the caller does not see is a fault.
pub fn find(conn: &mut Conn, ctx: &Ctx, input: &DocumentIn, faults: &mut Vec<Fault>) -> Work<Option<Case>> {
    let found = match input.kind {
        kind if kind.is_of_filing() => return Ok(None),
        kind if matches!(states::belongs(kind), Belongs::Violation(_)) => {
            violations::store::find_for_update(conn, &ctx.scope, input.subject_id)
                .map(|row| Case::Violation(Box::new(row)))
        }
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

fn missing() -> Fail {
    Problem::new(Code::Internal).into()
}

/// The office in charge, as for every other act on the case. A referral is sent by the office of the case, not by the
/// agency that receives it.
pub fn require_office(tx: &mut Tx, kind: DocumentKind, case: &Case) -> Work<()> {
    match case {
        Case::Violation(row) => violations::actions::require_case_office(tx.ctx, row),
        Case::Measure(row) if kind == DocumentKind::ReferralLetter => {
            let violation = violation_of(tx.conn, row)?;
            violations::actions::require_case_office(tx.ctx, &violation)
        }
        Case::Measure(row) => measures::actions::require_office(tx.ctx, row),
    }
}

/// The case is of the document's kind and in a state that calls for it.
pub fn require_state(kind: DocumentKind, case: &Case) -> Work<()> {
    match (case, states::belongs(kind)) {
        (Case::Violation(row), Belongs::Violation(states)) => row.require_state(states),
        (Case::Measure(row), _) => Ok(states::require_measure(kind, row)?),
        (Case::Violation(_), _) => Err(missing()),
    }
}

/// Everything that the document says.
pub fn gather(tx: &mut Tx, input: &DocumentIn, case: &Case) -> Work<IssueInput> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state.policies)?;
    let office = (ctx.caller.role, ctx.caller.division.clone().unwrap_or_default());
    let mut context = Map::new();
    if let (Some(at), Some(place)) = (input.held_at, &input.place) {
        let time = chinese_time(ctx.state.clock.local(crate::db::Instant(at)));
        context.insert("meeting".into(), json!({ "time": time, "place": place }));
    }
    match case {
        Case::Violation(row) => {
            let notice = row.proceedings.0.notification.as_ref().ok_or_else(missing)?;
            context.insert("violation".into(), violation_facts(&policies, row));
            context.insert("facts".into(), json!(notice.facts));
            context.insert("grounds".into(), json!(notice.grounds));
            context.insert("intended_consequence".into(), json!(notice.intended_consequence));
            let days = process(&policies, row.policy_version, row.found_on).statement_working_days;
            context.insert("statement_working_days".into(), json!(days));
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
                served: !violations::actions::is_undelivered(row),
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
                handler: Some((row.office_role()?, row.office_division.clone())),
                place: row.place(),
                company_id: Some(row.company_id),
                complex_id: row.complex_id,
                office,
                addressee: referred_to(tx.conn, input, row)?,
                served: !measures::actions::is_undelivered(row),
                context,
            })
        }
    }
}

fn measure_context(
    tx: &mut Tx,
    kind: DocumentKind,
    row: &MeasureRow,
    policies: &Policies,
    context: &mut Map<String, Value>,
) -> Work<()> {
    let day = |at| chinese_day(tx.ctx.state.clock.day_of(at));
    let steps = &row.proceedings.0;
    context.insert(
        "measure".into(),
        json!({
            "kind": row.kind()?.zh(), "reason": row.reason_zh, "legal_basis": row.legal_basis, "level": row.level,
            "due_on": chinese_day(row.due_on),
        }),
    );
    if matches!(kind, DocumentKind::MeasureNotice | DocumentKind::InterviewNotice | DocumentKind::RemovalDecision) {
        context.insert("violations".into(), grounds(tx.conn, policies, row)?);
    }
    if matches!(kind, DocumentKind::MeasureNotice | DocumentKind::RemovalDecision) {
        context.insert("ratings".into(), rating_grounds(tx.conn, row)?);
    }
    if matches!(kind, DocumentKind::MeasureNotice | DocumentKind::RemovalDecision) {
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
        DocumentKind::RemovalDecision => {
            let approval = steps.approval.as_ref().ok_or_else(missing)?;
            context.insert("reasons".into(), json!(approval.text));
            context.insert("decided_on".into(), json!(day(approval.at)));
            context.insert("statement_made".into(), json!(steps.statement.is_some()));
            let held = steps.hearing.as_ref().map(|hearing| chinese_day(hearing.held_on));
            context.insert("hearing_held_on".into(), json!(held));
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
    let agency: Role = row.office_role()?;
    let name = offices::find_by_seat(conn, agency, &row.office_division)?.map(|office| office.name);
    Ok(Some(name.unwrap_or_else(|| agency.row().zh.to_owned())))
}
