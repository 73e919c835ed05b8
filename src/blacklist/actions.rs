use chrono::Months;
use serde_json::json;

use super::model::{Listing, ListingRow};
use super::store;
use crate::db::{Conn, Id, Json, Work};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::ledger::{self, Audience, Event, Place};
use crate::measures::model::MeasureRow;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{ReasonsIn, Statement, StatementIn, Step};
use crate::proceedings::said::Said;
use crate::service::{Body, Ctx, Tx};
use crate::standing;

/// Puts a company on the list that an approved measure calls for.
pub fn list_company(tx: &mut Tx, measure: &MeasureRow, months: u32, reason: &str) -> Work<()> {
    let ctx = tx.ctx;
    let until = ctx.today.checked_add_months(Months::new(months)).unwrap_or(ctx.today);
    let row = ListingRow {
        id: ctx.new_id(),
        version: 1,
        kind: measure.kind.clone(),
        company_id: measure.company_id,
        county: measure.county.clone(),
        measure_id: measure.id,
        legal_basis: measure.legal_basis.clone().unwrap_or_default(),
        reason: reason.to_owned(),
        publicity: measure.reason_zh.clone(),
        listed_from: ctx.today,
        listed_until: until,
        removed_on: None,
        removal_reason: None,
        repair: Json(None),
        repair_refusal: Json(None),
        created_at: ctx.now,
        updated_at: ctx.now,
        suspended_on: None,
    };
    store::insert(tx.conn, &row)?;
    record(tx, &row, "blacklist.listed", &())
}

fn record(tx: &mut Tx, row: &ListingRow, kind: &'static str, said: &dyn Said) -> Work<()> {
    let event = Event::new(kind, "listing", row.id)
        .at(Place { county: row.county.clone(), ..Place::default() })
        .company(Some(row.company_id))
        .audience(Audience::Everyone)
        .data(json!({
            "kind": row.kind, "measure_id": row.measure_id, "legal_basis": row.legal_basis,
            "listed_from": row.listed_from, "listed_until": row.listed_until, "removed_on": row.removed_on,
            "suspended_on": row.suspended_on, "version": row.version,
        }))
        .personal("removal_reason", row.removal_reason.as_deref())
        .said(said.texts());
    ledger::append(tx, event)?;
    Ok(())
}

fn save(tx: &mut Tx, row: &mut ListingRow, kind: &'static str, said: &dyn Said) -> Work<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, row)?;
    record(tx, row, kind, said)
}

/// Takes a company off the lists that a measure put it on; the measure is taken back.
pub fn end_listing_of(tx: &mut Tx, measure: Id, reason: &str) -> Work<()> {
    let reversed = crate::measures::store::find(tx.conn, &crate::access::Scope::System("its own reversal"), measure)?;
    for mut row in store::of_measure(tx.conn, reversed.company_id, measure)? {
        row.removed_on = Some(tx.ctx.today);
        row.removal_reason = Some(reason.to_owned());
        save(tx, &mut row, "blacklist.removed", &())?;
    }
    Ok(())
}

/// The entries of a measure have no effect while an appeal against one of its grounds is pending.
pub fn suspend_listing_of(tx: &mut Tx, measure: &MeasureRow) -> Work<()> {
    let kind = if measure.suspended_on.is_some() { "blacklist.suspended" } else { "blacklist.resumed" };
    for mut row in store::of_measure(tx.conn, measure.company_id, measure.id)? {
        row.suspended_on = measure.suspended_on;
        save(tx, &mut row, kind, &())?;
    }
    Ok(())
}

fn find_for_update(tx: &mut Tx, id: Id) -> Work<ListingRow> {
    let company = store::find(tx.conn, &tx.ctx.scope, id)?.company_id;
    standing::store::lock_head_of(tx.conn, company)?;
    store::find(tx.conn, &tx.ctx.scope, id)
}

fn require_in_force(ctx: &Ctx, row: &ListingRow) -> Work<()> {
    if row.removed_on.is_none() && row.listed_until >= ctx.today {
        return Ok(());
    }
    Err(Problem::new(Code::StateConflict).detail("已移出或期满", "it is removed or has expired").into())
}

pub fn shown(conn: &mut Conn, ctx: &Ctx, row: ListingRow) -> Work<Entity<Listing>> {
    let (id, version) = (row.id, row.version);
    let view = store::views(conn, vec![row], ctx.today)?.pop();
    Ok(Entity::new(id, version, view.ok_or_else(|| Problem::broken("a listing that was read has no view"))?))
}

pub fn apply_for_credit_repair(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> Work<Entity<Listing>> {
    let ctx = tx.ctx;
    let mut row = find_for_update(tx, id)?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    require_in_force(ctx, &row)?;
    if row.repair.0.is_some() && row.repair_refusal.0.is_none() {
        return Err(Problem::new(Code::StateConflict)
            .detail("已提出申请，尚未答复", "an application waits for its answer")
            .into());
    }
    files::attach_evidence(tx, OwnerKind::Listing, row.id, &input.evidence)?;
    row.repair = Json(Some(Statement::new(ctx, input.clone())));
    row.repair_refusal = Json(None);
    save(tx, &mut row, "blacklist.repair_applied", input)?;
    shown(tx.conn, ctx, row)
}

pub fn refuse_credit_repair(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Listing>> {
    let ctx = tx.ctx;
    let mut row = find_for_update(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    require_in_force(ctx, &row)?;
    if row.repair.0.is_none() || row.repair_refusal.0.is_some() {
        return Err(Problem::new(Code::StateConflict).detail("没有待答复的申请", "no application waits").into());
    }
    row.repair_refusal = Json(Some(Step::new(ctx, input.clone())));
    save(tx, &mut row, "blacklist.repair_refused", input)?;
    shown(tx.conn, ctx, row)
}

pub fn remove_from_blacklist(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Listing>> {
    let ctx = tx.ctx;
    let mut row = find_for_update(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    require_in_force(ctx, &row)?;
    row.removed_on = Some(ctx.today);
    row.removal_reason = Some(input.reasons.clone());
    save(tx, &mut row, "blacklist.removed", input)?;
    shown(tx.conn, ctx, row)
}
