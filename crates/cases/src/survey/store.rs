//! The queries of a survey. Each is one pass over an index of the area; none runs once per complex.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::rules::{QUARTERS, RequiredDisclosure, RequiredDisclosures, SurveyedComplex};
use crate::access::Scope;
use crate::calendar::rules::WorkCalendar;
use crate::contracts;
use crate::db::schema::{complex_services as services, complexes, disclosures};
use crate::db::{Conn, Id, WorkResult};
use crate::disclosures::model::{DisclosureKind, VersionState};
use crate::disclosures::price_rules::{PriceFinding, PriceFindingKind, compare, count};
use crate::disclosures::state_rules::{CurrentVersion, Period, Schedule, ServicePeriod, serving};
use crate::policy::disclosures::DisclosureRule;
use crate::policy::model::PolicyDocument;

/// The complexes that a survey covers, and its detail.
pub struct Area<'a> {
    pub scope: &'a Scope,
    /// Only this complex.
    pub complex: Option<Id>,
    /// Also read the price findings themselves, not only their number.
    pub findings: bool,
}

/// The policy, calendar and day, the same for all complexes.
pub struct Rules<'a> {
    pub document: &'a PolicyDocument,
    pub calendar: &'a WorkCalendar,
    pub today: NaiveDate,
}

impl<'a> Rules<'a> {
    fn schedules(&self, today: NaiveDate) -> Vec<Schedule<'a>> {
        let rule = |kind: &DisclosureKind| DisclosureRule::of(self.document, *kind);
        let schedule = |kind| Schedule::new(rule(kind), self.calendar, today).starting(self.document.programme_from);
        DisclosureKind::ALL.iter().map(schedule).collect()
    }
}

/// The columns of a current version that a survey needs.
#[derive(Queryable)]
struct Slim {
    id: Id,
    complex_id: Id,
    company_id: Id,
    kind: DisclosureKind,
    state: VersionState,
    period_from: Option<NaiveDate>,
    period_to: Option<NaiveDate>,
    published_on: NaiveDate,
    decided_on: Option<NaiveDate>,
    exceeds_contract: i64,
    not_in_contract: i64,
    compared_with: Option<Id>,
}

/// All service periods of an area's complexes, past ones too.
pub fn services_of(conn: &mut Conn, area: &Area) -> WorkResult<BTreeMap<Id, Vec<ServicePeriod>>> {
    let mut rows = crate::complexes::scoped::complex_services(area.scope);
    if let Some(complex) = area.complex {
        rows = rows.filter(services::complex_id.eq(complex));
    }
    let columns = (services::complex_id, services::company_id, services::effective_from, services::effective_to);
    let rows: Vec<(Id, Id, NaiveDate, Option<NaiveDate>)> = rows.select(columns).load(conn)?;
    let mut all: BTreeMap<Id, Vec<ServicePeriod>> = BTreeMap::new();
    for (complex, company_id, from, to) in rows {
        all.entry(complex).or_default().push(ServicePeriod { company_id, from, to });
    }
    Ok(all)
}

/// Current versions in an area. Of kinds disclosed by period, older versions than any state depends on are left out.
fn current_of(conn: &mut Conn, area: &Area, oldest: Option<NaiveDate>) -> WorkResult<HashMap<Id, Vec<Slim>>> {
    let mut rows = crate::disclosures::scoped::disclosures(area.scope).filter(disclosures::is_current.eq(true));
    if let Some(complex) = area.complex {
        rows = rows.filter(disclosures::complex_id.eq(complex));
    }
    if let Some(oldest) = oldest {
        rows = rows.filter(disclosures::period_to.is_null().or(disclosures::period_to.ge(oldest)));
    }
    let rows: Vec<Slim> = rows
        .select((
            disclosures::id,
            disclosures::complex_id,
            disclosures::company_id,
            disclosures::kind,
            disclosures::state,
            disclosures::period_from,
            disclosures::period_to,
            disclosures::published_on,
            disclosures::decided_on,
            disclosures::exceeds_contract,
            disclosures::not_in_contract,
            disclosures::compared_with,
        ))
        .load(conn)?;
    let mut all: HashMap<Id, Vec<Slim>> = HashMap::with_capacity(rows.len() / 6);
    for row in rows {
        all.entry(row.complex_id).or_default().push(row);
    }
    Ok(all)
}

/// Every complex of an area, with the disclosures that its company must make.
pub fn survey(
    conn: &mut Conn,
    area: &Area,
    rules: &Rules,
    services: &BTreeMap<Id, Vec<ServicePeriod>>,
) -> WorkResult<Vec<SurveyedComplex>> {
    let schedules = rules.schedules(rules.today);
    let mut found = crate::complexes::scoped::complexes(area.scope);
    if let Some(complex) = area.complex {
        found = found.filter(complexes::id.eq(complex));
    }
    let columns = (complexes::id, complexes::name, complexes::township, complexes::community);
    let found: Vec<(Id, String, String, String)> = found.select(columns).order(complexes::id).load(conn)?;
    let contracts = contracts::all_filed_in_force(conn, area.scope, rules.today)?;
    let oldest = schedules.iter().filter_map(|schedule| schedule.required()).map(|period| period.to).min();
    let current = current_of(conn, area, oldest)?;
    let mut all = Vec::with_capacity(found.len());
    let mut prices = Prices::default();
    for (complex, name, township, community) in found {
        let serving = services.get(&complex).and_then(|all| serving(all, rules.today));
        let required = serving.map(|serving| {
            let rows = current.get(&complex).map(Vec::as_slice).unwrap_or_default();
            let rows: Vec<&Slim> = rows.iter().filter(|row| row.company_id == serving.company_id).collect();
            let kinds: Vec<RequiredDisclosure> = DisclosureKind::ALL
                .iter()
                .zip(&schedules)
                .map(|(kind, s)| required_kind(*kind, s, serving.began, &rows))
                .collect();
            let fees = kinds[DisclosureKind::FeeStandard as usize].assessment.version;
            let fees = fees.and_then(|id| rows.iter().find(|row| row.id == id));
            let contract = contracts.get(&complex).copied();
            let (exceeds, unknown) = fees.map_or((0, 0), |row| prices.note(complex, row, contract, area.findings));
            RequiredDisclosures {
                serving,
                kinds,
                contract,
                exceeds_contract: exceeds,
                not_in_contract: unknown,
                findings: Vec::new(),
            }
        });
        all.push(SurveyedComplex { complex, name, township, community, required });
    }
    prices.compare(conn, &mut all)?;
    Ok(all)
}

fn required_kind(kind: DisclosureKind, schedule: &Schedule, began: NaiveDate, rows: &[&Slim]) -> RequiredDisclosure {
    let held: Vec<CurrentVersion> = rows
        .iter()
        .filter(|row| row.kind == kind)
        .map(|row| CurrentVersion {
            id: row.id,
            state: row.state,
            period: row.period_from.zip(row.period_to).map(|(from, to)| Period { from, to }),
            published_on: row.published_on,
            decided_on: row.decided_on,
        })
        .collect();
    let assessment = schedule.assess(began, &held);
    let version = assessment.version.and_then(|id| held.iter().find(|one| one.id == id));
    RequiredDisclosure { assessment, published_on: version.map(|one| one.published_on) }
}

/// Versions whose price findings must be read or computed, collected to do all of them at once.
#[derive(Default)]
struct Prices {
    /// Complex and version whose stored findings are still right.
    stored: Vec<(Id, Id)>,
    /// Complex, version and contract in force, where the version was compared with another contract.
    stale: Vec<(Id, Id, Id)>,
}

impl Prices {
    /// The stored counts of a version, if it was compared with the contract in force.
    fn note(&mut self, complex: Id, row: &Slim, contract: Option<Id>, findings: bool) -> (i64, i64) {
        let Some(contract) = contract else { return (0, 0) };
        if row.compared_with != Some(contract) {
            self.stale.push((complex, row.id, contract));
            return (0, 0);
        }
        if findings && row.exceeds_contract + row.not_in_contract > 0 {
            self.stored.push((complex, row.id));
        }
        (row.exceeds_contract, row.not_in_contract)
    }

    fn compare(self, conn: &mut Conn, all: &mut [SurveyedComplex]) -> WorkResult<()> {
        if self.stored.is_empty() && self.stale.is_empty() {
            return Ok(());
        }
        let ids: Vec<Id> = self.stored.iter().map(|one| one.1).chain(self.stale.iter().map(|one| one.1)).collect();
        let said = crate::disclosures::store::contents_of(conn, &ids)?;
        let contracts = contracts::filed(conn, &self.stale.iter().map(|one| one.2).collect::<Vec<_>>())?;
        let contracts: HashMap<Id, _> = contracts.into_iter().map(|one| (one.id, one)).collect();
        let mut found: HashMap<Id, Vec<PriceFinding>> = HashMap::new();
        for (complex, id) in self.stored {
            found.insert(complex, said.get(&id).map(|row| row.findings.0.clone()).unwrap_or_default());
        }
        for (complex, id, contract) in self.stale {
            let fees = said.get(&id).and_then(|row| row.content.0.fee_standard.as_ref());
            if let (Some(fees), Some(contract)) = (fees, contracts.get(&contract)) {
                found.insert(complex, compare(&fees.items, contract));
            }
        }
        for one in all {
            if let (Some(findings), Some(required)) = (found.remove(&one.complex), &mut one.required) {
                required.exceeds_contract = count(&findings, PriceFindingKind::ExceedsContract);
                required.not_in_contract = count(&findings, PriceFindingKind::NotInContract);
                required.findings = findings;
            }
        }
        Ok(())
    }
}

/// Number of disclosures verified at the end of each quarter, in one pass. A version counts if it was in effect, its
/// company served the complex, and its period, if it has one, was the one due.
pub fn verified_at(
    conn: &mut Conn,
    area: &Area,
    rules: &Rules,
    ends: &[NaiveDate; QUARTERS],
) -> WorkResult<[i64; QUARTERS]> {
    let [first, .., last] = ends;
    // The dates are computed here, not input, and stand in the SQL text: bound parameters would be too many for eight
    // quarters.
    let count = |end: &NaiveDate| {
        let due: String = DisclosureKind::ALL
            .iter()
            .zip(rules.schedules(*end))
            .filter_map(|(kind, schedule)| Some((kind.code(), schedule.required()?.to)))
            .map(|(kind, day)| {
                format!(
                    " AND (disclosures.kind <> '{kind}' OR (disclosures.period_from <= '{day}' AND disclosures.period_to \
                     >= '{day}') OR (disclosures.period_to IS NULL AND disclosures.published_on > '{day}'))"
                )
            })
            .collect();
        sql::<BigInt>(&format!(
            "count(CASE WHEN disclosures.verified_on <= '{end}' AND (disclosures.replaced_on IS NULL OR \
             disclosures.replaced_on > '{end}') AND complex_services.effective_from <= '{end}' AND \
             (complex_services.effective_to IS NULL OR complex_services.effective_to >= '{end}'){due} THEN 1 END)"
        ))
    };
    let [a, b, c, d, e, f, g, h] = ends.each_ref().map(count);
    let served = services::complex_id.eq(disclosures::complex_id).and(services::company_id.eq(disclosures::company_id));
    let found: (i64, i64, i64, i64, i64, i64, i64, i64) = crate::disclosures::scoped::disclosures(area.scope)
        .filter(disclosures::verified_on.le(*last))
        .filter(disclosures::replaced_on.is_null().or(disclosures::replaced_on.gt(*first)))
        .inner_join(services::table.on(served))
        .select((a, b, c, d, e, f, g, h))
        .first(conn)?;
    Ok(found.into())
}
