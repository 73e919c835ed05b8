//! Listing and delisting of companies, and credit repair.

use chrono::{Months, NaiveDate};
use serde_json::json;

use super::model::{Listing, ListingRow};
use super::rules::{self, Term};
use super::store;
use super::view::to_entity;
use crate::db::{Id, Json, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::ledger::{self, Audience, Event, Place};
use crate::policy::model::MeasureKind;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::model::{ReasonsIn, Statement, StatementIn, Step};
use crate::service::{Body, Tx};

/// The parts of a measure that a listing is based on.
pub struct Grounds<'a> {
    pub measure: Id,
    pub kind: MeasureKind,
    pub company: Id,
    pub county: &'a str,
    pub legal_basis: Option<&'a str>,
    /// Reason that is published.
    pub public_reason: &'a str,
}

/// Lists a company because of an approved measure.
pub fn list_company(tx: &mut Tx, grounds: &Grounds, months: u32, reason: &str) -> WorkResult<()> {
    let ctx = tx.ctx;
    let until = ctx.today.checked_add_months(Months::new(months)).unwrap_or(ctx.today);
    let row = ListingRow {
        id: ctx.new_id(),
        version: 1,
        kind: rules::kind_of(grounds.kind)?,
        company_id: grounds.company,
        county: grounds.county.to_owned(),
        measure_id: grounds.measure,
        legal_basis: grounds.legal_basis.unwrap_or_default().to_owned(),
        reason: reason.to_owned(),
        public_reason: grounds.public_reason.to_owned(),
        listed_from: ctx.today,
        listed_until: until,
        delisted_on: None,
        delisting_reason: None,
        repair: Json(None),
        repair_refusal: Json(None),
        created_at: ctx.now,
        updated_at: ctx.now,
        suspended_on: None,
    };
    store::insert(tx.conn, &row)?;
    record(tx, &row, "blacklist.listed", &())
}

fn record(tx: &mut Tx, row: &ListingRow, kind: &'static str, texts: &dyn LedgerTexts) -> WorkResult<()> {
    let event = Event::new(kind, "listing", row.id)
        .in_territory(Place { county: row.county.clone(), ..Place::default() })
        .company(Some(row.company_id))
        .audience(Audience::Everyone)
        .data(json!({
            "kind": row.kind, "measure_id": row.measure_id, "legal_basis": row.legal_basis,
            "listed_from": row.listed_from, "listed_until": row.listed_until, "delisted_on": row.delisted_on,
            "suspended_on": row.suspended_on, "version": row.version,
        }))
        .personal("delisting_reason", row.delisting_reason.as_deref())
        .with_texts(texts.texts());
    ledger::append(tx, event)?;
    Ok(())
}

fn save(tx: &mut Tx, row: &mut ListingRow, kind: &'static str, texts: &dyn LedgerTexts) -> WorkResult<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, row)?;
    record(tx, row, kind, texts)
}

/// Delists a company because the measure behind the listing was reversed.
pub fn end_listing_of(tx: &mut Tx, company: Id, measure: Id, reason: &str) -> WorkResult<()> {
    for mut row in store::of_measure(tx.conn, company, measure)? {
        row.delisted_on = Some(tx.ctx.today);
        row.delisting_reason = Some(reason.to_owned());
        save(tx, &mut row, "blacklist.delisted", &())?;
    }
    Ok(())
}

/// Suspends the listings of a measure while an appeal against one of its grounds is pending; `None` resumes them.
pub fn suspend_listing_of(tx: &mut Tx, company: Id, measure: Id, suspended_on: Option<NaiveDate>) -> WorkResult<()> {
    let kind = if suspended_on.is_some() { "blacklist.suspended" } else { "blacklist.resumed" };
    for mut row in store::of_measure(tx.conn, company, measure)? {
        row.suspended_on = suspended_on;
        save(tx, &mut row, kind, &())?;
    }
    Ok(())
}

fn find_for_update(tx: &mut Tx, id: Id) -> WorkResult<ListingRow> {
    let company = store::find(tx.conn, &tx.ctx.scope, id)?.company_id;
    crate::companies::family::lock_head_of(tx.conn, company)?;
    store::find(tx.conn, &tx.ctx.scope, id)
}

pub fn apply_for_credit_repair(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> WorkResult<Entity<Listing>> {
    let ctx = tx.ctx;
    let mut row = find_for_update(tx, id)?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    rules::require_in_force(&Term::from(&row), ctx.today)?;
    rules::may_apply(row.repair.0.is_some(), row.repair_refusal.0.is_some())?;
    files::attach_evidence(tx, OwnerKind::Listing, row.id, &input.evidence)?;
    row.repair = Json(Some(Statement::new(ctx, input.clone())));
    row.repair_refusal = Json(None);
    save(tx, &mut row, "blacklist.repair_applied", input)?;
    to_entity(tx.conn, ctx, row)
}

pub fn refuse_credit_repair(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Listing>> {
    let ctx = tx.ctx;
    let mut row = find_for_update(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::require_in_force(&Term::from(&row), ctx.today)?;
    rules::may_refuse(row.repair.0.is_some(), row.repair_refusal.0.is_some())?;
    row.repair_refusal = Json(Some(Step::new(ctx, input.clone())));
    save(tx, &mut row, "blacklist.repair_refused", input)?;
    to_entity(tx.conn, ctx, row)
}

pub fn delist_company(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Listing>> {
    let ctx = tx.ctx;
    let mut row = find_for_update(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::require_in_force(&Term::from(&row), ctx.today)?;
    row.delisted_on = Some(ctx.today);
    row.delisting_reason = Some(input.reasons.clone());
    save(tx, &mut row, "blacklist.delisted", input)?;
    to_entity(tx.conn, ctx, row)
}
