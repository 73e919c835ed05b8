//! Rows of complexes and service periods.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{ComplexRow, CurrentService, ListComplexes, Point, ServiceRow};
use crate::access::Scope;
use crate::companies;
use crate::complexes::scoped;
use crate::db::schema::{complex_services as services, complexes};
use crate::db::{Conn, Id, WorkResult, contains, distinct, folded};
use crate::http::PageOf;
use crate::newest_first;
use crate::problem::Problem;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ComplexRow> {
    Ok(scoped::complex(conn, scope, id)?.ok_or_else(Problem::not_found)?)
}

pub fn insert(conn: &mut Conn, row: &ComplexRow) -> WorkResult<()> {
    diesel::insert_into(complexes::table).values(row).execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut Conn, row: &ComplexRow) -> WorkResult<()> {
    diesel::update(complexes::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Increases the version of a complex, because a new service period changes its current company.
pub fn bump_version(conn: &mut Conn, row: &ComplexRow, now: crate::db::Instant) -> WorkResult<()> {
    diesel::update(complexes::table.find(row.id))
        .set((complexes::version.eq(row.version + 1), complexes::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub fn names_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, String>> {
    let system = Scope::System("a resource that the caller may see names its complex");
    if let [id] = ids {
        return Ok(scoped::complex::<ComplexRow>(conn, &system, *id)?
            .into_iter()
            .map(|complex| (complex.id, complex.name))
            .collect());
    }
    let named = scoped::complexes_among(&system, distinct(ids));
    let rows: Vec<(Id, String)> = named.select((complexes::id, complexes::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The counties that have a complex.
pub fn counties(conn: &mut Conn) -> WorkResult<Vec<String>> {
    counties_of(conn, &Scope::System("the counties of a deployment are public"))
}

/// The counties of the complexes in a scope.
pub fn counties_of(conn: &mut Conn, scope: &Scope) -> WorkResult<Vec<String>> {
    Ok(scoped::complexes(scope).select(complexes::county).distinct().order(complexes::county).load(conn)?)
}

/// The county of a complex.
pub fn county_of(conn: &mut Conn, complex: Id) -> WorkResult<String> {
    let system = Scope::System("the policy of a complex does not depend on the caller");
    Ok(county_for(conn, &system, complex)?.ok_or_else(Problem::not_found)?)
}

/// The county of a complex; `None` if the complex is not in the scope.
pub fn county_for(conn: &mut Conn, scope: &Scope, complex: Id) -> WorkResult<Option<String>> {
    Ok(scoped::complex::<ComplexRow>(conn, scope, complex)?.map(|row| row.county))
}

/// Points of complexes by id. Complexes without a point are left out.
pub fn points_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, Point>> {
    let system = Scope::System("a resource that the caller may see shows the place of its complex");
    let columns = (complexes::id, complexes::longitude, complexes::latitude);
    let rows: Vec<(Id, Option<f64>, Option<f64>)> =
        scoped::complexes_among(&system, distinct(ids)).select(columns).load(conn)?;
    let point = |(id, longitude, latitude): (Id, Option<f64>, Option<f64>)| {
        Some((id, Point { longitude: longitude?, latitude: latitude? }))
    };
    Ok(rows.into_iter().filter_map(point).collect())
}

/// Service periods of a complex, oldest first.
pub fn services_of(conn: &mut Conn, scope: &Scope, complex: Id) -> WorkResult<Vec<ServiceRow>> {
    let mut services: Vec<ServiceRow> = scoped::services_of(conn, scope, complex)?;
    services.sort_unstable_by_key(|service| (service.effective_from, service.id));
    Ok(services)
}

/// True if a company's service of a complex started on or before the day.
pub fn has_served(conn: &mut Conn, complex: Id, company: Id, day: NaiveDate) -> WorkResult<bool> {
    let system = Scope::System("the service periods of a complex do not depend on the caller");
    let served = services_of(conn, &system, complex)?;
    Ok(served.iter().any(|service| service.company_id == company && service.effective_from <= day))
}

pub fn insert_service(conn: &mut Conn, row: &ServiceRow) -> WorkResult<()> {
    diesel::insert_into(services::table).values(row).execute(conn)?;
    Ok(())
}

pub fn drop_service(conn: &mut Conn, id: Id) -> WorkResult<()> {
    diesel::delete(services::table.find(id)).execute(conn)?;
    Ok(())
}

impl ServiceRow {
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }
}

/// Current company of each complex on a day.
pub fn services_in_force(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    day: NaiveDate,
) -> WorkResult<HashMap<Id, CurrentService>> {
    let system = Scope::System("a complex that the caller may see names its current company");
    // A company sees its own periods only; it must not learn its successor here.
    let scope = if matches!(scope, Scope::Company(_)) { scope } else { &system };
    let mut rows: Vec<ServiceRow> = match ids {
        [id] => scoped::services_of(conn, scope, *id)?,
        _ => scoped::services_among(scope, distinct(ids)).filter(services::effective_from.le(day)).load(conn)?,
    };
    rows.retain(|row| row.covers(day));
    let companies = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let (name, uscc) = companies.get(&row.company_id)?.clone();
            let service = CurrentService {
                company_id: row.company_id,
                company_name: name,
                company_uscc: uscc,
                project_manager: row.project_manager,
                effective_from: row.effective_from,
                effective_to: row.effective_to,
            };
            Some((row.complex_id, service))
        })
        .collect())
}

/// The company that serves a complex on a day, independent of the caller.
pub fn serving_company(conn: &mut Conn, complex: Id, day: NaiveDate) -> WorkResult<Option<Id>> {
    let system = Scope::System("the company of a complex does not depend on the caller");
    let serving = services_in_force(conn, &system, &[complex], day)?;
    Ok(serving.get(&complex).map(|service| service.company_id))
}

pub fn list(conn: &mut Conn, scope: &Scope, query: &ListComplexes, today: NaiveDate) -> WorkResult<PageOf<ComplexRow>> {
    newest_first!(conn, query, ComplexRow, complexes::id, || {
        let mut rows = scoped::complexes(scope);
        if let Some(q) = &query.q {
            rows = rows.filter(folded(complexes::name).like(folded(contains(q))).escape('\\'));
        }
        if let Some(township) = &query.township {
            rows = rows.filter(complexes::township.eq(township.clone()));
        }
        if let Some(community) = &query.community {
            rows = rows.filter(complexes::community.eq(community.clone()));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(
                complexes::id.eq_any(
                    services::table
                        .filter(services::company_id.eq(company))
                        .filter(services::effective_from.le(today))
                        .filter(services::effective_to.is_null().or(services::effective_to.ge(today)))
                        .select(services::complex_id),
                ),
            );
        }
        rows
    })
}
