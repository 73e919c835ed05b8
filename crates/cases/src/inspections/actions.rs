//! Planning an inspection, submitting the result of an office, and cancelling.

use serde_json::json;

use super::input::*;
use super::model::*;
use super::results::{self, Office};
use super::rules::{self, ResultInput};
use super::store;
use super::view::{self, Inspection};
use crate::access::Actor;
use crate::complexes;
use crate::counties;
use crate::db::{Conn, Id, Json, WorkResult, lock_complex};
use crate::files;
use crate::http::{Entity, PageOf};
use crate::input_error::InputError;
use crate::ledger;
use crate::ledger::Place;
use crate::policy;
use crate::policy::inspections::Checklist;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::model::{ReasonsIn, Step};
use crate::service::{Body, Ctx, Tx};

pub fn list_checklists(conn: &mut Conn, ctx: &Ctx, query: &ListChecklists) -> WorkResult<PageOf<Checklist>> {
    let county = counties::of_caller(conn, ctx)?;
    let policies = policy::current(conn, &ctx.state, &county)?;
    let rules = &policies.governing(query.as_of.unwrap_or(ctx.today)).document().inspections;
    let of_role = rules.checklists.iter().filter(|list| query.role.is_none_or(|role| list.roles.contains(&role)));
    Ok(PageOf { items: of_role.cloned().collect(), next_cursor: None, total: None })
}

pub fn create_inspection(tx: &mut Tx, body: &Body<InspectionIn>) -> WorkResult<Entity<Inspection>> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state, ctx.caller.county().unwrap_or_default())?;
    let governing = policies.governing(ctx.today);
    let mut place = None;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            let rules = &governing.document().inspections;
            rules::check_inspection(ctx.today, input.planned_on, &input.offices, rules, faults);
            place = complexes::place_of(conn, &ctx.scope, input.complex_id)?;
            if place.is_none() {
                let (zh, en) = ("小区不存在，或者不在您的辖区内", "unknown complex, or outside your territory");
                faults.push(InputError::new("/complex_id", "unknown_reference", zh, en));
            }
            Ok(())
        },
    )?;
    let place = place.ok_or_else(|| Problem::broken("a place that was checked is not found"))?;
    lock_complex(tx.conn, input.complex_id)?;
    let row = new_row(tx, input.complex_id, &place, governing.version, input.planned_on, true)?;
    let row = InspectionRow { purpose: input.purpose.clone(), ..row };
    store::insert(tx.conn, &row)?;
    for office in &input.offices {
        let division = match office.role.row().division_digits {
            12 => place.community.as_str(),
            _ => office.role.area_of(&place.county, &place.township),
        };
        let part = new_part(ctx, &row, Office { role: office.role, division }, &office.checklist);
        store::insert_part(tx.conn, &part)?;
    }
    let step = json!({ "offices": input.offices });
    ledger::append(tx, results::event(&row, "inspection.planned", step, input.texts()))?;
    // An event has one addressee, so each office that does not see the territory gets an event of its own.
    for office in input.offices.iter().filter(|office| office.role.is_addressed()) {
        let step = json!({ "role": office.role, "checklist": office.checklist });
        let event = results::event(&row, "inspection.office_called", step, Vec::new());
        let area = office.role.area_of(&place.county, &place.township);
        ledger::append(tx, event.addressed(office.role, area))?;
    }
    let id = row.id;
    let view = view::view(tx.conn, ctx, row)?;
    Ok(Entity::created(id, 1, view, "/v1/inspections"))
}

/// A new inspection. Its company is the one that serves the complex on the planned day, as far as is known today.
pub fn new_row(
    tx: &mut Tx,
    complex_id: Id,
    place: &Place,
    policy_version: i64,
    planned_on: chrono::NaiveDate,
    planned: bool,
) -> WorkResult<InspectionRow> {
    let ctx = tx.ctx;
    let serving = complexes::services_in_force(tx.conn, &ctx.scope, &[complex_id], planned_on)?;
    Ok(InspectionRow {
        id: ctx.new_id(),
        version: 1,
        state: InspectionState::Planned,
        planned,
        inspected: false,
        complex_id,
        company_id: serving.get(&complex_id).map(|service| service.company_id),
        county: place.county.clone(),
        township: place.township.clone(),
        community: place.community.clone(),
        planned_on,
        done_on: None,
        purpose: None,
        planned_by: Json(Actor::of(&ctx.caller)),
        cancellation: Json(None),
        policy_version,
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}

pub fn new_part(ctx: &Ctx, row: &InspectionRow, office: Office, checklist: &str) -> PartRow {
    PartRow {
        id: ctx.new_id(),
        inspection_id: row.id,
        role: office.role,
        division: office.division.to_owned(),
        checklist: checklist.to_owned(),
        state: InspectionPartState::Planned,
        complex_id: row.complex_id,
        company_id: row.company_id,
        county: row.county.clone(),
        township: row.township.clone(),
        community: row.community.clone(),
        planned_on: row.planned_on,
        inspected_at: None,
        inspected_on: None,
        is_last: false,
        passed: 0,
        failed: 0,
        not_applicable: 0,
        result: Json(PartResult::default()),
        submitted_by: Json(None),
        submitted_at: None,
        policy_version: row.policy_version,
    }
}

/// The result of the caller's office for its part of a planned inspection.
pub fn submit_inspection_result(
    tx: &mut Tx,
    id: Id,
    body: &Body<InspectionResultIn>,
) -> WorkResult<Entity<Inspection>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let office = Office::of(ctx);
    let parts = store::parts_of_one(tx.conn, id)?;
    let own: Vec<&PartRow> = parts.iter().filter(|part| part.is_of(office.role, office.division)).collect();
    rules::may_submit(!own.is_empty())?;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let input = tx.checked(body, |conn, input, faults| {
        let given = ResultInput::from(input);
        let checklist =
            policies.governing(results::day_of(ctx, &given)).document().inspections.checklist(given.checklist);
        rules::check_result("", &given, checklist, office.role, ctx.now, faults);
        rules::check_own_checklist(own.iter().map(|part| part.checklist.as_str()), given.checklist, faults);
        files::check_lists(conn, ctx, &results::lists("", &given), faults)
    })?;
    tx.if_match(row.version)?;
    let given = ResultInput::from(input);
    let governing = policies.governing(results::day_of(ctx, &given));
    let lost = || Problem::broken("a result that was checked is not complete");
    let checklist = governing.document().inspections.checklist(given.checklist).ok_or_else(lost)?;
    let part = own.into_iter().find(|part| part.checklist == given.checklist).ok_or_else(lost)?.clone();
    rules::require_open_part(row.is_open(), part.is_planned())?;
    results::take(tx, &mut row, part, false, &given, (checklist, governing.version))?;
    view::entity(tx.conn, ctx, row)
}

/// Cancels the parts without a result. If other parts have results, the inspection is done with those.
pub fn cancel_inspection(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Inspection>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::may_cancel(row.is_open())?;
    let mut parts = store::parts_of_one(tx.conn, id)?;
    for part in parts.iter_mut().filter(|part| part.is_planned()) {
        part.state = InspectionPartState::Cancelled;
        store::save_part(tx.conn, part)?;
    }
    row.state = rules::state_of(parts.iter().map(|part| part.state));
    row.done_on = parts.iter().filter_map(|part| part.inspected_on).max();
    row.cancellation = Json(Some(Step::new(ctx, input.clone())));
    row.version += 1;
    row.updated_at = ctx.now;
    store::save(tx.conn, &row)?;
    ledger::append(tx, results::event(&row, "inspection.cancelled", json!({}), input.texts()))?;
    view::entity(tx.conn, ctx, row)
}
