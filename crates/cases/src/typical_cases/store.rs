//! Queries on typical cases.

use diesel::prelude::*;

use super::model::*;
use crate::access::Scope;
use crate::companies;
use crate::db::schema::typical_cases as cases;
use crate::db::{Conn, Id, WorkResult};
use crate::http::paging::PageOf;
use crate::newest_first;
use crate::problem::Problem;
use crate::service::Ctx;
use crate::typical_cases::scoped;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<TypicalCaseRow> {
    let row = scoped::typical_cases(scope).filter(cases::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// The published case of a violation, if any.
pub fn live_of(conn: &mut Conn, violation: Id) -> WorkResult<Option<TypicalCaseRow>> {
    let system = Scope::System("a violation has at most one published case, regardless of the publisher");
    Ok(scoped::typical_cases(&system)
        .filter(cases::violation_id.eq(violation))
        .filter(cases::state.eq(TypicalCaseState::Published))
        .first(conn)
        .optional()?)
}

pub fn insert(conn: &mut Conn, row: &TypicalCaseRow) -> WorkResult<()> {
    diesel::insert_into(cases::table).values(row).execute(conn)?;
    Ok(())
}

/// Saves a withdrawal. The published texts never change.
pub fn save(conn: &mut Conn, row: &TypicalCaseRow) -> WorkResult<()> {
    diesel::update(cases::table.find(row.id))
        .set((
            cases::version.eq(row.version),
            cases::state.eq(row.state),
            cases::withdrawn_on.eq(row.withdrawn_on),
            cases::withdrawal.eq(&row.withdrawal),
            cases::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The published cases of a complex for the public, newest first.
pub fn of_complex(conn: &mut Conn, complex: Id) -> WorkResult<Vec<PublicTypicalCase>> {
    let everyone = Scope::System("published cases are public");
    let rows: Vec<TypicalCaseRow> = scoped::typical_cases(&everyone)
        .filter(cases::complex_id.eq(complex))
        .filter(cases::state.eq(TypicalCaseState::Published))
        .order(cases::id.desc())
        .limit(50)
        .load(conn)?;
    let names = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    let public = rows.into_iter().map(|row| PublicTypicalCase {
        company_name: names.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default(),
        id: row.id,
        title: row.title,
        summary: row.summary,
        published_on: row.published_on,
    });
    Ok(public.collect())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListTypicalCases) -> WorkResult<PageOf<TypicalCaseRow>> {
    newest_first!(conn, query, TypicalCaseRow, cases::id, || {
        let mut rows = scoped::typical_cases(&ctx.scope);
        if let Some(state) = query.state {
            rows = rows.filter(cases::state.eq(state));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(cases::company_id.eq(company));
        }
        if let Some(complex) = query.complex_id {
            rows = rows.filter(cases::complex_id.eq(complex));
        }
        rows
    })
}
