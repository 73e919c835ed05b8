//! Rows of company changes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::changes::{ChangeRow, ChangeState, ListCompanyChanges};
use crate::access::Scope;
use crate::companies::scoped;
use crate::db::schema::{companies, company_changes as changes};
use crate::db::{Conn, Id, WorkResult};
use crate::http::paging::PageOf;
use crate::newest_first;
use crate::problem::Problem;

/// Finds a change. The caller must check that the company is visible.
pub fn find(conn: &mut Conn, id: Id) -> WorkResult<ChangeRow> {
    let row = changes::table.find(id).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

pub fn insert(conn: &mut Conn, row: &ChangeRow) -> WorkResult<()> {
    diesel::insert_into(changes::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ChangeRow) -> WorkResult<()> {
    diesel::update(changes::table.find(row.id))
        .set((
            changes::version.eq(row.version),
            changes::state.eq(row.state),
            changes::decision.eq(&row.decision),
            changes::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Pending changes, oldest first, each with the county and the registering office of its company. `home` restricts them
/// to the companies of a county or of a registering office.
pub fn proposed(
    conn: &mut Conn,
    scope: &Scope,
    home: &Home,
    at_most: i64,
) -> WorkResult<Vec<(ChangeRow, String, String)>> {
    let kept = match home {
        Home::County(county) => scoped::companies(scope).filter(companies::county.eq((*county).to_owned())),
        Home::RegisteringOffice(division) => {
            scoped::companies(scope).filter(companies::division.eq((*division).to_owned()))
        }
    };
    let kept: Vec<(Id, String, String)> = kept
        .filter(
            companies::id
                .eq_any(changes::table.filter(changes::state.eq(ChangeState::Proposed)).select(changes::company_id)),
        )
        .select((companies::id, companies::county, companies::division))
        .order(companies::id)
        .limit(at_most)
        .load(conn)?;
    let of: HashMap<Id, (String, String)> =
        kept.into_iter().map(|(id, county, division)| (id, (county, division))).collect();
    let rows: Vec<ChangeRow> = changes::table
        .filter(changes::company_id.eq_any(of.keys().copied().collect::<Vec<_>>()))
        .filter(changes::state.eq(ChangeState::Proposed))
        .order(changes::id)
        .limit(at_most)
        .load(conn)?;
    let with_home = |row: ChangeRow| {
        let (county, division) = of.get(&row.company_id)?.clone();
        Some((row, county, division))
    };
    Ok(rows.into_iter().filter_map(with_home).collect())
}

/// The pending changes of a company.
pub fn open_of(conn: &mut Conn, company: Id) -> WorkResult<Vec<ChangeRow>> {
    Ok(changes::table
        .filter(changes::company_id.eq(company))
        .filter(changes::state.eq(ChangeState::Proposed))
        .order(changes::id)
        .limit(200)
        .load(conn)?)
}

/// Restricts companies by county or by registering office.
pub enum Home<'a> {
    County(&'a str),
    RegisteringOffice(&'a str),
}

pub fn list(conn: &mut Conn, company: Id, query: &ListCompanyChanges) -> WorkResult<PageOf<ChangeRow>> {
    newest_first!(conn, query, ChangeRow, changes::id, || changes::table
        .filter(changes::company_id.eq(company))
        .into_boxed())
}
