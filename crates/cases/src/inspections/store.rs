//! Queries on inspections, their parts, and the keys of offline results.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::input::ListInspections;
use super::model::*;
use super::rules::is_inspected;
use crate::access::{Role, Scope};
use crate::db::schema::{inspection_keys as keys, inspection_parts as parts, inspections};
use crate::db::{Conn, Id, WorkResult, distinct, lock_complex};
use crate::http::paging::PageOf;
use crate::inspections::scoped;
use crate::problem::Problem;
use crate::service::Ctx;
use crate::{newest_first, on_both};

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<InspectionRow> {
    let row = scoped::inspections(scope).filter(inspections::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the complex, on which its inspections and hazards depend, then reads the row.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<InspectionRow> {
    let complex = find(conn, scope, id)?.complex_id;
    lock_complex(conn, complex)?;
    find(conn, scope, id)
}

/// The complexes of inspections, regardless of scope: they are locked before the rows are read.
pub fn complexes_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<Vec<Id>> {
    let system = Scope::System("the inspection of a result is locked before it is checked");
    let rows = scoped::inspections(&system).filter(inspections::id.eq_any(distinct(ids)));
    Ok(rows.select(inspections::complex_id).load(conn)?)
}

pub fn insert(conn: &mut Conn, row: &InspectionRow) -> WorkResult<()> {
    diesel::insert_into(inspections::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &InspectionRow) -> WorkResult<()> {
    diesel::update(inspections::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// The parts of inspections that the caller may see, in the order in which the offices were named.
pub fn parts_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, Vec<PartRow>>> {
    let system = Scope::System("an inspection that the caller may see includes its parts");
    let mut all: HashMap<Id, Vec<PartRow>> = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<PartRow> = scoped::inspection_parts(&system)
            .filter(parts::inspection_id.eq_any(chunk.to_vec()))
            .order(parts::id)
            .load(conn)?;
        for row in rows {
            all.entry(row.inspection_id).or_default().push(row);
        }
    }
    Ok(all)
}

pub fn parts_of_one(conn: &mut Conn, id: Id) -> WorkResult<Vec<PartRow>> {
    Ok(parts_of(conn, &[id])?.remove(&id).unwrap_or_default())
}

pub fn insert_part(conn: &mut Conn, row: &PartRow) -> WorkResult<()> {
    diesel::insert_into(parts::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save_part(conn: &mut Conn, row: &PartRow) -> WorkResult<()> {
    diesel::update(parts::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// The last result of a checklist at a complex. The caller holds the complex's lock.
pub fn last_of(conn: &mut Conn, complex: Id, checklist: &str) -> WorkResult<Option<PartRow>> {
    let system = Scope::System("the plan counts from the last result, regardless of the office");
    Ok(scoped::inspection_parts(&system)
        .filter(parts::complex_id.eq(complex))
        .filter(parts::checklist.eq(checklist.to_owned()))
        .filter(parts::is_last.eq(true))
        .first(conn)
        .optional()?)
}

/// Takes a key for an office if it is free. On PostgreSQL this waits for a transaction that is taking the same key.
pub fn take_key(conn: &mut Conn, row: &KeyRow) -> WorkResult<bool> {
    let taken =
        on_both!(conn, |conn| diesel::insert_into(keys::table).values(row).on_conflict_do_nothing().execute(conn))?;
    Ok(taken == 1)
}

pub fn key(conn: &mut Conn, office: &str, key: Id) -> WorkResult<Option<KeyRow>> {
    Ok(keys::table.find((office, key)).first(conn).optional()?)
}

pub fn give_key_back(conn: &mut Conn, office: &str, key: Id) -> WorkResult<()> {
    diesel::delete(keys::table.find((office, key))).execute(conn)?;
    Ok(())
}

/// Parts for which an office has not submitted a result, oldest first, for the inbox.
pub fn waiting(conn: &mut Conn, scope: &Scope, role: Role, division: &str, at_most: i64) -> WorkResult<Vec<PartRow>> {
    Ok(scoped::inspection_parts(scope)
        .filter(parts::role.eq(role))
        .filter(parts::division.eq(division.to_owned()))
        .filter(parts::state.eq(InspectionPartState::Planned))
        .order((parts::planned_on, parts::id))
        .limit(at_most)
        .load(conn)?)
}

/// Parts of any office in a territory whose planned day has passed, oldest first.
pub fn overdue(conn: &mut Conn, scope: &Scope, today: NaiveDate, at_most: i64) -> WorkResult<Vec<PartRow>> {
    Ok(scoped::inspection_parts(scope)
        .filter(parts::state.eq(InspectionPartState::Planned))
        .filter(parts::planned_on.lt(today))
        .order((parts::planned_on, parts::id))
        .limit(at_most)
        .load(conn)?)
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListInspections) -> WorkResult<PageOf<InspectionRow>> {
    newest_first!(conn, query, InspectionRow, inspections::id, || {
        let mut rows = scoped::inspections(&ctx.scope);
        // Companies and committees see every inspection as done and none as overdue. The filters must not reveal
        // more.
        let inspected = is_inspected(ctx.caller.role);
        if let Some(state) = query.state.filter(|state| !inspected || *state != InspectionState::Done) {
            let state = if inspected { InspectionState::Planned } else { state };
            rows = rows.filter(inspections::state.eq(state));
        }
        let overdue = if inspected { query.overdue.filter(|overdue| *overdue) } else { query.overdue };
        rows = match overdue {
            Some(true) if inspected => rows.filter(inspections::state.eq(InspectionState::Planned)),
            Some(true) => rows
                .filter(inspections::state.eq_any(InspectionState::OPEN))
                .filter(inspections::planned_on.lt(ctx.today)),
            Some(false) => {
                rows.filter(inspections::state.ne_all(InspectionState::OPEN).or(inspections::planned_on.ge(ctx.today)))
            }
            None => rows,
        };
        if let Some(complex) = query.complex_id {
            rows = rows.filter(inspections::complex_id.eq(complex));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(inspections::company_id.eq(company));
        }
        if let Some(township) = &query.township {
            rows = rows.filter(inspections::township.eq(township.clone()));
        }
        if let Some(community) = &query.community {
            rows = rows.filter(inspections::community.eq(community.clone()));
        }
        if let Some(from) = query.planned_from {
            rows = rows.filter(inspections::planned_on.ge(from));
        }
        if let Some(to) = query.planned_to {
            rows = rows.filter(inspections::planned_on.le(to));
        }
        rows
    })
}
