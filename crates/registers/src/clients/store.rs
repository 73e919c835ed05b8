//! Rows of clients, secrets and used assertions.

use std::collections::HashMap;

use chrono::Duration;
use diesel::prelude::*;

use super::model::{ClientRow, ListClients, SecretOut};
use crate::access::Scope;
use crate::clients::scoped;
use crate::db::schema::{client_assertions as assertions, client_secrets as secrets, clients};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::http::PageOf;
use crate::problem::Problem;
use crate::{newest_first, on_both};

/// Upper limit of valid secrets. A rotation needs two, and each one is compared at every token request.
const MOST_SECRETS: usize = 5;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ClientRow> {
    let row = scoped::clients(scope).filter(clients::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the client, then reads it. SQLite needs no lock because it has a single writer.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ClientRow> {
    if let Conn::Postgres(conn) = conn {
        clients::table.find(id).select(clients::id).for_update().first::<Id>(conn).optional()?;
    }
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &ClientRow) -> WorkResult<()> {
    diesel::insert_into(clients::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ClientRow) -> WorkResult<()> {
    diesel::update(clients::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Adds a secret. The earlier ones expire at `others_end` at the latest; the oldest are deleted beyond `MOST_SECRETS`.
pub fn add_secret(conn: &mut Conn, client: Id, digest: &str, now: Instant, others_end: Instant) -> WorkResult<()> {
    let own = || secrets::table.filter(secrets::client_id.eq(client));
    diesel::delete(own().filter(secrets::expires_at.le(now))).execute(conn)?;
    diesel::update(own().filter(secrets::expires_at.is_null().or(secrets::expires_at.gt(others_end))))
        .set(secrets::expires_at.eq(others_end))
        .execute(conn)?;
    let kept: Vec<Id> = own().order(secrets::id.desc()).select(secrets::id).load(conn)?;
    let oldest: Vec<Id> = kept.into_iter().skip(MOST_SECRETS - 1).collect();
    diesel::delete(secrets::table.filter(secrets::id.eq_any(oldest))).execute(conn)?;
    diesel::insert_into(secrets::table)
        .values((
            secrets::id.eq(Id::new()),
            secrets::client_id.eq(client),
            secrets::digest.eq(digest),
            secrets::created_at.eq(now),
            secrets::expires_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn delete_secrets(conn: &mut Conn, client: Id) -> WorkResult<()> {
    diesel::delete(secrets::table.filter(secrets::client_id.eq(client))).execute(conn)?;
    Ok(())
}

/// A valid secret: its digest and its expiry.
pub struct GoodSecret {
    pub digest: String,
    pub ends: Option<Instant>,
}

/// The earlier of the stored expiry and the end of the lifetime that the operator has set.
fn end(created_at: Instant, expires_at: Option<Instant>, life: Option<Duration>) -> Option<Instant> {
    expires_at.into_iter().chain(life.map(|life| Instant(created_at.0 + life))).min()
}

/// A client that authenticates, without its secrets.
pub fn presenting(conn: &mut Conn, id: Id) -> WorkResult<Option<ClientRow>> {
    let system = Scope::System("a client that presents itself has no territory yet");
    Ok(scoped::clients(&system).filter(clients::id.eq(id)).first(conn).optional()?)
}

/// Marks an assertion as used and deletes expired ones. Returns false if it was used before.
pub fn use_assertion(conn: &mut Conn, client: Id, jti: &str, ends: Instant, now: Instant) -> WorkResult<bool> {
    diesel::delete(assertions::table.filter(assertions::expires_at.le(now))).execute(conn)?;
    let row = (assertions::client_id.eq(client), assertions::jti.eq(jti), assertions::expires_at.eq(ends));
    let new = on_both!(conn, |conn| diesel::insert_into(assertions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(new == 1)
}

/// A client with its valid secrets.
pub fn with_secrets(
    conn: &mut Conn,
    id: Id,
    now: Instant,
    life: Option<Duration>,
) -> WorkResult<Option<(ClientRow, Vec<GoodSecret>)>> {
    let Some(row) = presenting(conn, id)? else { return Ok(None) };
    let all: Vec<(String, Instant, Option<Instant>)> = secrets::table
        .filter(secrets::client_id.eq(id))
        .select((secrets::digest, secrets::created_at, secrets::expires_at))
        .load(conn)?;
    let good = all
        .into_iter()
        .map(|(digest, created_at, expires_at)| GoodSecret { digest, ends: end(created_at, expires_at, life) })
        .filter(|secret| secret.ends.is_none_or(|ends| ends > now))
        .collect();
    Ok(Some((row, good)))
}

/// The minimum `epoch` of tokens by client. Clients whose tokens were never invalidated are left out.
pub fn epochs(conn: &mut Conn) -> WorkResult<Vec<(Id, i64)>> {
    let system = Scope::System("a revoked token is refused regardless of the caller");
    Ok(scoped::clients(&system).filter(clients::epoch.gt(0)).select((clients::id, clients::epoch)).load(conn)?)
}

/// The valid secrets of clients, by client.
pub fn secrets_of(conn: &mut Conn, ids: &[Id], life: Option<Duration>) -> WorkResult<HashMap<Id, Vec<SecretOut>>> {
    let now = Instant::now();
    let rows: Vec<(Id, SecretOut)> = secrets::table
        .filter(secrets::client_id.eq_any(ids.to_vec()))
        .order(secrets::id)
        .select((secrets::client_id, (secrets::id, secrets::created_at, secrets::expires_at)))
        .load(conn)?;
    let mut all: HashMap<Id, Vec<SecretOut>> = HashMap::new();
    for (client, secret) in rows {
        let expires_at = end(secret.created_at, secret.expires_at, life);
        if expires_at.is_none_or(|ends| ends > now) {
            all.entry(client).or_default().push(SecretOut { expires_at, ..secret });
        }
    }
    Ok(all)
}

pub fn list(conn: &mut Conn, scope: &Scope, query: &ListClients) -> WorkResult<PageOf<ClientRow>> {
    newest_first!(conn, query, ClientRow, clients::id, || {
        let mut rows = scoped::clients(scope);
        if let Some(state) = query.state {
            rows = rows.filter(clients::state.eq(state));
        }
        rows
    })
}
