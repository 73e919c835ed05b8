//! The handover after the end of a contract (交接): the company records what it handed over, the receivers record what
//! they received.

use chrono::NaiveDate;
use serde_json::json;

use super::input::{HandoverIn, LateHandoverIn};
use super::model::*;
use super::record::{self, advance};
use super::rules;
use super::store;
use super::termination_rules;
use super::view::Contract;
use crate::access::Role;
use crate::db::{Id, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::proceedings::model::Evidence;
use crate::service::{Body, Tx};
use crate::violations;
use crate::violations::model::{ViolationIn, ViolationSource};
use crate::violations::view::Violation;
use crate::words::days::chinese_day;

pub fn record_handover(tx: &mut Tx, id: Id, body: &Body<HandoverIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let by_company = ctx.caller.role == Role::PropertyCompany;
    let input = tx.checked(body, |conn, input, faults| {
        let known = &row.proceedings.0.handover;
        faults.extend(rules::check_handover(&input.items, known, row.effective_from, by_company, ctx.today));
        let lists = input.items.iter().enumerate();
        let lists = lists.map(|(at, one)| (format!("/items/{at}/evidence"), one.evidence.as_slice()));
        files::check_lists(conn, ctx, &lists.collect::<Vec<_>>(), faults)
    })?;
    tx.if_match(row.version)?;
    termination_rules::may_record_handover(&row, ctx.today)?;
    let mut attached: Vec<Evidence> = Vec::new();
    let handed = &mut row.proceedings.0.handover;
    for one in input.items.clone() {
        attached.extend(one.evidence.iter().cloned());
        let at = handed.iter().position(|known| known.item == one.item).unwrap_or_else(|| {
            handed.push(HandoverStep {
                item: one.item,
                handed_over_on: None,
                recorded_on: None,
                received_on: None,
                receiver: None,
                note: None,
                evidence: Vec::new(),
            });
            handed.len() - 1
        });
        let known = &mut handed[at];
        // A company can record only that it handed an item over, never that the item was received.
        if by_company {
            known.handed_over_on = Some(one.on);
            known.recorded_on = known.recorded_on.or(Some(ctx.today));
        } else {
            known.received_on = Some(one.on);
        }
        known.receiver = one.receiver.or(known.receiver.take());
        known.note = one.note.or(known.note.take());
        known.evidence.extend(one.evidence);
    }
    row.handover_done_on = rules::handover_done(&row.proceedings.0.handover);
    files::attach_evidence(tx, OwnerKind::Contract, row.id, &attached)?;
    let items: Vec<&str> = input.items.iter().map(|one| one.item.code()).collect();
    let step = json!({ "items": items, "received": !by_company, "done_on": row.handover_done_on });
    advance(tx, row, "contract.handed_over", step, input)
}

/// The act for an overdue handover: clause 6 of the nine prohibitions (stopping service without authority, or failing
/// to hand over).
const ACT: &str = "nine.abandoning_service";

/// Reports an overdue handover as a violation, once. During interim service (Civil Code 950) no handover is overdue.
pub fn report_late_handover(tx: &mut Tx, id: Id, body: &Body<LateHandoverIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |conn, input, faults| {
        violations::report::check(conn, ctx, &late(ctx.today, &row, input), faults)
    })?;
    tx.if_match(row.version)?;
    termination_rules::may_report_handover(&row, ctx.today)?;
    let violation = ctx.new_id();
    let reported = violations::report::report(tx, violation, late(ctx.today, &row, input))?;
    row.proceedings.0.late_report = Some(violation);
    record::save(tx, &mut row, "contract.handover_reported", json!({ "violation": violation }), &())?;
    Ok(reported)
}

/// The violation to report: the facts from the contract's own record, followed by the officer's description. Items
/// that the company recorded in time are not listed as missing.
fn late(today: NaiveDate, row: &ContractRow, input: &LateHandoverIn) -> ViolationIn {
    let missing: Vec<&str> =
        HandoverItem::ALL.iter().filter(|item| !rules::handed_in_time(row, **item)).map(|item| item.zh()).collect();
    let day = |day: Option<NaiveDate>| day.map(chinese_day).unwrap_or_default();
    let facts = format!(
        "物业服务合同于{}终止，交接期限至{}止，下列事项未按期移交：{}。",
        day(row.serves_until()),
        day(row.handover_due_on),
        missing.join("、"),
    );
    ViolationIn {
        act: ACT.to_owned(),
        company_id: Some(row.company_id),
        subject_name: None,
        complex_id: Some(row.complex_id),
        division: None,
        point: None,
        found_on: today,
        source: ViolationSource::Inspection,
        description: format!("{facts}{}", input.description.as_deref().unwrap_or_default()),
        evidence: vec![Evidence {
            title: "交接清单登记情况".to_owned(),
            text: Some(facts),
            url: None,
            attachment_id: None,
        }],
        distinct_fact_reason: None,
        stopped_and_reported: false,
    }
}
