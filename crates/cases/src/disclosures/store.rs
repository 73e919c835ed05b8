//! Queries on disclosures.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{ContentRow, DisclosureKind, DisclosureRow, ListVersions, Verification, VersionState};
use super::price_rules::{PriceFinding, compare};
use super::state_rules::{CurrentService, CurrentVersion, Period, ServicePeriod, serving};
use crate::access::Scope;
use crate::complexes;
use crate::contracts;
use crate::db::schema::{complex_services as services, disclosure_contents as contents, disclosures};
use crate::db::{Conn, Id, Json, WorkResult, distinct};
use crate::disclosures::scoped;
use crate::http::PageOf;
use crate::newest_first;
use crate::problem::Problem;

/// The current company of a complex. A company sees only itself.
pub fn serving_of(conn: &mut Conn, scope: &Scope, complex: Id, today: NaiveDate) -> WorkResult<Option<CurrentService>> {
    let services = complexes::store::services_of(conn, scope, complex)?;
    let services: Vec<ServicePeriod> = services
        .into_iter()
        .map(|row| ServicePeriod { company_id: row.company_id, from: row.effective_from, to: row.effective_to })
        .collect();
    Ok(serving(&services, today))
}

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<DisclosureRow> {
    let row = scoped::disclosures(scope).filter(disclosures::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// The current company of each of several complexes.
fn serving_among(
    conn: &mut Conn,
    scope: &Scope,
    complexes: &[Id],
    today: NaiveDate,
) -> WorkResult<HashMap<Id, CurrentService>> {
    let columns = (services::complex_id, services::company_id, services::effective_from, services::effective_to);
    let rows: Vec<(Id, Id, NaiveDate, Option<NaiveDate>)> =
        crate::complexes::scoped::services_among(scope, distinct(complexes)).select(columns).load(conn)?;
    let mut all: HashMap<Id, Vec<ServicePeriod>> = HashMap::new();
    for (complex, company_id, from, to) in rows {
        all.entry(complex).or_default().push(ServicePeriod { company_id, from, to });
    }
    Ok(all.into_iter().filter_map(|(complex, served)| Some((complex, serving(&served, today)?))).collect())
}

/// Every version of a company at a complex, oldest first within each kind.
pub fn of_company(conn: &mut Conn, scope: &Scope, complex: Id, company: Id) -> WorkResult<Vec<DisclosureRow>> {
    let mut rows: Vec<DisclosureRow> = scoped::disclosures_of(conn, scope, complex)?;
    rows.retain(|row| row.company_id == company);
    rows.sort_unstable_by_key(|row| (row.kind, row.number));
    Ok(rows)
}

/// Every version of one kind, oldest first.
pub fn of_kind(
    conn: &mut Conn,
    scope: &Scope,
    complex: Id,
    company: Id,
    kind: DisclosureKind,
) -> WorkResult<Vec<DisclosureRow>> {
    let mut rows = of_company(conn, scope, complex, company)?;
    rows.retain(|row| row.kind == kind);
    Ok(rows)
}

impl DisclosureRow {
    pub fn period(&self) -> Option<Period> {
        self.period_from.zip(self.period_to).map(|(from, to)| Period { from, to })
    }

    pub fn held(&self) -> CurrentVersion {
        CurrentVersion {
            id: self.id,
            state: self.state,
            period: self.period(),
            published_on: self.published_on,
            decided_on: self.decided_on,
        }
    }

    /// Verified, and not replaced by another verified version.
    pub fn is_in_effect(&self) -> bool {
        self.state == VersionState::Verified && self.replaced_on.is_none()
    }
}

pub fn content(conn: &mut Conn, id: Id) -> WorkResult<ContentRow> {
    let row = contents::table.find(id).first(conn).optional()?;
    Ok(row.ok_or_else(|| Problem::broken("a disclosure has no content"))?)
}

/// Contents of versions, by version id.
pub fn contents_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, ContentRow>> {
    let mut all = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<ContentRow> =
            contents::table.filter(contents::disclosure_id.eq_any(chunk.to_vec())).load(conn)?;
        all.extend(rows.into_iter().map(|row| (row.disclosure_id, row)));
    }
    Ok(all)
}

/// Price findings of a version against the contract in force, and that contract's id. Stored findings are used if the
/// contract is still the same, otherwise the prices are compared again.
pub fn findings(
    conn: &mut Conn,
    row: &DisclosureRow,
    said: &ContentRow,
    today: NaiveDate,
) -> WorkResult<(Vec<PriceFinding>, Option<Id>)> {
    let Some(fees) = &said.content.0.fee_standard else { return Ok((Vec::new(), None)) };
    let contract = contracts::filed_in_force(conn, row.complex_id, today)?;
    let Some(contract) = contract.filter(|contract| contract.company_id == row.company_id) else {
        return Ok((Vec::new(), None));
    };
    if row.compared_with == Some(contract.id) {
        return Ok((said.findings.0.clone(), row.compared_with));
    }
    Ok((compare(&fees.items, &contract), Some(contract.id)))
}

pub fn insert(conn: &mut Conn, row: &DisclosureRow, said: &ContentRow) -> WorkResult<()> {
    diesel::insert_into(disclosures::table).values(row).execute(conn)?;
    diesel::insert_into(contents::table).values(said).execute(conn)?;
    Ok(())
}

/// Saves the state of a version. The content of a version never changes.
pub fn save(conn: &mut Conn, row: &DisclosureRow) -> WorkResult<()> {
    diesel::update(disclosures::table.find(row.id))
        .set((
            disclosures::version.eq(row.version),
            disclosures::state.eq(row.state),
            disclosures::is_current.eq(row.is_current),
            disclosures::decided_on.eq(row.decided_on),
            disclosures::verified_on.eq(row.verified_on),
            disclosures::replaced_on.eq(row.replaced_on),
            disclosures::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn save_verification(conn: &mut Conn, id: Id, verification: &Verification) -> WorkResult<()> {
    diesel::update(contents::table.find(id))
        .set(contents::verification.eq(Json(Some(verification.clone()))))
        .execute(conn)?;
    Ok(())
}

/// Disclosures of current companies that await verification, oldest first; one per complex and kind.
pub fn to_verify(conn: &mut Conn, scope: &Scope, today: NaiveDate, at_most: i64) -> WorkResult<Vec<ToVerify>> {
    let rows: Vec<(Id, Id, DisclosureKind, NaiveDate, String)> = scoped::disclosures(scope)
        .filter(disclosures::is_current.eq(true))
        .filter(disclosures::state.eq(VersionState::Submitted))
        .select((
            disclosures::complex_id,
            disclosures::company_id,
            disclosures::kind,
            disclosures::submitted_on,
            disclosures::township,
        ))
        .order(disclosures::id)
        .limit(at_most)
        .load(conn)?;
    let complexes: Vec<Id> = rows.iter().map(|row| row.0).collect();
    let serving = serving_among(conn, scope, &complexes, today)?;
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (complex, company, kind, submitted_on, township) in rows {
        let serves = serving.get(&complex).is_some_and(|serving| serving.company_id == company);
        if serves && seen.insert((complex, kind)) {
            all.push(ToVerify { complex, company, kind, submitted_on, township });
        }
    }
    Ok(all)
}

/// A disclosure that awaits verification.
pub struct ToVerify {
    pub complex: Id,
    pub company: Id,
    pub kind: DisclosureKind,
    pub submitted_on: NaiveDate,
    pub township: String,
}

/// Versions of one kind at a complex, newest first.
pub fn history(
    conn: &mut Conn,
    scope: &Scope,
    complex: Id,
    kind: DisclosureKind,
    query: &ListVersions,
) -> WorkResult<PageOf<DisclosureRow>> {
    complexes::find(conn, scope, complex)?;
    newest_first!(conn, query, DisclosureRow, disclosures::id, || {
        scoped::disclosures(scope).filter(disclosures::complex_id.eq(complex)).filter(disclosures::kind.eq(kind))
    })
}
