//! Accepting one result: stores it, creates hazards from failed items, and updates the inspection.

use serde_json::json;

use super::hazard_store;
use super::model::*;
use super::rules::{self, ResultInput};
use super::store;
use crate::access::{Actor, Role, Scope};
use crate::calendar;
use crate::complexes;
use crate::db::{Id, Json, WorkResult};
use crate::files::{self, OwnerKind};
use crate::ledger::{self, Audience, Event};
use crate::policy::inspections::Checklist;
use crate::proceedings::ledger_texts::Texts;
use crate::proceedings::model::Evidence;
use crate::service::{Ctx, Tx};

/// The office of the caller.
pub struct Office<'a> {
    pub role: Role,
    pub division: &'a str,
}

impl<'a> Office<'a> {
    pub fn of(ctx: &'a Ctx) -> Office<'a> {
        Office { role: ctx.caller.role, division: ctx.caller.division.as_deref().unwrap_or_default() }
    }
}

/// Day of the inspection. A device clock that is ahead of midnight does not put it into tomorrow.
pub fn day_of(ctx: &Ctx, given: &ResultInput) -> chrono::NaiveDate {
    ctx.state.clock.day_of(given.inspected_at).min(ctx.today)
}

/// The evidence lists of a result, with their pointers.
pub fn lists<'a>(at: &str, given: &ResultInput<'a>) -> Vec<(String, &'a [Evidence])> {
    let items = given.items.iter().enumerate();
    items.map(|(n, item)| (format!("{at}/items/{n}/evidence"), item.evidence.as_slice())).collect()
}

/// Stores a result that was checked. The caller holds the complex's lock. The inspection is stored already, and so is
/// the part unless `new`. Returns the ids of the hazards created.
pub fn take(
    tx: &mut Tx,
    inspection: &mut InspectionRow,
    mut part: PartRow,
    new: bool,
    given: &ResultInput,
    (checklist, policy_version): (&Checklist, i64),
) -> WorkResult<Vec<Id>> {
    let ctx = tx.ctx;
    let inspected_on = day_of(ctx, given);
    let system = Scope::System("the company of a complex on a day does not depend on the caller");
    let services = complexes::store::services_of(tx.conn, &system, inspection.complex_id)?;
    let company = services.iter().find(|service| service.covers(inspected_on)).map(|service| service.company_id);
    let count = |outcome| given.items.iter().filter(|item| item.outcome == outcome).count() as i64;
    part.state = InspectionPartState::Done;
    part.company_id = company;
    part.inspected_at = Some(given.inspected_at);
    part.inspected_on = Some(inspected_on);
    (part.passed, part.failed) = (count(ItemOutcome::Pass), count(ItemOutcome::Fail));
    part.not_applicable = count(ItemOutcome::NotApplicable);
    part.submitted_by = Json(Some(Actor::of(&ctx.caller)));
    part.submitted_at = Some(ctx.now);
    part.policy_version = policy_version;
    part.is_last = is_last_result(tx, &part)?;

    let items = given.items.iter().map(|item| ItemResult {
        item: item.item.clone(),
        outcome: item.outcome,
        severity: item.severity,
        note: item.note.clone(),
        evidence: item.evidence.clone(),
        hazard_id: None,
        violation_id: None,
    });
    part.result = Json(PartResult { note: given.note.map(str::to_owned), items: items.collect() });
    for item in &mut part.result.0.items {
        let days = checklist.item(&item.item).and_then(|one| one.hazard_working_days);
        item.hazard_id = days.filter(|_| item.outcome == ItemOutcome::Fail).map(|_| ctx.new_id());
    }
    if new {
        store::insert_part(tx.conn, &part)?;
    } else {
        store::save_part(tx.conn, &part)?;
    }
    for item in given.items {
        files::attach_evidence(tx, OwnerKind::Inspection, inspection.id, &item.evidence)?;
    }
    let hazards = find_hazards(tx, &part, checklist)?;
    go_on(tx, inspection, &part, company)?;
    record(tx, inspection, &part, hazards.len())?;
    Ok(hazards)
}

/// Is this the last result of its checklist at the complex? Offline results can be older than results already stored.
fn is_last_result(tx: &mut Tx, part: &PartRow) -> WorkResult<bool> {
    let Some(mut before) = store::last_of(tx.conn, part.complex_id, &part.checklist)? else { return Ok(true) };
    if before.inspected_on > part.inspected_on {
        return Ok(false);
    }
    before.is_last = false;
    store::save_part(tx.conn, &before)?;
    Ok(true)
}

/// The time for rectification starts on the day of submission: before that, the company does not know of the hazard.
fn find_hazards(tx: &mut Tx, part: &PartRow, checklist: &Checklist) -> WorkResult<Vec<Id>> {
    let ctx = tx.ctx;
    let calendar = calendar::work_calendar(tx.conn, &part.county)?;
    let mut made = Vec::new();
    for item in &part.result.0.items {
        let Some(id) = item.hazard_id else { continue };
        let days = checklist.item(&item.item).and_then(|one| one.hazard_working_days).unwrap_or_default();
        let row = HazardRow {
            id,
            version: 1,
            inspection_id: part.inspection_id,
            part_id: part.id,
            checklist: part.checklist.clone(),
            item: item.item.clone(),
            state: HazardState::Open,
            complex_id: part.complex_id,
            company_id: part.company_id,
            county: part.county.clone(),
            township: part.township.clone(),
            community: part.community.clone(),
            role: part.role,
            division: part.division.clone(),
            found_on: part.inspected_on.unwrap_or(ctx.today),
            due_on: calendar.add_working_days(ctx.today, days),
            rectified_on: None,
            closed_on: None,
            missed: false,
            description: item.note.clone().unwrap_or_default(),
            // Copies of its own: the next company of the complex sees the hazard, but not the inspection.
            evidence: Json(files::copy_evidence(tx, &item.evidence, OwnerKind::Hazard, id)?),
            steps: Json(Vec::new()),
            policy_version: part.policy_version,
            created_at: ctx.now,
            updated_at: ctx.now,
            severity: item.severity.unwrap_or(HazardSeverity::General),
        };
        hazard_store::insert(tx.conn, &row)?;
        super::hazards::record(tx, &row, "hazard.found", vec![("description", row.description.clone())])?;
        made.push(id);
    }
    Ok(made)
}

fn go_on(tx: &mut Tx, inspection: &mut InspectionRow, part: &PartRow, company: Option<Id>) -> WorkResult<()> {
    let ctx = tx.ctx;
    let parts = store::parts_of_one(tx.conn, inspection.id)?;
    let state = rules::state_of(parts.iter().map(|part| part.state));
    if !inspection.inspected {
        inspection.company_id = company;
    }
    inspection.inspected = true;
    inspection.state = state;
    if state == InspectionState::Done {
        inspection.done_on = parts.iter().filter_map(|part| part.inspected_on).max().or(part.inspected_on);
    }
    inspection.version += 1;
    inspection.updated_at = ctx.now;
    store::save(tx.conn, inspection)
}

fn record(tx: &mut Tx, inspection: &InspectionRow, part: &PartRow, hazards: usize) -> WorkResult<()> {
    let result = serde_json::to_string(&part.result.0).unwrap_or_default();
    let step = json!({
        "part_id": part.id, "role": part.role, "checklist": part.checklist, "inspected_on": part.inspected_on,
        "passed": part.passed, "failed": part.failed, "not_applicable": part.not_applicable, "hazards": hazards,
    });
    // The company and the committee see the result, but not the plan of the inspection.
    let mut event = event(inspection, "inspection.result_submitted", step, vec![("result", result)]);
    for planned in ["state", "planned", "planned_on", "done_on", "version"] {
        event.data.as_object_mut().map(|data| data.remove(planned));
    }
    let event = event.addressed(part.role, &part.division).company(part.company_id).audience(Audience::Parties);
    ledger::append(tx, event.policy(part.policy_version))?;
    Ok(())
}

/// The event of an inspection. It is visible to offices only; the event of a result widens its audience.
pub fn event(row: &InspectionRow, kind: &'static str, step: serde_json::Value, texts: Texts) -> Event {
    Event::new(kind, "inspection", row.id)
        .in_territory(row.place())
        .company(row.company_id)
        .complex(Some(row.complex_id))
        .policy(row.policy_version)
        .data(json!({
            "complex_id": row.complex_id, "state": row.state, "planned": row.planned, "planned_on": row.planned_on,
            "done_on": row.done_on, "version": row.version, "step": step,
        }))
        .with_texts(texts)
}
