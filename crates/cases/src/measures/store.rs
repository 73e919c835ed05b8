//! Queries and updates of measures and their grounds.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{ListMeasures, MeasureRow};
use crate::access::Scope;
use crate::db::schema::{measure_grounds as grounds, measure_rating_grounds as rating_grounds, measures};
use crate::db::{Conn, Id, WorkResult};
use crate::http::paging::PageOf;
use crate::measure_facts::scoped;
use crate::newest_first;
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::service::Ctx;
use crate::standing::model::MeasureState;

pub use crate::measure_facts::{grounds_of, grounds_of_one};

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<MeasureRow> {
    Ok(scoped::measure(conn, scope, id)?.ok_or_else(Problem::not_found)?)
}

/// Locks the company (the head of its branches), then reads the measure.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<MeasureRow> {
    let company = find(conn, scope, id)?.company_id;
    crate::companies::family::lock_head_of(conn, company)?;
    find(conn, scope, id)
}

/// Every measure of a company and its branches in a territory.
pub fn of_family(conn: &mut Conn, scope: &Scope, family: &[Id]) -> WorkResult<Vec<MeasureRow>> {
    Ok(scoped::measures(scope).filter(measures::company_id.eq_any(family.to_vec())).order(measures::id).load(conn)?)
}

/// Ratings that are grounds of these measures.
pub fn rating_grounds_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, Vec<Id>>> {
    let mut all: HashMap<Id, Vec<Id>> = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<(Id, Id)> = rating_grounds::table
            .filter(rating_grounds::measure_id.eq_any(chunk.to_vec()))
            .order((rating_grounds::measure_id, rating_grounds::rating_id))
            .load(conn)?;
        for (measure, rating) in rows {
            all.entry(measure).or_default().push(rating);
        }
    }
    Ok(all)
}

/// Ratings that are grounds of one measure.
pub fn rating_grounds_of_one(conn: &mut Conn, measure: Id) -> WorkResult<Vec<Id>> {
    Ok(rating_grounds_of(conn, &[measure])?.remove(&measure).unwrap_or_default())
}

pub fn add_rating_grounds(conn: &mut Conn, measure: Id, ratings: &[Id]) -> WorkResult<()> {
    for rating in ratings {
        diesel::insert_into(rating_grounds::table)
            .values((rating_grounds::measure_id.eq(measure), rating_grounds::rating_id.eq(*rating)))
            .execute(conn)?;
    }
    Ok(())
}

pub fn drop_rating_grounds(conn: &mut Conn, measure: Id, ratings: &[Id]) -> WorkResult<()> {
    let of_measure = rating_grounds::table.filter(rating_grounds::measure_id.eq(measure));
    diesel::delete(of_measure.filter(rating_grounds::rating_id.eq_any(ratings.to_vec()))).execute(conn)?;
    Ok(())
}

/// All grounds of a measure: violations, then ratings.
pub fn all_grounds_of_one(conn: &mut Conn, measure: Id) -> WorkResult<Vec<Id>> {
    let mut all = grounds_of_one(conn, measure)?;
    all.extend(rating_grounds_of_one(conn, measure)?);
    Ok(all)
}

/// Removals at one complex, of any company.
pub fn removals_at(conn: &mut Conn, scope: &Scope, complex: Id) -> WorkResult<Vec<MeasureRow>> {
    Ok(scoped::measures(scope)
        .filter(measures::complex_id.eq(complex))
        .filter(measures::kind.eq(MeasureKind::Removal))
        .order(measures::id)
        .load(conn)?)
}

pub fn has_key(conn: &mut Conn, scope: &Scope, key: &str) -> WorkResult<bool> {
    let found: Option<Id> =
        scoped::measures(scope).filter(measures::key.eq(key.to_owned())).select(measures::id).first(conn).optional()?;
    Ok(found.is_some())
}

pub fn insert(conn: &mut Conn, row: &MeasureRow) -> WorkResult<()> {
    diesel::insert_into(measures::table).values(row).execute(conn)?;
    Ok(())
}

/// Saves the steps of a measure. Its kind, its company and its reason never change.
pub fn save(conn: &mut Conn, row: &MeasureRow) -> WorkResult<()> {
    diesel::update(measures::table.find(row.id))
        .set((
            measures::version.eq(row.version),
            measures::state.eq(row.state),
            measures::legal_basis.eq(&row.legal_basis),
            measures::cancelled_by_system.eq(row.cancelled_by_system),
            measures::notified.eq(row.notified),
            measures::hearing_request_due_on.eq(row.hearing_request_due_on),
            measures::proceedings.eq(&row.proceedings),
            measures::updated_at.eq(row.updated_at),
            measures::due_on.eq(row.due_on),
            measures::suspended_on.eq(row.suspended_on),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn add_grounds(conn: &mut Conn, measure: Id, violations: &[Id]) -> WorkResult<()> {
    for violation in violations {
        diesel::insert_into(grounds::table)
            .values((grounds::measure_id.eq(measure), grounds::violation_id.eq(*violation)))
            .execute(conn)?;
    }
    Ok(())
}

pub fn drop_grounds(conn: &mut Conn, measure: Id, violations: &[Id]) -> WorkResult<()> {
    let of_measure = grounds::table.filter(grounds::measure_id.eq(measure));
    diesel::delete(of_measure.filter(grounds::violation_id.eq_any(violations.to_vec()))).execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListMeasures) -> WorkResult<PageOf<MeasureRow>> {
    newest_first!(conn, query, MeasureRow, measures::id, || {
        let mut rows = scoped::measures(&ctx.scope);
        if let Some(state) = query.state {
            rows = rows.filter(measures::state.eq(state));
        }
        if let Some(kind) = query.kind {
            rows = rows.filter(measures::kind.eq(kind));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(measures::company_id.eq(company));
        }
        if let Some(complex) = query.complex_id {
            rows = rows.filter(measures::complex_id.eq(complex));
        }
        if let Some(role) = query.office_role {
            rows = rows.filter(measures::office_role.eq(role));
        }
        if let Some(violation) = query.violation_id {
            rows = rows.filter(measures::violation_id.eq(violation));
        }
        rows
    })
}

/// Open measures of the caller's territory, oldest first; for the inbox.
pub fn open(conn: &mut Conn, scope: &Scope, at_most: i64) -> WorkResult<Vec<MeasureRow>> {
    Ok(scoped::measures(scope)
        .filter(measures::state.eq_any(MeasureState::OPEN))
        .order(measures::id)
        .limit(at_most)
        .load(conn)?)
}

/// Open measures (proposed or approved), in the order of their ids.
pub fn with_open_deadlines(conn: &mut Conn, scope: &Scope, after: Id, at_most: i64) -> WorkResult<Vec<MeasureRow>> {
    Ok(scoped::measures(scope)
        .filter(measures::state.eq_any(MeasureState::OPEN))
        .filter(measures::id.gt(after))
        .order(measures::id)
        .limit(at_most)
        .load(conn)?)
}
