//! Official documents about a measure: who may issue them, and their content.

use serde_json::{Map, Value, json};

use super::model::MeasureRow;
use super::store;
use crate::blacklist;
use crate::db::{Conn, Id, WorkResult};
use crate::documents::model::{DocumentIn, DocumentKind, DocumentSubject};
use crate::documents::{self, IssueInput, missing, place_in_words};
use crate::due_process::Proceeding;
use crate::offices;
use crate::policy;
use crate::policy::versions::Policies;
use crate::ratings;
use crate::service::Tx;
use crate::violations;
use crate::violations::documents::facts as violation_facts;
use crate::violations::model::ViolationRow;
use crate::words::days::chinese_day;

/// The office in charge issues documents, as it takes every other step. The office of the case issues a referral
/// letter, not the agency that receives it.
pub fn require_office(tx: &mut Tx, kind: DocumentKind, row: &MeasureRow) -> WorkResult<()> {
    if kind == DocumentKind::ReferralLetter {
        let violation = violation_of(tx.conn, row)?;
        return Ok(violation.may_handle(&tx.ctx.caller)?);
    }
    Ok(row.may_handle(&tx.ctx.caller)?)
}

/// Collects the content of the document in addition to what `context` already contains.
pub fn gather(
    tx: &mut Tx,
    input: &DocumentIn,
    row: &MeasureRow,
    mut context: Map<String, Value>,
) -> WorkResult<IssueInput> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    documents::rules::may_order(input.kind, row.due_on, tx.ctx.today)?;
    describe(tx, input.kind, row, &policies, &mut context)?;
    Ok(IssueInput {
        kind: input.kind,
        subject_kind: DocumentSubject::Measure,
        subject_id: row.id,
        violation_id: row.violation_id,
        handler: Some((row.office_role, row.office_division.clone())),
        place: row.place(),
        company_id: Some(row.company_id),
        complex_id: row.complex_id,
        office: documents::office_of(&tx.ctx.caller),
        addressee: referred_to(tx.conn, input, row)?,
        delivered: !row.is_undelivered(),
        context,
    })
}

fn describe(
    tx: &mut Tx,
    kind: DocumentKind,
    row: &MeasureRow,
    policies: &Policies,
    context: &mut Map<String, Value>,
) -> WorkResult<()> {
    let day = |at| chinese_day(tx.ctx.state.clock.day_of(at));
    use DocumentKind::{InterviewNotice, ListingDecision, MeasureNotice, RemovalDecision};
    let steps = &row.proceedings.0;
    context.insert(
        "measure".into(),
        json!({
            "kind": row.kind.zh(), "reason": row.reason_zh, "legal_basis": row.legal_basis, "level": row.level,
            "due_on": chinese_day(row.due_on),
        }),
    );
    if matches!(kind, MeasureNotice | InterviewNotice | RemovalDecision | ListingDecision) {
        context.insert("violations".into(), grounds(tx.conn, policies, row)?);
    }
    if matches!(kind, DocumentKind::MeasureNotice | DocumentKind::RemovalDecision) {
        context.insert("ratings".into(), rating_grounds(tx.conn, row)?);
    }
    if matches!(kind, MeasureNotice | RemovalDecision | ListingDecision) {
        let notice = steps.notification.as_ref().ok_or_else(missing)?;
        context.insert("facts".into(), json!(notice.facts));
        context.insert("grounds".into(), json!(notice.grounds));
        if kind == DocumentKind::MeasureNotice {
            context.insert("intended_consequence".into(), json!(notice.intended_consequence));
            let days = policies.process(row.policy_version, tx.ctx.today).hearing_request_working_days;
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
        RemovalDecision | ListingDecision => {
            let approval = steps.approval.as_ref().ok_or_else(missing)?;
            context.insert("reasons".into(), json!(approval.text));
            context.insert("decided_on".into(), json!(day(approval.at)));
            context.insert("statement_made".into(), json!(steps.statement.is_some()));
            let held = steps.hearing.as_ref().map(|hearing| chinese_day(hearing.held_on));
            context.insert("hearing_held_on".into(), json!(held));
            if kind == ListingDecision {
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

/// The violations that are grounds of a measure. Act, day and place are what one office may know about a case of
/// another.
fn grounds(conn: &mut Conn, policies: &Policies, row: &MeasureRow) -> WorkResult<Value> {
    let ids = store::grounds_of_one(conn, row.id)?;
    let mut all = Vec::new();
    for violation in violations::store::by_ids(conn, &ids)? {
        let mut facts = violation_facts(policies, &violation);
        facts["area"] = json!(place_in_words(conn, &violation.place())?);
        all.push(facts);
    }
    Ok(json!(all))
}

/// The ratings that are grounds of a removal. They are published, so everyone may know them.
fn rating_grounds(conn: &mut Conn, row: &MeasureRow) -> WorkResult<Value> {
    let ids = store::rating_grounds_of_one(conn, row.id)?;
    let all = ratings::cited(conn, &ids)?;
    let said = |one: &ratings::RatingReference| {
        json!({
            "cycle": one.cycle_name, "star": one.star.zh(), "total": one.total.to_string(),
            "published_on": chinese_day(one.published_on),
        })
    };
    Ok(all.iter().map(said).collect())
}

/// The one violation that a measure is about.
fn violation_of(conn: &mut Conn, row: &MeasureRow) -> WorkResult<ViolationRow> {
    let ids: Vec<Id> = row.violation_id.into_iter().collect();
    Ok(violations::store::by_ids(conn, &ids)?.pop().ok_or_else(missing)?)
}

/// Name of the office that a referral letter goes to, from the office directory.
fn referred_to(conn: &mut Conn, input: &DocumentIn, row: &MeasureRow) -> WorkResult<Option<String>> {
    if input.kind != DocumentKind::ReferralLetter {
        return Ok(None);
    }
    if input.addressee.is_some() {
        return Ok(input.addressee.clone());
    }
    let agency = row.office_role;
    let name = offices::find_by_role(conn, agency, &row.office_division)?.map(|office| office.name);
    Ok(Some(name.unwrap_or_else(|| agency.row().zh.to_owned())))
}
