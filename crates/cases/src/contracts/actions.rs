//! Operations that record, change, submit and withdraw a contract, and change its project manager.

use serde_json::json;

use super::filing_rules;
use super::input::*;
use super::model::*;
use super::record::{advance, record};
use super::rules;
use super::service_periods;
use super::store;
use super::view::{self, Contract};
use crate::access::{Actor, Role, Scope};
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::db::{Conn, Id, Json, WorkError, WorkResult, lock_complex};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::policy;
use crate::problem::Problem;
use crate::proceedings::model::{Evidence, Step};
use crate::service::{Body, Ctx, Tx};

/// A company may draft a contract for a complex that it does not serve yet, which is outside its own scope.
const ANY_COMPLEX: Scope = Scope::System("a company may offer to serve any complex");

fn is_company(ctx: &Ctx) -> bool {
    ctx.caller.role == Role::PropertyCompany
}

pub fn create_contract(tx: &mut Tx, body: &Body<ContractIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| check(conn, ctx, input, faults),
    )?;
    let unseen = || WorkError::from(Problem::broken("a complex that was checked is not found"));
    let company = company_of(tx.conn, ctx, input)?.ok_or_else(unseen)?;
    lock_complex(tx.conn, input.complex_id)?;
    let scope = if is_company(ctx) { &ANY_COMPLEX } else { &ctx.scope };
    let complex = complexes::find(tx.conn, scope, input.complex_id)?;
    let terms = input.terms();
    let evidence = terms.evidence();
    let by_company = is_company(ctx);
    let mut row = ContractRow {
        id: ctx.new_id(),
        version: 1,
        kind: input.kind,
        state: ContractState::Draft,
        entered_by: if by_company { EnteredBy::Company } else { EnteredBy::Office },
        shared: !by_company,
        governs: false,
        complex_id: input.complex_id,
        company_id: company,
        county: complex.county.clone(),
        township: complex.township.clone(),
        community: complex.community.clone(),
        effective_from: input.effective_from,
        effective_to: input.effective_to,
        last_day: None,
        interim_until: None,
        interim: false,
        project_manager: input.project_manager.clone(),
        filing_number: None,
        filing_office: None,
        filing_year: None,
        filing_serial: None,
        filed_on: None,
        review_due_on: None,
        removal_id: None,
        handover_due_on: None,
        handover_done_on: None,
        terms: Json(terms),
        proceedings: Json(Proceedings::default()),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    if !by_company {
        // A contract that an office records determines the company from now on, without a filing.
        service_periods::apply_succession(tx, &mut row)?;
        store::save(tx.conn, &row)?;
    }
    files::attach_evidence(tx, OwnerKind::Contract, row.id, &evidence)?;
    record(tx, &row, if by_company { "contract.drafted" } else { "contract.recorded" }, json!({}), &())?;
    let (id, version) = (row.id, row.version);
    let view = view::view(tx.conn, ctx, row)?;
    Ok(Entity::created(id, version, view, "/v1/contracts"))
}

fn check(conn: &mut Conn, ctx: &Ctx, input: &ContractIn, faults: &mut Vec<InputError>) -> WorkResult<()> {
    rules::check_shape(input.effective_from, input.effective_to, &input.fee_items, faults);
    let scope = if is_company(ctx) { &ANY_COMPLEX } else { &ctx.scope };
    match complexes::find(conn, scope, input.complex_id) {
        Ok(_) => {}
        Err(WorkError::Problem(_)) => {
            let (zh, en) = ("小区不存在，或者不在您的辖区内", "unknown complex, or outside your territory");
            faults.push(InputError::new("/complex_id", "unknown_reference", zh, en));
        }
        Err(other) => return Err(other),
    }
    filing_rules::check_company(input.company_id, company_of(conn, ctx, input)?, faults);
    let lists = [("/selection_proof".to_owned(), input.selection_proof.as_slice()), ("/text".to_owned(), &input.text)];
    files::check_lists(conn, ctx, &lists, faults)
}

/// The company of a contract. A company names itself or a branch; an office names a company of the complex's county.
fn company_of(conn: &mut Conn, ctx: &Ctx, input: &ContractIn) -> WorkResult<Option<Id>> {
    let found = match (input.company_id, is_company(ctx)) {
        (None, false) => return Ok(None),
        (None, true) => {
            let own = ctx.caller.company.as_deref().unwrap_or_default();
            return Ok(companies::store::find_by_uscc(conn, &ctx.scope, own)?.map(|company| company.id));
        }
        (Some(company), true) => companies::find(conn, &ctx.scope, company),
        (Some(company), false) => {
            let county = ctx.caller.division.as_deref().and_then(|code| code.get(..6)).unwrap_or_default();
            companies::find(conn, &Scope::County(county.to_owned()), company)
        }
    };
    match found {
        Ok(company) => Ok(Some(company.id)),
        Err(WorkError::Problem(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Attachments in `now` that the contract does not have yet.
fn added(before: &[Evidence], now: &[Evidence]) -> Vec<Evidence> {
    let held = |one: &Evidence| before.iter().any(|old| old.attachment_id == one.attachment_id);
    now.iter().filter(|one| one.attachment_id.is_some() && !held(one)).cloned().collect()
}

pub fn update_contract(tx: &mut Tx, id: Id, body: &Body<ContractPatch>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    filing_rules::may_prepare(row.entered_by, ctx.caller.role)?;
    let before = row.terms.0.clone();
    let (from, to) = (row.effective_from, row.effective_to);
    let input = tx.checked(body, |conn, input, faults| {
        let fees = input.fee_items.as_deref().unwrap_or(&before.fee_items);
        rules::check_shape(input.effective_from.unwrap_or(from), input.effective_to.unwrap_or(to), fees, faults);
        let unheld = |old: &[Evidence], new: &Option<Vec<Evidence>>| -> Vec<Evidence> {
            let kept = new.iter().flatten().map(|one| {
                let held = one.attachment_id.is_some() && added(old, std::slice::from_ref(one)).is_empty();
                // An attachment that is kept belongs to the contract already and needs no check. A placeholder keeps
                // its position, so that pointers into the list stay right.
                if held {
                    Evidence { text: Some(String::new()), attachment_id: None, ..one.clone() }
                } else {
                    one.clone()
                }
            });
            kept.collect()
        };
        let proof = unheld(&before.selection_proof, &input.selection_proof);
        let text = unheld(&before.text, &input.text);
        files::check_lists(conn, ctx, &[("/selection_proof".to_owned(), &proof), ("/text".to_owned(), &text)], faults)
    })?;
    tx.if_match(row.version)?;
    filing_rules::require_state(row.state, &[ContractState::Draft, ContractState::Refused])?;
    let mut attached = added(&before.selection_proof, input.selection_proof.as_deref().unwrap_or_default());
    attached.extend(added(&before.text, input.text.as_deref().unwrap_or_default()));
    let held_before = before.evidence();
    let place_before = (row.kind, row.effective_from, row.effective_to);
    row.kind = input.kind.unwrap_or(row.kind);
    row.project_manager = input.project_manager.clone().unwrap_or(row.project_manager);
    row.effective_from = input.effective_from.unwrap_or(row.effective_from);
    row.effective_to = input.effective_to.unwrap_or(row.effective_to);
    row.terms = Json(input.terms(before));
    if row.governs {
        if place_before != (row.kind, row.effective_from, row.effective_to) {
            service_periods::end_service(tx, &mut row)?;
            service_periods::apply_succession(tx, &mut row)?;
        } else {
            service_periods::publish_service(tx, &mut row)?;
        }
    }
    files::attach_evidence(tx, OwnerKind::Contract, row.id, &attached)?;
    if !row.shared {
        // Attachments removed from a draft that nobody else has seen are free again for the person who uploaded them.
        files::release(tx, row.id, &added(&row.terms.0.evidence(), &held_before))?;
    }
    advance(tx, row, "contract.changed", json!({}), &())
}

pub fn submit_contract(tx: &mut Tx, id: Id, body: &Body<SubmissionIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    filing_rules::may_prepare(row.entered_by, ctx.caller.role)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    filing_rules::require_state(row.state, &[ContractState::Draft, ContractState::Refused])?;
    filing_rules::require_complete(row.kind, &row.terms.0, ctx.today)?;
    service_periods::refuse_listed(tx, &row)?;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let days = policies.governing(ctx.today).document().contracts.review_working_days;
    row.review_due_on = Some(calendar::work_calendar(tx.conn, &row.county)?.add_working_days(ctx.today, days));
    row.shared = true;
    row.state = ContractState::Submitted;
    let note = input.note.clone().unwrap_or_default();
    row.proceedings.0.submission = Some(Step { text: note, at: ctx.now, by: Actor::of(&ctx.caller) });
    // The offices of the area must find the company that applies there.
    companies::add_areas(tx.conn, row.company_id, &[&row.county, &row.township, &row.community])?;
    let step = json!({ "review_due_on": row.review_due_on });
    advance(tx, row, "contract.submitted", step, input)
}

/// Withdraws a contract before it is filed.
pub fn withdraw_contract(tx: &mut Tx, id: Id, body: &Body<SubmissionIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    filing_rules::may_prepare(row.entered_by, ctx.caller.role)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    filing_rules::require_state(row.state, &[ContractState::Draft, ContractState::Submitted, ContractState::Refused])?;
    row.state = ContractState::Withdrawn;
    if row.governs {
        service_periods::end_service(tx, &mut row)?;
    }
    advance(tx, row, "contract.withdrawn", json!({}), input)
}

pub fn change_project_manager(tx: &mut Tx, id: Id, body: &Body<ProjectManagerIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    filing_rules::may_change_manager(row.governs)?;
    let text = format!("{} → {}：{}", row.project_manager, input.project_manager, input.reasons);
    row.proceedings.0.managers.push(Step { text, at: ctx.now, by: Actor::of(&ctx.caller) });
    row.project_manager = input.project_manager.clone();
    service_periods::publish_service(tx, &mut row)?;
    advance(tx, row, "contract.manager_changed", json!({}), input)
}
