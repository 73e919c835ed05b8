//! The only way to a table's rows: `scoped::table(&Scope)`. A test reads every `store.rs` for a way round this file.

mod complaining;
mod inspecting;

use diesel::dsl::{Eq, EqAny, Filter};
use diesel::prelude::*;

use super::role::Role;
use super::scope::Scope;
use crate::companies::model::Company;
use crate::complexes::model::{ComplexRow, ServiceRow};
use crate::contracts::model::ContractRow;
use crate::db::schema::*;
use crate::db::types::Uid;
use crate::db::{Conn, Id, MultiBackend};
use crate::disclosures::model::DisclosureRow;
use crate::documents::model::DocumentRow;
use crate::measures::model::MeasureRow;
use crate::on_both;
use crate::ratings::rows::RatingRow;
use crate::violations::model::ViolationRow;
pub use complaining::{
    Counted, Viewer, complaint_figures, complaint_heat, complaint_histogram, complaint_numbers, complaint_steps,
    complaints,
};
pub use inspecting::{hazards, inspection_parts, inspections};

macro_rules! boxed {
    ($table:ident) => {
        pub type $table<'a> = crate::db::schema::$table::BoxedQuery<'a, MultiBackend>;
    };
}

/// The query types that the constructors return.
#[allow(non_camel_case_types)]
pub mod query {
    use super::MultiBackend;
    boxed!(companies);
    boxed!(complexes);
    boxed!(complex_services);
    boxed!(contracts);
    boxed!(violations);
    boxed!(measures);
    boxed!(listings);
    boxed!(ledger_entries);
    boxed!(clients);
    boxed!(revocations);
    boxed!(offices);
    boxed!(documents);
    boxed!(disclosures);
    boxed!(typical_cases);
    boxed!(rating_cycles);
    boxed!(ratings);
    boxed!(plaques);
    boxed!(inspections);
    boxed!(inspection_parts);
    boxed!(hazards);
    boxed!(complaints);
    boxed!(complaint_steps);
}

/// The rows of a table that each scope sees, said once and given in two forms: boxed, for lists and whatever narrows
/// them further; and those of one key (`one` or `all` of them), of a fixed shape on the connection's own backend, whose
/// SQL text is written once in the life of a connection and not for every read (writing it was a third of a point read).
macro_rules! rows_of {
    (
        $(#[$doc:meta])* $table:ident, $form:ident $keyed:ident: $row:ty, by $key:ident, those $those:ident,
        |$all:ident, $among:ident| { $($scope:pat $(if $guard:expr)? => $seen:expr,)+ }
    ) => {
        $(#[$doc])*
        pub fn $table<'a>(scope: &Scope) -> query::$table<'a> {
            let ($all, $among) = ($table::table.into_boxed(), Every);
            let _ = &$among;
            match scope {
                $($scope $(if $guard)? => $seen,)+
            }
        }

        /// Of these, by any of these keys.
        pub fn $those<'a>(scope: &Scope, keys: Vec<Id>) -> query::$table<'a> {
            let ($all, $among) = ($table::table.into_boxed().filter($table::$key.eq_any(keys.clone())), Those(keys));
            let _ = &$among;
            match scope {
                $($scope $(if $guard)? => $seen,)+
            }
        }

        /// Of these, by this key.
        pub fn $keyed(conn: &mut Conn, scope: &Scope, key: Id) -> QueryResult<rows_of!(@type $form $row)> {
            let ($all, $among) = ($table::table.filter($table::$key.eq(key)), Only(key));
            let _ = &$among;
            match scope {
                $($scope $(if $guard)? => on_both!(conn, |conn| rows_of!(@load $form $seen, conn)),)+
            }
        }
    };
    (@type one $row:ty) => { Option<$row> };
    (@type all $row:ty) => { Vec<$row> };
    (@load one $seen:expr, $conn:ident) => { $seen.first($conn).optional() };
    (@load all $seen:expr, $conn:ident) => { $seen.load($conn) };
}

/// The ids of a subquery: every one of them, or none but those that are asked for. SQLite reads such a subquery to its
/// end, and all that was ever addressed to a company is much to read for one row.
struct Every;

impl Every {
    fn of<Query, Column>(self, ids: Query, _: Column) -> Query {
        ids
    }
}

struct Those(Vec<Id>);

impl Those {
    fn of<Query, Column>(self, ids: Query, column: Column) -> Filter<Query, EqAny<Column, Vec<Id>>>
    where
        Column: diesel::Column<SqlType = Uid> + ExpressionMethods,
        Query: diesel::query_dsl::methods::FilterDsl<EqAny<Column, Vec<Id>>>,
    {
        ids.filter(column.eq_any(self.0))
    }
}

struct Only(Id);

impl Only {
    fn of<Query, Column>(self, ids: Query, column: Column) -> Filter<Query, Eq<Column, Id>>
    where
        Column: diesel::Column<SqlType = Uid> + ExpressionMethods,
        Query: diesel::query_dsl::methods::FilterDsl<Eq<Column, Id>>,
    {
        ids.filter(column.eq(self.0))
    }
}

rows_of! {
    /// Companies: visible wherever they are owned, serve, served or have applied.
    companies, one company: Company, by id, those companies_among, |all, among| {
        Scope::County(area) | Scope::Township(area) | Scope::Community(area) | Scope::Addressed { area, .. } => all
            .filter(companies::id.eq_any(among.of(
                company_areas::table.filter(company_areas::area.eq(area.clone())).select(company_areas::company_id),
                company_areas::company_id,
            ))),
        Scope::Company(uscc) => {
            all.filter(companies::id.eq_any(among.of(own_company(uscc), company_families::company_id)))
        },
        Scope::Complex(id) => all.filter(companies::id.eq_any(among.of(
            complex_services::table.filter(complex_services::complex_id.eq(*id)).select(complex_services::company_id),
            complex_services::company_id,
        ))),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Complexes of the territory; of a company, those it serves or served.
    complexes, one complex: ComplexRow, by id, those complexes_among, |all, among| {
        Scope::County(area) => all.filter(complexes::county.eq(area.clone())),
        Scope::Township(area) => all.filter(complexes::township.eq(area.clone())),
        Scope::Community(area) => all.filter(complexes::community.eq(area.clone())),
        Scope::Addressed { area, .. } if area.len() == 6 => all.filter(complexes::county.eq(area.clone())),
        Scope::Addressed { area, .. } => all.filter(complexes::township.eq(area.clone())),
        Scope::Company(uscc) => all.filter(complexes::id.eq_any(among.of(
            complex_services::table
                .filter(complex_services::company_id.eq_any(own_company(uscc)))
                .select(complex_services::complex_id),
            complex_services::complex_id,
        ))),
        Scope::Complex(id) => all.filter(complexes::id.eq(*id)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Services: of the territory's complexes; a company sees its own only.
    complex_services, all services_of: ServiceRow, by complex_id, those services_among, |all, among| {
        Scope::County(area) => all.filter(complex_services::county.eq(area.clone())),
        Scope::Township(area) => all.filter(complex_services::township.eq(area.clone())),
        Scope::Community(area) => all.filter(complex_services::community.eq(area.clone())),
        Scope::Addressed { area, .. } if area.len() == 6 => all.filter(complex_services::county.eq(area.clone())),
        Scope::Addressed { area, .. } => all.filter(complex_services::township.eq(area.clone())),
        Scope::Company(uscc) => all.filter(complex_services::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(complex_services::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Contracts: of the territory, and of the complex to its committee, once they are shared; a company its own and its
    /// branches', with drafts.
    contracts, one contract: ContractRow, by id, those contracts_among, |all, among| {
        Scope::County(area) => all.filter(contracts::county.eq(area.clone())).filter(contracts::shared.eq(true)),
        Scope::Township(area) => all.filter(contracts::township.eq(area.clone())).filter(contracts::shared.eq(true)),
        Scope::Community(area) => all.filter(contracts::community.eq(area.clone())).filter(contracts::shared.eq(true)),
        Scope::Addressed { area, .. } if area.len() == 6 => {
            all.filter(contracts::county.eq(area.clone())).filter(contracts::shared.eq(true))
        },
        Scope::Company(uscc) => all.filter(contracts::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(contracts::complex_id.eq(*id)).filter(contracts::shared.eq(true)),
        Scope::System(_) => all,
        Scope::Addressed { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Violations: a company sees its own from the notice on, and those of others that it reported itself; a committee
    /// those of the companies at its complex from the notice on; a police station or partner those it leads or was referred.
    violations, one violation: ViolationRow, by id, those violations_among, |all, among| {
        Scope::County(area) => all.filter(violations::county.eq(area.clone())),
        Scope::Township(area) => all.filter(violations::township.eq(area.clone())),
        Scope::Community(area) => all.filter(violations::community.eq(area.clone())),
        Scope::Addressed { role, area } => {
            all.filter(violations::id.eq_any(among.of(addressed(*role, area), violation_audiences::violation_id)))
        },
        Scope::Company(uscc) => {
            let own = addressed(Role::PropertyCompany, uscc);
            all.filter(violations::id.eq_any(among.of(own, violation_audiences::violation_id)))
        },
        Scope::Complex(id) => all
            .filter(violations::complex_id.eq(*id))
            .filter(violations::notified.eq(true))
            .filter(violations::company_id.is_not_null()),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Measures: of the territory; a company its own and its branches'; a police station or partner those that it must take.
    measures, one measure: MeasureRow, by id, those measures_among, |all, among| {
        Scope::County(area) => all.filter(measures::county.eq(area.clone())),
        Scope::Township(area) => all.filter(measures::township.eq(area.clone())),
        Scope::Community(area) => all.filter(measures::community.eq(area.clone())),
        Scope::Addressed { role, area } => {
            all.filter(measures::office_role.eq(role.code())).filter(measures::office_division.eq(area.clone()))
        },
        Scope::Company(uscc) => all.filter(measures::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(measures::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Disclosures, every version: of the territory; a company its own; a committee those at its complex; market supervision
    /// those of its county, for the sake of the fees in them. They are made to be public, and only what is public at last.
    disclosures, all disclosures_of: DisclosureRow, by complex_id, those disclosures_among, |all, among| {
        Scope::County(area) => all.filter(disclosures::county.eq(area.clone())),
        Scope::Township(area) => all.filter(disclosures::township.eq(area.clone())),
        Scope::Community(area) => all.filter(disclosures::community.eq(area.clone())),
        Scope::Addressed { role: Role::MarketSupervision, area } => all.filter(disclosures::county.eq(area.clone())),
        Scope::Company(uscc) => all.filter(disclosures::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(disclosures::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Addressed { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

rows_of! {
    /// Ratings: of the territory; once they are announced, a company its own and a committee those of its complex.
    ratings, one rating: RatingRow, by id, those ratings_among, |all, among| {
        Scope::County(area) => all.filter(ratings::county.eq(area.clone())),
        Scope::Township(area) => all.filter(ratings::township.eq(area.clone())),
        Scope::Community(area) => all.filter(ratings::community.eq(area.clone())),
        Scope::Company(uscc) => {
            all.filter(ratings::company_id.eq_any(own_company(uscc))).filter(ratings::shared.eq(true))
        },
        Scope::Complex(id) => all.filter(ratings::complex_id.eq(*id)).filter(ratings::shared.eq(true)),
        Scope::System(_) => all,
        Scope::Addressed { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// Rating cycles of the territory: the county's, and the township's own.
pub fn rating_cycles<'a>(scope: &Scope) -> query::rating_cycles<'a> {
    let all = rating_cycles::table.into_boxed();
    let of_township = |area: &str| {
        let (county, township) = (area.get(..6).unwrap_or_default(), area.get(..9).unwrap_or_default());
        let areas = [township.to_owned(), String::new()];
        (rating_cycles::county.eq(county.to_owned()), rating_cycles::township.eq_any(areas))
    };
    match scope {
        Scope::County(area) => all.filter(rating_cycles::county.eq(area.clone())),
        Scope::Township(area) | Scope::Community(area) => {
            let (county, township) = of_township(area);
            all.filter(county).filter(township)
        }
        Scope::System(_) => all,
        Scope::Company(_) | Scope::Complex(_) => all.filter(none()),
        Scope::Addressed { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// Plaques: what hangs at a gate is for everyone to check; the program keeps them.
pub fn plaques<'a>(scope: &Scope) -> query::plaques<'a> {
    let all = plaques::table.into_boxed();
    match scope {
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}

/// Typical cases: of the territory; a company its own; a committee those of its complex.
pub fn typical_cases<'a>(scope: &Scope) -> query::typical_cases<'a> {
    let all = typical_cases::table.into_boxed();
    match scope {
        Scope::County(area) => all.filter(typical_cases::county.eq(area.clone())),
        Scope::Township(area) => all.filter(typical_cases::township.eq(area.clone())),
        Scope::Community(area) => all.filter(typical_cases::community.eq(area.clone())),
        Scope::Company(uscc) => all.filter(typical_cases::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(typical_cases::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Addressed { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// The blacklist and the restrictions of a county, to every office in it; a company sees its own.
pub fn listings<'a>(scope: &Scope) -> query::listings<'a> {
    let all = listings::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Township(area) | Scope::Community(area) | Scope::Addressed { area, .. } => {
            all.filter(listings::county.eq(area.get(..6).unwrap_or_default().to_owned()))
        }
        Scope::Company(uscc) => all.filter(listings::company_id.eq_any(own_company(uscc))),
        Scope::System(_) => all,
        Scope::Complex(_) | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// One of the runs of sealed events that together are what a caller may read: each is equality on one column, so that it
/// is read in order from its own index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strand {
    /// What happened in the territory, or is addressed to the role.
    Territory,
    /// What a company is a party to: of the caller's family.
    Party(Id),
    /// What is for everyone.
    Everyone,
}

/// Sealed events, one strand of them.
pub fn ledger_entries<'a>(scope: &Scope, strand: Strand) -> query::ledger_entries<'a> {
    let all = ledger_entries::table.into_boxed();
    let parties = || ledger_entries::audience.ne("offices");
    match (strand, scope) {
        (Strand::Everyone, _) => all.filter(ledger_entries::audience.eq("everyone")),
        (Strand::Party(company), Scope::Company(uscc)) => all
            .filter(ledger_entries::company_id.eq(company))
            .filter(ledger_entries::company_id.eq_any(own_family(uscc)))
            .filter(parties()),
        (Strand::Territory, Scope::County(area) | Scope::Oversight(area)) => {
            all.filter(ledger_entries::county.eq(area.clone()))
        }
        (Strand::Territory, Scope::Township(area)) => all.filter(ledger_entries::township.eq(area.clone())),
        (Strand::Territory, Scope::Community(area)) => all.filter(ledger_entries::community.eq(area.clone())),
        (Strand::Territory, Scope::Addressed { role, area }) => {
            all.filter(ledger_entries::addressee.eq(crate::ledger::addressee(*role, area)))
        }
        (Strand::Territory, Scope::Complex(id)) => all.filter(ledger_entries::complex_id.eq(*id)).filter(parties()),
        (Strand::Territory, Scope::System(_)) => all,
        (Strand::Party(_) | Strand::Territory, _) => all.filter(none()),
    }
}

/// OAuth clients: of the county, to its administrators, its auditors and the authority that approves them.
pub fn clients<'a>(scope: &Scope) -> query::clients<'a> {
    let all = clients::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Oversight(area) => all.filter(clients::county.eq(area.clone())),
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}

/// Revocations: of the county, and those of residents, who belong to every county, to the same.
pub fn revocations<'a>(scope: &Scope) -> query::revocations<'a> {
    let all = revocations::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Oversight(area) => {
            all.filter(revocations::reach.eq_any([area.clone(), String::new()]))
        }
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}

/// The directory of offices: of a county, to everyone in it. A resident has no county, and the directory is public.
pub fn offices<'a>(scope: &Scope) -> query::offices<'a> {
    let all = offices::table.into_boxed();
    match scope {
        Scope::County(area)
        | Scope::Township(area)
        | Scope::Community(area)
        | Scope::Addressed { area, .. }
        | Scope::Oversight(area) => all.filter(offices::county.eq(area.get(..6).unwrap_or_default().to_owned())),
        Scope::Company(uscc) => all.filter(
            offices::county.eq_any(
                company_areas::table
                    .filter(company_areas::company_id.eq_any(own_company(uscc)))
                    .select(company_areas::area),
            ),
        ),
        Scope::Complex(id) => {
            all.filter(offices::county.eq_any(complexes::table.filter(complexes::id.eq(*id)).select(complexes::county)))
        }
        Scope::Resident { .. } | Scope::System(_) => all,
    }
}

rows_of! {
    /// Official documents, where their subject is seen: a company sees its own once the notice that they put into form has
    /// been opened, and so does the committee of the complex; a police station or partner those of cases that it leads or was sent, and of measures that it must take.
    documents, one document: DocumentRow, by id, those documents_among, |all, among| {
        Scope::County(area) => all.filter(documents::county.eq(area.clone())),
        Scope::Township(area) => all.filter(documents::township.eq(area.clone())),
        Scope::Community(area) => all.filter(documents::community.eq(area.clone())),
        Scope::Addressed { role, area } => all
            .filter(documents::violation_id.eq_any(addressed_case(*role, area)))
            .filter(
                documents::handler_role
                    .is_null()
                    .or(documents::handler_role.eq(role.code()).and(documents::handler_division.eq(area.clone()))),
            ),
        Scope::Company(uscc) => {
            all.filter(documents::company_id.eq_any(own_family(uscc))).filter(documents::served.eq(true))
        },
        Scope::Complex(id) => all
            .filter(documents::complex_id.eq(*id))
            .filter(documents::company_id.is_not_null())
            .filter(documents::served.eq(true)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// A condition that no row meets.
fn none() -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {
    diesel::dsl::sql("1 = 0")
}

/// The violations that a role may see in an area; of a company, the area is its USCC.
#[diesel::dsl::auto_type]
fn addressed(role: Role, area: &str) -> _ {
    let role: &'static str = role.code();
    let area: String = area.to_owned();
    violation_audiences::table
        .filter(violation_audiences::role.eq(role))
        .filter(violation_audiences::area.eq(area))
        .select(violation_audiences::violation_id)
}

/// The same, to compare with a column that may be null.
#[diesel::dsl::auto_type]
fn addressed_case(role: Role, area: &str) -> _ {
    let role: &'static str = role.code();
    let area: String = area.to_owned();
    violation_audiences::table
        .filter(violation_audiences::role.eq(role))
        .filter(violation_audiences::area.eq(area))
        .select(violation_audiences::violation_id.nullable())
}

/// The company of a code, with its branches: it answers for them.
#[diesel::dsl::auto_type]
fn own_company(uscc: &str) -> _ {
    let uscc: String = uscc.to_owned();
    company_families::table.filter(company_families::uscc.eq(uscc)).select(company_families::company_id)
}

/// The same, to compare with a column that may be null.
#[diesel::dsl::auto_type]
fn own_family(uscc: &str) -> _ {
    let uscc: String = uscc.to_owned();
    company_families::table.filter(company_families::uscc.eq(uscc)).select(company_families::company_id.nullable())
}
