use diesel::prelude::*;

use super::changes::ChangeRow;
use crate::db::schema::company_changes as changes;
use crate::db::{Conn, Id, Work};
use crate::problem::Problem;

/// A change; whether its company may be seen is for the caller to ask.
pub fn find(conn: &mut Conn, id: Id) -> Work<ChangeRow> {
    let row = changes::table.find(id).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

pub fn insert(conn: &mut Conn, row: &ChangeRow) -> Work<()> {
    diesel::insert_into(changes::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ChangeRow) -> Work<()> {
    diesel::update(changes::table.find(row.id))
        .set((
            changes::version.eq(row.version),
            changes::state.eq(&row.state),
            changes::decision.eq(&row.decision),
            changes::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn count(conn: &mut Conn, company: Id) -> Work<i64> {
    Ok(changes::table.filter(changes::company_id.eq(company)).count().get_result(conn)?)
}

pub fn list(conn: &mut Conn, company: Id, before: Option<Id>, limit: i64) -> Work<Vec<ChangeRow>> {
    let mut rows = changes::table.filter(changes::company_id.eq(company)).into_boxed();
    if let Some(before) = before {
        rows = rows.filter(changes::id.lt(before));
    }
    Ok(rows.order(changes::id.desc()).limit(limit).load(conn)?)
}
