use diesel::prelude::*;

use super::model::{ListRevocations, Revocation, RevocationRow};
use crate::access::{Scope, scoped};
use crate::db::schema::revocations;
use crate::db::{Conn, Id, Instant, Work};
use crate::http::paging::{Page, PageOf};
use crate::http::{Ctx, Cursor};
use crate::problem::Problem;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> Work<RevocationRow> {
    let row = scoped::revocations(scope).filter(revocations::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the revocation, then reads it (SQLite has one writer anyway).
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> Work<RevocationRow> {
    if let Conn::Postgres(conn) = conn {
        revocations::table.find(id).select(revocations::id).for_update().first::<Id>(conn).optional()?;
    }
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &RevocationRow) -> Work<()> {
    diesel::insert_into(revocations::table).values(row).execute(conn)?;
    Ok(())
}

pub fn withdraw(conn: &mut Conn, row: &RevocationRow) -> Work<()> {
    diesel::update(revocations::table.find(row.id))
        .set((revocations::version.eq(row.version), revocations::withdrawn_at.eq(row.withdrawn_at)))
        .execute(conn)?;
    Ok(())
}

/// Everything that is revoked now, of every county.
pub fn in_force(conn: &mut Conn, now: Instant) -> Work<Vec<RevocationRow>> {
    let system = Scope::System("a token that is refused is refused whoever asks");
    Ok(scoped::revocations(&system)
        .filter(revocations::withdrawn_at.is_null())
        .filter(revocations::expires_at.is_null().or(revocations::expires_at.gt(now)))
        .load(conn)?)
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListRevocations) -> Work<PageOf<Revocation>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let filtered = || scoped::revocations(&ctx.scope);
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some(before) = Cursor::decode::<Id>(page.cursor.as_deref())? {
        rows = rows.filter(revocations::id.lt(before));
    }
    let rows: Vec<RevocationRow> = rows.order(revocations::id.desc()).limit(page.fetch()).load(conn)?;
    let (items, next_cursor) = page.cut(rows, |row| row.id);
    Ok(PageOf { items: items.into_iter().map(Revocation::from).collect(), next_cursor, total })
}
