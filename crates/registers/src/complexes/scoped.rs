//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::schema::{complex_services, complexes};
use crate::rows_of;

rows_of! {
    /// The complexes of the territory. A company sees those that it serves or served.
    complexes, one complex, by id, those complexes_among, |all, among| {
        Scope::County(area) => all.filter(complexes::county.eq(area.clone())),
        Scope::Township(area) => all.filter(complexes::township.eq(area.clone())),
        Scope::Community(area) => all.filter(complexes::community.eq(area.clone())),
        Scope::Assigned { area, .. } if area.len() == 6 => all.filter(complexes::county.eq(area.clone())),
        Scope::Assigned { area, .. } => all.filter(complexes::township.eq(area.clone())),
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
    /// Service periods of the complexes in the territory. A company sees its own only.
    complex_services, all services_of, by complex_id, those services_among, |all, among| {
        Scope::County(area) => all.filter(complex_services::county.eq(area.clone())),
        Scope::Township(area) => all.filter(complex_services::township.eq(area.clone())),
        Scope::Community(area) => all.filter(complex_services::community.eq(area.clone())),
        Scope::Assigned { area, .. } if area.len() == 6 => all.filter(complex_services::county.eq(area.clone())),
        Scope::Assigned { area, .. } => all.filter(complex_services::township.eq(area.clone())),
        Scope::Company(uscc) => all.filter(complex_services::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(complex_services::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
