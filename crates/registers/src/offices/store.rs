//! Rows of the office directory.

use diesel::prelude::*;

use super::model::{ListOffices, Office, OfficeRow};
use super::rules;
use crate::access::{Role, Scope};
use crate::db::schema::offices;
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::http::PageOf;
use crate::newest_first;
use crate::offices::scoped;
use crate::problem::Problem;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<OfficeRow> {
    let row = scoped::offices(scope).filter(offices::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the office, then reads it.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<OfficeRow> {
    if let Conn::Postgres(conn) = conn {
        offices::table.find(id).select(offices::id).for_update().first::<Id>(conn).optional()?;
    }
    find(conn, scope, id)
}

/// The office of a role in a division, if it is registered.
pub fn find_by_role(conn: &mut Conn, role: Role, division: &str) -> WorkResult<Option<OfficeRow>> {
    let system = Scope::System("the names of offices are public");
    let seat =
        scoped::offices(&system).filter(offices::role.eq(role)).filter(offices::division.eq(division.to_owned()));
    Ok(seat.first(conn).optional()?)
}

pub fn insert(conn: &mut Conn, row: &OfficeRow) -> WorkResult<()> {
    diesel::insert_into(offices::table).values(row).execute(conn).map_err(taken)?;
    Ok(())
}

pub fn update(conn: &mut Conn, row: &OfficeRow) -> WorkResult<()> {
    diesel::update(offices::table.find(row.id)).set(row).execute(conn).map_err(taken)?;
    Ok(())
}

fn taken(error: diesel::result::Error) -> WorkError {
    if !WorkError::is_duplicate(&error) {
        return error.into();
    }
    rules::taken().into()
}

pub fn list(conn: &mut Conn, scope: &Scope, query: &ListOffices) -> WorkResult<PageOf<OfficeRow>> {
    newest_first!(conn, query, OfficeRow, offices::id, || {
        let mut rows = scoped::offices(scope);
        if let Some(role) = query.role {
            rows = rows.filter(offices::role.eq(role));
        }
        if let Some(division) = &query.division {
            rows = rows.filter(offices::division.eq(division.clone()));
        }
        rows
    })
}

/// The registered offices that a resident can turn to about a complex, the nearest first.
pub fn complaint_phones(conn: &mut Conn, county: &str, township: &str, community: &str) -> WorkResult<Vec<Office>> {
    let turned_to = [
        (Role::Community, community),
        (Role::SocialAffairsOffice, township),
        (Role::CountyAuthority, county),
        (Role::MarketSupervision, county),
    ];
    let mut all = Vec::new();
    for (role, division) in turned_to {
        all.extend(find_by_role(conn, role, division)?.map(Office::from));
    }
    Ok(all)
}
