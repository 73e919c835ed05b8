//! Revoking tokens, and withdrawing a revocation.

use serde_json::json;

use super::model::{TokenRevocation, TokenRevocationIn, TokenRevocationRow, WithdrawalIn};
use super::{rules, store};
use crate::db::{Id, Instant, WorkResult};
use crate::http::Entity;
use crate::ledger::{self, Event, Place};
use crate::service::{Body, Tx};

pub fn create_token_revocation(tx: &mut Tx, body: &Body<TokenRevocationIn>) -> WorkResult<Entity<TokenRevocation>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |_, input, faults| {
            // Tokens expire by real time, so this must not use business time.
            rules::check(input, Instant::now(), ctx.state.verifier.trusts(&input.issuer), faults);
            Ok(())
        },
    )?;
    let county = ctx.caller.county().unwrap_or_default().to_owned();
    let residents = match input.residents {
        Some(residents) => residents,
        None => crate::counties::only(tx.conn)?.is_some_and(|only| only == county),
    };
    let reach = if residents { String::new() } else { county.clone() };
    let row = TokenRevocationRow {
        id: ctx.new_id(),
        version: 1,
        kind: input.kind,
        issuer: input.issuer.clone(),
        value: input.value.clone(),
        reason: input.reason.clone(),
        county,
        reach,
        expires_at: input.expires_at,
        withdrawn_at: None,
        created_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    record(tx, "token_revocation.created", &row, &row.reason)?;
    Ok(Entity::created(row.id, row.version, row.into(), "/v1/token-revocations"))
}

pub fn withdraw_token_revocation(
    tx: &mut Tx,
    id: Id,
    body: &Body<WithdrawalIn>,
) -> WorkResult<Entity<TokenRevocation>> {
    let mut row = store::find_for_update(tx.conn, &tx.ctx.scope, id)?;
    let reason = tx.input(body)?.reason.clone();
    tx.if_match(row.version)?;
    rules::may_withdraw(row.withdrawn_at)?;
    row.version += 1;
    // An administrator of another county sees the revocation because of residents only, and can lift it for residents
    // only.
    let kind = if tx.ctx.caller.county() == Some(row.county.as_str()) {
        row.withdrawn_at = Some(tx.ctx.now);
        "token_revocation.withdrawn"
    } else {
        row.reach = row.county.clone();
        "token_revocation.residents_lifted"
    };
    store::withdraw(tx.conn, &row)?;
    record(tx, kind, &row, &reason)?;
    Ok(Entity::new(id, row.version, row.into()))
}

/// Subject, token id and reason can identify a person, so the ledger stores their digests.
fn record(tx: &mut Tx, kind: &'static str, row: &TokenRevocationRow, reason: &str) -> WorkResult<()> {
    let event = Event::new(kind, "token_revocation", row.id)
        .in_territory(Place { county: row.county.clone(), ..Place::default() })
        .data(json!({
            "kind": row.kind, "issuer": row.issuer, "expires_at": row.expires_at, "version": row.version,
        }))
        .personal("value", Some(&row.value))
        .personal("reason", Some(reason));
    ledger::append(tx, event)?;
    Ok(())
}
