//! Reports a failed item as a violation, with its note and photographs.

use serde_json::json;

use super::input::InspectionFindingReportIn;
use super::model::*;
use super::results;
use super::rules;
use super::store;
use super::view::checklist_of;
use crate::db::{Conn, Id, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger;
use crate::policy;
use crate::policy::versions::CountyPolicies;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::model::Evidence;
use crate::service::{Body, Ctx, Tx};
use crate::violations;
use crate::violations::model::{ViolationIn, ViolationSource};
use crate::violations::view::Violation;
use crate::words::days::chinese_day;

/// A failed item, with the part of the inspection that found it.
struct Finding<'a> {
    part: &'a PartRow,
    found: &'a ItemResult,
    title: String,
    act: Option<String>,
}

fn finding<'a>(policies: &CountyPolicies, part: &'a PartRow, item: &str) -> Option<Finding<'a>> {
    let found = part.result.0.items.iter().find(|one| one.item == item && one.outcome == ItemOutcome::Fail)?;
    let item = checklist_of(policies, part.policy_version, &part.checklist).and_then(|list| list.item(item));
    Some(Finding {
        part,
        found,
        title: item.map(|one| one.title_zh.clone()).unwrap_or_else(|| found.item.clone()),
        act: item.and_then(|one| one.act.clone()),
    })
}

pub fn report_inspection_finding(
    tx: &mut Tx,
    id: Id,
    body: &Body<InspectionFindingReportIn>,
) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let parts = store::parts_of_one(tx.conn, id)?;
    let policies = policy::all(tx.conn, &ctx.state)?;
    let input = tx.creation(
        body,
        |conn, scope, id| violations::store::find(conn, scope, id).map(drop),
        |conn, input, faults| check(conn, ctx, &row, &parts, &policies, input, faults),
    )?;
    tx.if_match(row.version)?;
    let lost = || Problem::broken("a finding that was checked is not complete");
    let part = parts.iter().find(|part| part.id == input.part_id).ok_or_else(lost)?;
    let finding = finding(&policies, part, &input.item).ok_or_else(lost)?;
    rules::may_report_finding(finding.found.violation_id.is_some(), part.company_id)?;
    let violation_id = ctx.new_id();
    let mut violation = violation(&row, &finding, input);
    let proof = files::copy_evidence(tx, &finding.found.evidence, OwnerKind::Violation, violation_id)?;
    violation.evidence.extend(proof);
    let found_by = part.submitted_by.0.clone();
    let reported = violations::report::report_found_by(tx, violation_id, violation, found_by)?;

    let mut part = part.clone();
    for item in part.result.0.items.iter_mut().filter(|item| item.item == input.item) {
        item.violation_id = Some(violation_id);
    }
    store::save_part(tx.conn, &part)?;
    row.version += 1;
    row.updated_at = ctx.now;
    store::save(tx.conn, &row)?;
    let step = json!({ "part_id": part.id, "item": input.item, "violation_id": violation_id });
    ledger::append(tx, results::event(&row, "inspection.finding_reported", step, input.texts()))?;
    Ok(reported)
}

fn check(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &InspectionRow,
    parts: &[PartRow],
    policies: &CountyPolicies,
    input: &InspectionFindingReportIn,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let Some(part) = parts.iter().find(|part| part.id == input.part_id && part.is_done()) else {
        let (zh, en) = ("此次检查没有该检查结果", "the inspection has no such result");
        faults.push(InputError::new("/part_id", "unknown_reference", zh, en));
        return Ok(());
    };
    let Some(finding) = finding(policies, part, &input.item) else {
        let (zh, en) = ("须为此检查结果中的不合格项", "must be a failed item of this result");
        faults.push(InputError::new("/item", "unknown_value", zh, en));
        return Ok(());
    };
    let has_act = rules::check_act(input.act.as_deref(), finding.act.as_deref(), faults);
    // Without a company there is no violation to check; `may_report_finding` refuses the request.
    if !has_act || part.company_id.is_none() {
        return Ok(());
    }
    violations::report::check(conn, ctx, &violation(row, &finding, input), faults)
}

/// The violation to report: the note of the item, the officer's description, and the item as evidence.
fn violation(row: &InspectionRow, finding: &Finding, input: &InspectionFindingReportIn) -> ViolationIn {
    let Finding { part, found, title, act } = finding;
    let seen = found.note.clone().unwrap_or_default();
    let day = part.inspected_on.unwrap_or(row.planned_on);
    let text = format!("检查日期：{}；检查项：{title}；发现情况：{seen}", chinese_day(day));
    ViolationIn {
        act: input.act.clone().or_else(|| act.clone()).unwrap_or_default(),
        company_id: part.company_id,
        subject_name: None,
        complex_id: Some(row.complex_id),
        division: None,
        point: None,
        found_on: day,
        source: ViolationSource::Inspection,
        description: format!("{title}：{seen}。{}", input.description),
        evidence: vec![Evidence { title: "检查结果".to_owned(), text: Some(text), url: None, attachment_id: None }],
        distinct_fact_reason: input.distinct_fact_reason.clone(),
        stopped_and_reported: false,
    }
}
