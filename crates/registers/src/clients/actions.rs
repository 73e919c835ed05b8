//! Registering, approving, changing and revoking OAuth clients, and rotating their secrets.

use chrono::Duration;
use serde_json::{Value, json};

use super::keys::{self, ClientKeys};
use super::model::{Client, ClientIn, ClientPatch, ClientReasonIn, ClientRow, ClientState, Grant, NewSecret, SecretIn};
use super::{rules, secret, store, view};
use crate::access::Scope;
use crate::db::{Conn, Id, Instant, Json, WorkError, WorkResult};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Event, Place};
use crate::service::{Body, Ctx, Tx};
use crate::{companies, complexes, divisions};

pub fn create_client(tx: &mut Tx, body: &Body<ClientIn>) -> WorkResult<Entity<Client>> {
    let ctx = tx.ctx;
    let county = ctx.caller.county().unwrap_or_default().to_owned();
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            faults.extend(input.jwks.iter().flat_map(keys::faults));
            check_grant(conn, ctx, &grant_of(input), &county, faults)
        },
    )?;
    let grant = grant_of(input);
    let row = ClientRow {
        id: ctx.new_id(),
        version: 1,
        name: input.name.clone(),
        contact: input.contact.clone(),
        role: grant.role,
        division: grant.division,
        company: grant.company,
        complex_id: grant.complex_id,
        organisation: grant.organisation,
        operations: Json(grant.operations),
        county,
        state: ClientState::Pending,
        epoch: 0,
        requested_by_iss: ctx.caller.iss.clone(),
        requested_by_sub: ctx.caller.sub.clone(),
        approved_by_iss: None,
        approved_by_sub: None,
        approved_at: None,
        created_at: ctx.now,
        updated_at: ctx.now,
        jwks: Json(input.jwks.clone()),
    };
    store::insert(tx.conn, &row)?;
    record(tx, "client.registered", &row, json!({}), None)?;
    let (id, version) = (row.id, row.version);
    Ok(Entity::created(id, version, view::view(tx.conn, ctx, row)?, "/v1/clients"))
}

pub fn update_client(tx: &mut Tx, id: Id, body: &Body<ClientPatch>) -> WorkResult<Entity<Client>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let before = row.grant();
    let county = row.county.clone();
    let input = tx.checked(body, |conn, input, faults| {
        faults.extend(input.jwks.iter().flatten().flat_map(keys::faults));
        let grant = input.grant(&before);
        if grant == before { Ok(()) } else { check_grant(conn, ctx, &grant, &county, faults) }
    })?;
    tx.if_match(row.version)?;
    rules::may_change(row.state)?;
    let grant = input.grant(&before);
    if grant != before {
        // The approval covered the old grant: existing tokens become invalid, and the county authority must approve
        // again.
        row.epoch += 1;
        row.requested_by_iss = ctx.caller.iss.clone();
        row.requested_by_sub = ctx.caller.sub.clone();
        (row.approved_by_iss, row.approved_by_sub, row.approved_at) = (None, None, None);
        if row.state == ClientState::Active {
            row.state = ClientState::Pending;
        }
    }
    row.name = input.name.clone().unwrap_or(row.name);
    row.contact = input.contact.clone().unwrap_or(row.contact);
    (row.role, row.division, row.company) = (grant.role, grant.division, grant.company);
    (row.complex_id, row.organisation) = (grant.complex_id, grant.organisation);
    row.operations = Json(grant.operations);
    row.jwks = Json(input.jwks.clone().unwrap_or(row.jwks.0));
    save(tx, row, "client.changed", None)
}

pub fn approve_client(tx: &mut Tx, id: Id, body: &Body<ClientReasonIn>) -> WorkResult<Entity<Client>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let reason = tx.input(body)?.reason.clone();
    tx.if_match(row.version)?;
    rules::may_approve(&row, &ctx.caller)?;
    row.state = ClientState::Active;
    row.approved_by_iss = Some(ctx.caller.iss.clone());
    row.approved_by_sub = Some(ctx.caller.sub.clone());
    row.approved_at = Some(ctx.now);
    save(tx, row, "client.approved", Some(&reason))
}

pub fn rotate_client_secret(tx: &mut Tx, id: Id, body: &Body<SecretIn>) -> WorkResult<Entity<NewSecret>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let overlap = Duration::hours(tx.input(body)?.overlap_hours);
    tx.if_match(row.version)?;
    rules::may_change(row.state)?;
    // Secrets and tokens expire by real time. Business time may be stopped or moved.
    let now = Instant::now();
    let others_expire_at = Instant(now.0 + overlap);
    let client_secret = secret::generate()?;
    store::add_secret(tx.conn, id, &secret::digest_of(&client_secret), now, others_expire_at)?;
    let secret_expires_at = ctx.state.secret_life.map(|life| Instant(now.0 + life));
    row.version += 1;
    row.updated_at = ctx.now;
    store::save(tx.conn, &row)?;
    let ends = json!({ "others_expire_at": others_expire_at, "secret_expires_at": secret_expires_at });
    record(tx, "client.secret_rotated", &row, ends, None)?;
    let made = NewSecret { client_id: id, client_secret, created_at: now, secret_expires_at, others_expire_at };
    Ok(Entity::new(id, row.version, made).shown_once())
}

pub fn suspend_client(tx: &mut Tx, id: Id, body: &Body<ClientReasonIn>) -> WorkResult<Entity<Client>> {
    let mut row = store::find_for_update(tx.conn, &tx.ctx.scope, id)?;
    let reason = tx.input(body)?.reason.clone();
    tx.if_match(row.version)?;
    rules::may_suspend(row.state)?;
    row.state = ClientState::Suspended;
    row.epoch += 1;
    save(tx, row, "client.suspended", Some(&reason))
}

pub fn resume_client(tx: &mut Tx, id: Id, body: &Body<ClientReasonIn>) -> WorkResult<Entity<Client>> {
    let mut row = store::find_for_update(tx.conn, &tx.ctx.scope, id)?;
    let reason = tx.input(body)?.reason.clone();
    tx.if_match(row.version)?;
    rules::may_resume(row.state)?;
    row.state = if row.approved_at.is_some() { ClientState::Active } else { ClientState::Pending };
    save(tx, row, "client.resumed", Some(&reason))
}

pub fn revoke_client(tx: &mut Tx, id: Id, body: &Body<ClientReasonIn>) -> WorkResult<Entity<Client>> {
    let mut row = store::find_for_update(tx.conn, &tx.ctx.scope, id)?;
    let reason = tx.input(body)?.reason.clone();
    tx.if_match(row.version)?;
    rules::may_revoke(row.state)?;
    row.state = ClientState::Revoked;
    row.epoch += 1;
    store::delete_secrets(tx.conn, id)?;
    save(tx, row, "client.revoked", Some(&reason))
}

fn save(tx: &mut Tx, mut row: ClientRow, kind: &'static str, reason: Option<&str>) -> WorkResult<Entity<Client>> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, &row)?;
    record(tx, kind, &row, json!({}), reason)?;
    view::entity(tx.conn, tx.ctx, row)
}

fn record(tx: &mut Tx, kind: &'static str, row: &ClientRow, more: Value, reason: Option<&str>) -> WorkResult<()> {
    let mut data = json!({
        "name": row.name, "role": row.role, "division": row.division, "company": row.company,
        "complex_id": row.complex_id, "organisation": row.organisation, "operations": row.operations.0,
        "state": row.state, "keys": row.jwks.0.as_ref().map(ClientKeys::thumbprints), "version": row.version,
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut data, more) {
        all.extend(more);
    }
    let event = Event::new(kind, "client", row.id)
        .in_territory(Place { county: row.county.clone(), ..Place::default() })
        .data(data)
        .personal("contact", Some(&row.contact))
        .personal("reason", reason);
    ledger::append(tx, event)?;
    Ok(())
}

fn grant_of(input: &ClientIn) -> Grant {
    Grant {
        role: input.role,
        division: input.division.clone(),
        company: input.company.clone(),
        complex_id: input.complex_id,
        organisation: input.organisation.clone(),
        operations: input.operations.clone(),
    }
}

/// The rules, and what only the registers know: the division, the company and the complex are there, in this county.
fn check_grant(
    conn: &mut Conn,
    ctx: &Ctx,
    grant: &Grant,
    county: &str,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let wrong = rules::faults(ctx.state.permissions, grant, county);
    let fine = |pointer: &str| !wrong.iter().any(|fault| fault.pointer == pointer);
    let scope = Scope::County(county.to_owned());
    let unknown = |pointer: &str| {
        InputError::new(pointer, "unknown_reference", "不存在，或者不在本县内", "unknown, or outside your county")
    };
    if let Some(code) = grant.division.as_deref().filter(|_| fine("/division"))
        && divisions::find(conn, code)?.is_none()
    {
        faults.push(unknown("/division"));
    }
    if let Some(uscc) = grant.company.as_deref().filter(|_| fine("/company"))
        && companies::find_by_uscc(conn, &scope, uscc)?.is_none()
    {
        faults.push(unknown("/company"));
    }
    if let Some(id) = grant.complex_id.filter(|_| fine("/complex_id")) {
        match complexes::find(conn, &scope, id) {
            Ok(_) => {}
            Err(WorkError::Problem(_)) => faults.push(unknown("/complex_id")),
            Err(other) => return Err(other),
        }
    }
    faults.extend(wrong);
    Ok(())
}
