//! Rows of token revocations.

use diesel::prelude::*;

use super::model::{ListRevocations, RevocationRow};
use crate::access::Scope;
use crate::db::schema::revocations;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::problem::Problem;
use crate::revocations::scoped;
use crate::service::Ctx;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<RevocationRow> {
    let row = scoped::revocations(scope).filter(revocations::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the revocation, then reads it. SQLite needs no lock because it has a single writer.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<RevocationRow> {
    if let Conn::Postgres(conn) = conn {
        revocations::table.find(id).select(revocations::id).for_update().first::<Id>(conn).optional()?;
    }
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &RevocationRow) -> WorkResult<()> {
    diesel::insert_into(revocations::table).values(row).execute(conn)?;
    Ok(())
}

pub fn withdraw(conn: &mut Conn, row: &RevocationRow) -> WorkResult<()> {
    diesel::update(revocations::table.find(row.id))
        .set((
            revocations::version.eq(row.version),
            revocations::withdrawn_at.eq(row.withdrawn_at),
            revocations::reach.eq(&row.reach),
        ))
        .execute(conn)?;
    Ok(())
}

/// The revocations in force, of every county.
pub fn in_force(conn: &mut Conn, now: Instant) -> WorkResult<Vec<RevocationRow>> {
    let system = Scope::System("a token that is refused is refused whoever asks");
    Ok(scoped::revocations(&system)
        .filter(revocations::withdrawn_at.is_null())
        .filter(revocations::expires_at.is_null().or(revocations::expires_at.gt(now)))
        .load(conn)?)
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListRevocations) -> WorkResult<PageOf<RevocationRow>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let before = Cursor::decode::<Id>(page.cursor.as_deref())?;
    let mut total = page.with_total.unwrap_or(false).then_some(0);
    let mut rows: Vec<RevocationRow> = Vec::new();
    // One query for the county and one for all counties, because PostgreSQL would scan the whole table by id for both
    // at once.
    for reach in [ctx.caller.county().unwrap_or_default(), ""] {
        let strand = || scoped::revocations(&ctx.scope).filter(revocations::reach.eq(reach.to_owned()));
        if let Some(total) = &mut total {
            *total += strand().count().get_result::<i64>(conn)?;
        }
        let mut part = strand();
        if let Some(before) = before {
            part = part.filter(revocations::id.lt(before));
        }
        rows.extend(part.order(revocations::id.desc()).limit(page.fetch()).load::<RevocationRow>(conn)?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(page.fetch()).unwrap_or_default());
    let (items, next_cursor) = page.cut(rows, |row| row.id);
    Ok(PageOf { items, next_cursor, total })
}
