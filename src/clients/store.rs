use diesel::prelude::*;

use super::model::{Client, ClientRow, ListClients, SecretOut};
use crate::access::{Scope, scoped};
use crate::db::schema::{client_secrets as secrets, clients};
use crate::db::{Conn, Id, Instant, Work};
use crate::http::paging::{Page, PageOf};
use crate::http::{Ctx, Cursor};
use crate::problem::Problem;

/// Secrets that are good at once: more are never needed, and each is compared at every request for a token.
const MOST_SECRETS: usize = 5;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> Work<ClientRow> {
    let row = scoped::clients(scope).filter(clients::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the client, then reads it (SQLite has one writer anyway).
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> Work<ClientRow> {
    if let Conn::Postgres(conn) = conn {
        clients::table.find(id).select(clients::id).for_update().first::<Id>(conn).optional()?;
    }
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &ClientRow) -> Work<()> {
    diesel::insert_into(clients::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ClientRow) -> Work<()> {
    diesel::update(clients::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// A secret takes its place; those before it end at `others_end` at the latest, the oldest of too many at once.
pub fn add_secret(conn: &mut Conn, client: Id, digest: &str, now: Instant, others_end: Instant) -> Work<()> {
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

pub fn delete_secrets(conn: &mut Conn, client: Id) -> Work<()> {
    diesel::delete(secrets::table.filter(secrets::client_id.eq(client))).execute(conn)?;
    Ok(())
}

/// A client with the digests of the secrets that are good now.
pub fn with_digests(conn: &mut Conn, id: Id, now: Instant) -> Work<Option<(ClientRow, Vec<String>)>> {
    let system = Scope::System("a client that presents itself has no territory yet");
    let row: Option<ClientRow> = scoped::clients(&system).filter(clients::id.eq(id)).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let digests = secrets::table
        .filter(secrets::client_id.eq(id))
        .filter(secrets::expires_at.is_null().or(secrets::expires_at.gt(now)))
        .select(secrets::digest)
        .load(conn)?;
    Ok(Some((row, digests)))
}

/// By client: the number that its tokens must have at least. Clients whose tokens were never ended are left out.
pub fn epochs(conn: &mut Conn) -> Work<Vec<(Id, i64)>> {
    let system = Scope::System("a token that is refused is refused whoever asks");
    Ok(scoped::clients(&system).filter(clients::epoch.gt(0)).select((clients::id, clients::epoch)).load(conn)?)
}

pub fn views(conn: &mut Conn, rows: Vec<ClientRow>) -> Work<Vec<Client>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let now = Instant::now();
    let all: Vec<(Id, SecretOut)> = secrets::table
        .filter(secrets::client_id.eq_any(ids))
        .filter(secrets::expires_at.is_null().or(secrets::expires_at.gt(now)))
        .order(secrets::id)
        .select((secrets::client_id, (secrets::id, secrets::created_at, secrets::expires_at)))
        .load(conn)?;
    let of = |id: Id| all.iter().filter(|(client, _)| *client == id).map(|(_, secret)| secret.clone()).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let secrets = of(row.id);
            Client::of(row, secrets)
        })
        .collect())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListClients) -> Work<PageOf<Client>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let filtered = || {
        let mut rows = scoped::clients(&ctx.scope);
        if let Some(state) = query.state {
            rows = rows.filter(clients::state.eq(state.code()));
        }
        rows
    };
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some(before) = Cursor::decode::<Id>(page.cursor.as_deref())? {
        rows = rows.filter(clients::id.lt(before));
    }
    let rows: Vec<ClientRow> = rows.order(clients::id.desc()).limit(page.fetch()).load(conn)?;
    let (rows, next_cursor) = page.cut(rows, |row| row.id);
    Ok(PageOf { items: views(conn, rows)?, next_cursor, total })
}
