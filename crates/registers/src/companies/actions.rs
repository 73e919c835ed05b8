//! Registering and changing a company.

use serde_json::json;

use super::model::{Company, CompanyIn, CompanyPatch};
use super::{rules, store, uscc};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Audience, Event, Place};
use crate::proceedings::port::after;
use crate::service::{Body, Ctx, Tx};

pub fn create_company(tx: &mut Tx, body: &Body<CompanyIn>) -> WorkResult<Entity<Company>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            rules::check_uscc(input, ctx.caller.role, faults);
            check_parent(conn, ctx, input.parent_id, None, faults)
        },
    )?;
    rules::may_register(store::uscc_exists(tx.conn, &input.uscc)?)?;
    let CompanyIn { uscc, uscc_override_reason, name, legal_representative, service_hotline, parent_id } =
        input.clone();
    let county = ctx.caller.county().unwrap_or_default().to_owned();
    let uscc_override_reason = uscc_override_reason.filter(|_| !uscc::has_valid_check(&uscc));
    let company = Company {
        id: ctx.new_id(),
        version: 1,
        uscc,
        uscc_override_reason,
        name,
        legal_representative,
        service_hotline,
        parent_id,
        county: county.clone(),
        division: ctx.caller.division.clone().unwrap_or_default(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &company).map_err(|error| {
        if WorkError::is_duplicate(&error) { rules::exists().into() } else { WorkError::from(error) }
    })?;
    store::set_family(tx.conn, &company)?;
    let division = ctx.caller.division.clone().unwrap_or_default();
    store::add_areas(tx.conn, company.id, &[&county, &division])?;
    record(tx, "company.registered", &company)?;
    record_for_parent(tx, "company.branch_joined", company.parent_id, &company)?;
    Ok(Entity::created(company.id, company.version, company, "/v1/companies"))
}

pub fn update_company(tx: &mut Tx, id: Id, body: &Body<CompanyPatch>) -> WorkResult<Entity<Company>> {
    let ctx = tx.ctx;
    let before = store::find_for_update(tx.conn, &ctx.scope, id)?;
    rules::may_change(&ctx.caller, &before)?;
    let input = tx.checked(body, |_, input, faults| {
        faults.extend(rules::alone(&before, input));
        Ok(())
    })?;
    tx.if_match(before.version)?;
    let company = apply(tx, before, input.clone())?;
    Ok(Entity::new(company.id, company.version, company))
}

/// Applies a change and records events for the company and, if its parent changes, for both parents.
pub fn apply(tx: &mut Tx, before: Company, change: CompanyPatch) -> WorkResult<Company> {
    let parent_before = before.parent_id;
    let CompanyPatch { name, legal_representative, service_hotline, parent_id } = change;
    let company = Company {
        version: before.version + 1,
        name: name.unwrap_or(before.name),
        legal_representative: legal_representative.unwrap_or(before.legal_representative),
        service_hotline: service_hotline.unwrap_or(before.service_hotline),
        parent_id: parent_id.unwrap_or(before.parent_id),
        updated_at: tx.ctx.now,
        ..before
    };
    store::update(tx.conn, &company)?;
    store::set_family(tx.conn, &company)?;
    after(tx).company_regrouped(tx, company.id)?;
    record(tx, "company.changed", &company)?;
    if parent_before != company.parent_id {
        record_for_parent(tx, "company.branch_left", parent_before, &company)?;
        record_for_parent(tx, "company.branch_joined", company.parent_id, &company)?;
    }
    Ok(company)
}

/// Records an event for the parent when a branch joins or leaves it. The branch has an event of its own.
fn record_for_parent(tx: &mut Tx, kind: &'static str, parent: Option<Id>, branch: &Company) -> WorkResult<()> {
    let Some(parent) = parent else { return Ok(()) };
    let parent = store::find(tx.conn, &Scope::System("the parent company gets events about its branches"), parent)?;
    let event = Event::new(kind, "company", parent.id)
        .in_territory(Place { county: parent.county.clone(), ..Place::default() })
        .company(Some(parent.id))
        .audience(Audience::Parties)
        .data(json!({ "branch_id": branch.id, "branch_uscc": branch.uscc, "branch_name": branch.name }));
    ledger::append(tx, event)?;
    Ok(())
}

fn record(tx: &mut Tx, kind: &'static str, company: &Company) -> WorkResult<Id> {
    let place = Place { county: company.county.clone(), ..Place::default() };
    let event = Event::new(kind, "company", company.id)
        .in_territory(place)
        .company(Some(company.id))
        .audience(Audience::Parties)
        .data(json!({
            "uscc": company.uscc, "name": company.name,
            "parent_id": company.parent_id, "version": company.version,
        }))
        .personal("uscc_override_reason", company.uscc_override_reason.as_deref())
        .personal("legal_representative", Some(&company.legal_representative));
    ledger::append(tx, event)
}

/// The parent must be visible to the caller and must not be a branch: the commercial register has one level of
/// branches, too.
pub fn check_parent(
    conn: &mut Conn,
    ctx: &Ctx,
    parent: Option<Id>,
    own: Option<Id>,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let Some(parent) = parent else { return Ok(()) };
    let known = match store::find(conn, &ctx.scope, parent) {
        Ok(company) => Some(company),
        Err(WorkError::Problem(_)) => None,
        Err(other) => return Err(other),
    };
    let stands_alone = known.is_some_and(|company| company.parent_id.is_none()) && Some(parent) != own;
    let has_branches = match own.filter(|_| stands_alone) {
        Some(own) => store::has_branches(conn, own)?,
        None => false,
    };
    faults.extend(rules::unfit_parent(stands_alone, has_branches));
    Ok(())
}
