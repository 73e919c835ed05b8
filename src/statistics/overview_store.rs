//! Rows for the report, with only the columns that it counts. Each kind is read with one statement over an index of the
//! area.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::access::Scope;
use crate::blacklist::model::ListingKind;
use crate::contracts::model::ContractState;
use crate::db::schema::{companies, complex_services as services, contracts, listings, measures, violations};
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult, distinct};
use crate::policy::model::MeasureKind;
use crate::standing::model::MeasureState;
use crate::violations::model::ViolationState;

/// Clause and state of each violation found within a period.
pub fn violations(
    conn: &mut Conn,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> WorkResult<Vec<(Option<i64>, ViolationState)>> {
    Ok(crate::violations::scoped::violations(scope)
        .filter(violations::found_on.ge(from))
        .filter(violations::found_on.le(to))
        .select((violations::clause, violations::state))
        .load(conn)?)
}

#[derive(Queryable)]
pub struct SlimMeasure {
    pub kind: MeasureKind,
    pub state: MeasureState,
    pub due_on: NaiveDate,
    pub created_at: Instant,
}

pub fn measures(conn: &mut Conn, scope: &Scope) -> WorkResult<Vec<SlimMeasure>> {
    Ok(crate::measure_facts::scoped::measures(scope)
        .select((measures::kind, measures::state, measures::due_on, measures::created_at))
        .load(conn)?)
}

/// The complexes of an area that have a company on a day.
pub fn served_complexes(conn: &mut Conn, scope: &Scope, day: NaiveDate) -> WorkResult<BTreeSet<Id>> {
    let all: Vec<Id> = crate::complexes::scoped::complex_services(scope)
        .filter(services::effective_from.le(day))
        .filter(services::effective_to.is_null().or(services::effective_to.ge(day)))
        .select(services::complex_id)
        .load(conn)?;
    Ok(all.into_iter().collect())
}

/// The companies that serve in an area on a day; a branch is counted as its parent.
pub fn serving_companies(conn: &mut Conn, scope: &Scope, day: NaiveDate) -> WorkResult<BTreeSet<Id>> {
    let all: Vec<Id> = crate::complexes::scoped::complex_services(scope)
        .filter(services::effective_from.le(day))
        .filter(services::effective_to.is_null().or(services::effective_to.ge(day)))
        .select(services::company_id)
        .load(conn)?;
    let all = distinct(&all);
    let system = Scope::System("a standing is that of the responsible company, wherever it is registered");
    let mut heads = BTreeSet::new();
    for chunk in all.chunks(500) {
        let rows: Vec<(Id, Option<Id>)> = crate::companies::scoped::companies(&system)
            .filter(companies::id.eq_any(chunk.to_vec()))
            .select((companies::id, companies::parent_id))
            .load(conn)?;
        heads.extend(rows.into_iter().map(|(id, parent)| parent.unwrap_or(id)));
    }
    Ok(heads)
}

/// Kind and company of each listing in force on a day.
pub fn listed(conn: &mut Conn, scope: &Scope, day: NaiveDate) -> WorkResult<Vec<(ListingKind, Id)>> {
    Ok(crate::blacklist::scoped::listings(scope)
        .filter(listings::listed_from.le(day))
        .filter(listings::listed_until.ge(day))
        .filter(listings::delisted_on.is_null().or(listings::delisted_on.gt(day)))
        .select((listings::kind, listings::company_id))
        .load(conn)?)
}

#[derive(Queryable)]
pub struct OpenContract {
    pub state: ContractState,
    pub review_due_on: Option<NaiveDate>,
    pub handover_due_on: Option<NaiveDate>,
    pub handover_done_on: Option<NaiveDate>,
}

/// Contracts with a pending filing review or handover.
pub fn open_contracts(conn: &mut Conn, scope: &Scope) -> WorkResult<Vec<OpenContract>> {
    let open_handover = contracts::handover_due_on.is_not_null().and(contracts::handover_done_on.is_null());
    Ok(crate::contracts::scoped::contracts(scope)
        .filter(contracts::state.eq(ContractState::Submitted).or(open_handover))
        .select((contracts::state, contracts::review_due_on, contracts::handover_due_on, contracts::handover_done_on))
        .load(conn)?)
}
