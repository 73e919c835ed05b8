//! Registering and changing an office.

use serde_json::json;

use super::model::{Office, OfficeIn, OfficePatch, OfficeRow};
use super::{rules, store};
use crate::db::{Conn, Id, WorkResult};
use crate::divisions;
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Audience, Event};
use crate::problem::Problem;
use crate::service::{Body, Ctx, Tx};

pub fn create_office(tx: &mut Tx, body: &Body<OfficeIn>) -> WorkResult<Entity<Office>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| check_seat(conn, ctx, input, faults),
    )?;
    let division = divisions::find(tx.conn, &input.division)?
        .ok_or_else(|| Problem::broken("a division that was checked was not found"))?
        .place();
    let OfficeIn { role, division: code, name, phone, complaint_phone, hours, address, document_prefix } =
        input.clone();
    let row = OfficeRow {
        id: ctx.new_id(),
        version: 1,
        role,
        division: code,
        county: division.county,
        township: division.township,
        community: division.community,
        name,
        phone,
        complaint_phone,
        hours,
        address,
        document_prefix,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    record(tx, "office.registered", &row)?;
    Ok(Entity::created(row.id, row.version, row.into(), "/v1/offices"))
}

pub fn update_office(tx: &mut Tx, id: Id, body: &Body<OfficePatch>) -> WorkResult<Entity<Office>> {
    let ctx = tx.ctx;
    let before = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let place = before.place();
    rules::may_change(ctx.scope.contains(&place.county, &place.township, &place.community))?;
    let input = tx.input(body)?;
    tx.if_match(before.version)?;
    let OfficePatch { name, phone, complaint_phone, hours, address, document_prefix } = input.clone();
    let row = OfficeRow {
        version: before.version + 1,
        name: name.unwrap_or(before.name),
        phone: phone.unwrap_or(before.phone),
        complaint_phone: complaint_phone.unwrap_or(before.complaint_phone),
        hours: hours.unwrap_or(before.hours),
        address: address.unwrap_or(before.address),
        document_prefix: document_prefix.unwrap_or(before.document_prefix),
        updated_at: ctx.now,
        ..before
    };
    store::update(tx.conn, &row)?;
    record(tx, "office.changed", &row)?;
    Ok(Entity::new(row.id, row.version, row.into()))
}

/// The division must exist, have the length that the role requires, and lie in the caller's territory.
fn check_seat(conn: &mut Conn, ctx: &Ctx, input: &OfficeIn, faults: &mut Vec<InputError>) -> WorkResult<()> {
    if let Err(fault) = rules::check_digits(input.role, &input.division) {
        faults.push(fault);
        return Ok(());
    }
    let place = divisions::find(conn, &input.division)?.map(|division| division.place());
    let inside = place.map(|place| ctx.scope.contains(&place.county, &place.township, &place.community));
    rules::check_territory(inside, faults);
    Ok(())
}

/// Records the event for everyone: the directory is public.
fn record(tx: &mut Tx, kind: &'static str, row: &OfficeRow) -> WorkResult<Id> {
    let event = Event::new(kind, "office", row.id).in_territory(row.place()).audience(Audience::Everyone).data(json!({
        "role": row.role, "division": row.division, "name": row.name, "phone": row.phone,
        "complaint_phone": row.complaint_phone, "hours": row.hours, "address": row.address,
        "document_prefix": row.document_prefix, "version": row.version,
    }));
    ledger::append(tx, event)
}
