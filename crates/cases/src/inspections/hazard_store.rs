//! Queries on hazards.

use diesel::prelude::*;

use super::input::ListHazards;
use super::model::*;
use super::scoped;
use crate::access::{Role, Scope};
use crate::db::schema::hazards;
use crate::db::{Conn, Id, WorkResult, lock_complex};
use crate::http::paging::PageOf;
use crate::newest_first;
use crate::problem::Problem;
use crate::service::Ctx;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<HazardRow> {
    let row = scoped::hazards(scope).filter(hazards::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the complex, then reads the row.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<HazardRow> {
    let complex = find(conn, scope, id)?.complex_id;
    lock_complex(conn, complex)?;
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &HazardRow) -> WorkResult<()> {
    diesel::insert_into(hazards::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &HazardRow) -> WorkResult<()> {
    diesel::update(hazards::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Hazards that await rectification, the most urgent first, for the inbox.
pub fn open(conn: &mut Conn, scope: &Scope, at_most: i64) -> WorkResult<Vec<HazardRow>> {
    Ok(scoped::hazards(scope)
        .filter(hazards::state.eq(HazardState::Open))
        .order((hazards::due_on, hazards::id))
        .limit(at_most)
        .load(conn)?)
}

/// Hazards that an office found and that are not closed, the most urgent first.
pub fn of_office(conn: &mut Conn, ctx: &Ctx, role: Role, division: &str, at_most: i64) -> WorkResult<Vec<HazardRow>> {
    Ok(scoped::hazards(&ctx.scope)
        .filter(hazards::role.eq(role))
        .filter(hazards::division.eq(division.to_owned()))
        .filter(hazards::state.eq_any([HazardState::Rectified, HazardState::Open]))
        .order((hazards::due_on, hazards::id))
        .limit(at_most)
        .load(conn)?)
}

/// Hazards of a territory that await a re-check, the most urgent first.
pub fn rectified(conn: &mut Conn, scope: &Scope, at_most: i64) -> WorkResult<Vec<HazardRow>> {
    Ok(scoped::hazards(scope)
        .filter(hazards::state.eq(HazardState::Rectified))
        .order((hazards::due_on, hazards::id))
        .limit(at_most)
        .load(conn)?)
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListHazards) -> WorkResult<PageOf<HazardRow>> {
    let open = HazardState::Open;
    newest_first!(conn, query, HazardRow, hazards::id, || {
        let mut rows = scoped::hazards(&ctx.scope);
        if let Some(state) = query.state {
            rows = rows.filter(hazards::state.eq(state));
        }
        if let Some(severity) = query.severity {
            rows = rows.filter(hazards::severity.eq(severity));
        }
        rows = match query.overdue {
            Some(true) => rows.filter(hazards::state.eq(open)).filter(hazards::due_on.lt(ctx.today)),
            Some(false) => rows.filter(hazards::state.ne(open).or(hazards::due_on.ge(ctx.today))),
            None => rows,
        };
        if let Some(complex) = query.complex_id {
            rows = rows.filter(hazards::complex_id.eq(complex));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(hazards::company_id.eq(company));
        }
        if let Some(role) = query.role {
            rows = rows.filter(hazards::role.eq(role));
        }
        if let Some(township) = &query.township {
            rows = rows.filter(hazards::township.eq(township.clone()));
        }
        if let Some(community) = &query.community {
            rows = rows.filter(hazards::community.eq(community.clone()));
        }
        if let Some(to) = query.due_to {
            rows = rows.filter(hazards::due_on.le(to));
        }
        rows
    })
}

/// Hazards that are not closed, by id.
pub fn with_open_deadlines(conn: &mut Conn, scope: &Scope, after: Id, at_most: i64) -> WorkResult<Vec<HazardRow>> {
    Ok(scoped::hazards(scope)
        .filter(hazards::state.ne(HazardState::Closed))
        .filter(hazards::id.gt(after))
        .order(hazards::id)
        .limit(at_most)
        .load(conn)?)
}
