//! The queries of the inspection plan and statistics. Each reads a few columns of an area from a covering index; none
//! runs once per complex.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{HazardState, InspectionPartState, PartResult};
use super::statistics_rules::{Found, PartFact};
use crate::access::Scope;
use crate::db::schema::{complex_services as services, complexes, hazards, inspection_parts as parts};
use crate::db::{Conn, Id, Json, WorkResult};
use crate::disclosures::state_rules::{CurrentService, ServicePeriod, serving};
use crate::inspections::scoped;

/// A complex with its current company.
pub struct ServedComplex {
    pub complex: Id,
    pub name: String,
    pub township: String,
    pub community: String,
    pub serving: CurrentService,
}

/// The complexes of an area that a company serves on a day.
pub fn served(conn: &mut Conn, scope: &Scope, day: NaiveDate) -> WorkResult<Vec<ServedComplex>> {
    let columns = (services::complex_id, services::company_id, services::effective_from, services::effective_to);
    let rows: Vec<(Id, Id, NaiveDate, Option<NaiveDate>)> = crate::complexes::scoped::complex_services(scope)
        .filter(services::effective_from.le(day))
        .select(columns)
        .load(conn)?;
    let mut all: HashMap<Id, Vec<ServicePeriod>> = HashMap::new();
    for (complex, company_id, from, to) in rows {
        all.entry(complex).or_default().push(ServicePeriod { company_id, from, to });
    }
    let columns = (complexes::id, complexes::name, complexes::township, complexes::community);
    let named: Vec<(Id, String, String, String)> =
        crate::complexes::scoped::complexes(scope).select(columns).order(complexes::id).load(conn)?;
    let served = named.into_iter().filter_map(|(complex, name, township, community)| {
        let serving = serving(all.get(&complex)?, day)?;
        Some(ServedComplex { complex, name, township, community, serving })
    });
    Ok(served.collect())
}

/// Day of the last result of each checklist at each complex.
pub fn last_days(conn: &mut Conn, scope: &Scope) -> WorkResult<HashMap<(Id, String), NaiveDate>> {
    let rows: Vec<(Id, String, Option<NaiveDate>)> = scoped::inspection_parts(scope)
        .filter(parts::is_last.eq(true))
        .select((parts::complex_id, parts::checklist, parts::inspected_on))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(complex, checklist, day)| Some(((complex, checklist), day?))).collect())
}

/// Next day for which each checklist is planned at each complex.
pub fn planned_days(conn: &mut Conn, scope: &Scope, today: NaiveDate) -> WorkResult<HashMap<(Id, String), NaiveDate>> {
    let rows: Vec<(Id, String, NaiveDate)> = scoped::inspection_parts(scope)
        .filter(parts::state.eq(InspectionPartState::Planned))
        .filter(parts::planned_on.ge(today))
        .select((parts::complex_id, parts::checklist, parts::planned_on))
        .load(conn)?;
    let mut all: HashMap<(Id, String), NaiveDate> = HashMap::new();
    for (complex, checklist, day) in rows {
        let next = all.entry((complex, checklist)).or_insert(day);
        *next = day.min(*next);
    }
    Ok(all)
}

/// The complexes of an area that a company served on a day of the period, with their communities.
pub fn served_between(
    conn: &mut Conn,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> WorkResult<BTreeMap<Id, String>> {
    let rows: Vec<(Id, String)> = crate::complexes::scoped::complex_services(scope)
        .filter(services::effective_from.le(to))
        .filter(services::effective_to.is_null().or(services::effective_to.ge(from)))
        .select((services::complex_id, services::community))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Results of a period, and parts planned in it that are overdue.
pub fn parts_between(
    conn: &mut Conn,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
    today: NaiveDate,
) -> WorkResult<Vec<PartFact>> {
    let columns = (parts::community, parts::checklist, parts::complex_id);
    let done: Vec<(String, String, Id)> = scoped::inspection_parts(scope)
        .filter(parts::state.eq(InspectionPartState::Done))
        .filter(parts::inspected_on.ge(from))
        .filter(parts::inspected_on.le(to))
        .select(columns)
        .load(conn)?;
    let overdue: Vec<(String, String, Id)> = scoped::inspection_parts(scope)
        .filter(parts::state.eq(InspectionPartState::Planned))
        .filter(parts::planned_on.ge(from))
        .filter(parts::planned_on.le(to))
        .filter(parts::planned_on.lt(today))
        .select(columns)
        .load(conn)?;
    let fact = |done| move |(community, checklist, complex)| PartFact { community, checklist, complex, done };
    Ok(done.into_iter().map(fact(true)).chain(overdue.into_iter().map(fact(false))).collect())
}

/// The columns of a hazard that are counted.
type Slim = (String, HazardState, NaiveDate, bool);

fn found((community, state, due_on, missed): Slim) -> Found {
    Found { community, state, due_on, missed }
}

/// Hazards found in a period.
pub fn hazards_between(conn: &mut Conn, scope: &Scope, from: NaiveDate, to: NaiveDate) -> WorkResult<Vec<Found>> {
    let rows: Vec<Slim> = scoped::hazards(scope)
        .filter(hazards::found_on.ge(from))
        .filter(hazards::found_on.le(to))
        .select((hazards::community, hazards::state, hazards::due_on, hazards::missed))
        .load(conn)?;
    Ok(rows.into_iter().map(found).collect())
}

/// Results at a complex while a company served it, oldest first: inspection, checklist, day and result.
pub fn results_at(
    conn: &mut Conn,
    complex: Id,
    company: Id,
    from: NaiveDate,
    to: NaiveDate,
) -> WorkResult<Vec<(Id, String, NaiveDate, PartResult)>> {
    let system = Scope::System("raters need all facts of a complex");
    let rows: Vec<(Id, String, Option<NaiveDate>, Json<PartResult>)> = scoped::inspection_parts(&system)
        .filter(parts::complex_id.eq(complex))
        .filter(parts::company_id.eq(company))
        .filter(parts::state.eq(InspectionPartState::Done))
        .filter(parts::inspected_on.ge(from))
        .filter(parts::inspected_on.le(to))
        .select((parts::inspection_id, parts::checklist, parts::inspected_on, parts::result))
        .order((parts::inspected_on, parts::id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, checklist, day, result)| Some((id, checklist, day?, result.0))).collect())
}

/// Hazards found at a complex while a company served it.
pub fn hazards_at(conn: &mut Conn, complex: Id, company: Id, from: NaiveDate, to: NaiveDate) -> WorkResult<Vec<Found>> {
    let system = Scope::System("raters need all facts of a complex");
    let rows: Vec<Slim> = scoped::hazards(&system)
        .filter(hazards::complex_id.eq(complex))
        .filter(hazards::company_id.eq(company))
        .filter(hazards::found_on.ge(from))
        .filter(hazards::found_on.le(to))
        .select((hazards::community, hazards::state, hazards::due_on, hazards::missed))
        .load(conn)?;
    Ok(rows.into_iter().map(found).collect())
}
