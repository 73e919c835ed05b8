//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::schema::{companies, company_areas, company_families, complex_services};
use crate::rows_of;

rows_of! {
    /// Companies that are registered, serve, served or have applied in the territory.
    companies, one company, by id, those companies_among, |all, among| {
        Scope::County(area) | Scope::Township(area) | Scope::Community(area) | Scope::Assigned { area, .. } => all
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
