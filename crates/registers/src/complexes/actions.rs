//! Registering and changing a complex.

use serde_json::json;

use super::model::{Complex, ComplexIn, ComplexPatch, ComplexRow, PointIn};
use super::{rules, store, view};
use crate::db::{Conn, Id, WorkResult, lock_complex};
use crate::divisions;
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Event};
use crate::service::{Body, Ctx, Tx};

pub fn create_complex(tx: &mut Tx, body: &Body<ComplexIn>) -> WorkResult<Entity<Complex>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            check_community(conn, ctx, &input.community, faults)?;
            rules::check_delivery(input.delivered_on, ctx.today, faults);
            Ok(())
        },
    )?;
    let ComplexIn {
        name,
        community,
        grid,
        address,
        point,
        area_m2,
        households,
        buildings,
        delivered_on,
        self_governance,
    } = input.clone();
    let point = point.map(PointIn::stored);
    let row = ComplexRow {
        id: ctx.new_id(),
        version: 1,
        name,
        county: community.get(..6).unwrap_or_default().to_owned(),
        township: community.get(..9).unwrap_or_default().to_owned(),
        community,
        grid,
        address,
        longitude: point.map(|p| p.longitude),
        latitude: point.map(|p| p.latitude),
        area_m2,
        households,
        buildings,
        delivered_on,
        self_governance,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    record(tx, "complex.registered", &row)?;
    let (id, version) = (row.id, row.version);
    let view = view::view_one(tx.conn, ctx, row)?;
    Ok(Entity::created(id, version, view, "/v1/complexes"))
}

pub fn update_complex(tx: &mut Tx, id: Id, body: &Body<ComplexPatch>) -> WorkResult<Entity<Complex>> {
    let ctx = tx.ctx;
    lock_complex(tx.conn, id)?;
    let before = store::find(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |_, input, faults| {
        rules::check_delivery(input.delivered_on.flatten(), ctx.today, faults);
        Ok(())
    })?;
    tx.if_match(before.version)?;
    let ComplexPatch { name, grid, address, point, area_m2, households, buildings, delivered_on, self_governance } =
        input.clone();
    let (longitude, latitude) = match point {
        None => (before.longitude, before.latitude),
        Some(point) => point.map(|p| p.stored()).map(|p| (p.longitude, p.latitude)).unzip(),
    };
    let row = ComplexRow {
        version: before.version + 1,
        name: name.unwrap_or(before.name),
        grid: grid.unwrap_or(before.grid),
        address: address.unwrap_or(before.address),
        longitude,
        latitude,
        area_m2: area_m2.unwrap_or(before.area_m2),
        households: households.unwrap_or(before.households),
        buildings: buildings.unwrap_or(before.buildings),
        delivered_on: delivered_on.unwrap_or(before.delivered_on),
        self_governance: self_governance.unwrap_or(before.self_governance),
        updated_at: ctx.now,
        ..before
    };
    store::update(tx.conn, &row)?;
    record(tx, "complex.changed", &row)?;
    let (id, version) = (row.id, row.version);
    let view = view::view_one(tx.conn, ctx, row)?;
    Ok(Entity::new(id, version, view))
}

fn record(tx: &mut Tx, kind: &'static str, row: &ComplexRow) -> WorkResult<Id> {
    let event = Event::new(kind, "complex", row.id).in_territory(row.place()).complex(Some(row.id)).data(json!({
        "name": row.name, "grid": row.grid, "address": row.address, "longitude": row.longitude,
        "latitude": row.latitude, "area_m2": row.area_m2, "households": row.households, "buildings": row.buildings,
        "delivered_on": row.delivered_on, "self_governance": row.self_governance, "version": row.version,
    }));
    ledger::append(tx, event)
}

/// The community must exist and lie in the caller's territory.
fn check_community(conn: &mut Conn, ctx: &Ctx, code: &str, faults: &mut Vec<InputError>) -> WorkResult<()> {
    let division = divisions::find(conn, code)?;
    let level = division.as_ref().map(|division| division.level.as_str());
    let place = division.as_ref().map(|division| division.place());
    let inside = place.is_some_and(|place| ctx.scope.contains(&place.county, &place.township, &place.community));
    rules::check_community(level, inside, faults);
    Ok(())
}
