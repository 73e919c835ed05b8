//! The inspections and hazards that each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company, own_family};
use crate::db::MultiBackend;
use crate::db::schema::{complex_services, hazards, inspection_parts, inspections};

/// Offices see the inspections of their territory, a police station or partner agency those in which it takes part.
/// Companies and committees see only inspections with a result, so that they cannot prepare for a planned one.
pub fn inspections<'a>(scope: &Scope) -> inspections::BoxedQuery<'a, MultiBackend> {
    let all = inspections::table.into_boxed();
    match scope {
        Scope::County(area) => all.filter(inspections::county.eq(area.clone())),
        Scope::Township(area) => all.filter(inspections::township.eq(area.clone())),
        Scope::Community(area) => all.filter(inspections::community.eq(area.clone())),
        Scope::Assigned { role, area } => all.filter(
            inspections::id.eq_any(
                inspection_parts::table
                    .filter(inspection_parts::role.eq(*role))
                    .filter(inspection_parts::division.eq(area.clone()))
                    .select(inspection_parts::inspection_id),
            ),
        ),
        Scope::Company(uscc) => {
            all.filter(inspections::company_id.eq_any(own_family(uscc))).filter(inspections::inspected.eq(true))
        }
        Scope::Complex(id) => all.filter(inspections::complex_id.eq(*id)).filter(inspections::inspected.eq(true)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// The parts of inspections, for the plan and statistics of a territory. The parts of one inspection are returned
/// with it.
pub fn inspection_parts<'a>(scope: &Scope) -> inspection_parts::BoxedQuery<'a, MultiBackend> {
    let all = inspection_parts::table.into_boxed();
    match scope {
        Scope::County(area) => all.filter(inspection_parts::county.eq(area.clone())),
        Scope::Township(area) => all.filter(inspection_parts::township.eq(area.clone())),
        Scope::Community(area) => all.filter(inspection_parts::community.eq(area.clone())),
        Scope::Assigned { role, area } => {
            all.filter(inspection_parts::role.eq(*role)).filter(inspection_parts::division.eq(area.clone()))
        }
        Scope::System(_) => all,
        Scope::Company(_) | Scope::Complex(_) | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// Offices see the hazards of their territory, a police station or partner agency those that it found, a committee
/// those at its complex. A hazard stays with the complex: a company sees it if it served, or will serve, at a time
/// between finding and closing.
pub fn hazards<'a>(scope: &Scope) -> hazards::BoxedQuery<'a, MultiBackend> {
    let all = hazards::table.into_boxed();
    match scope {
        Scope::County(area) => all.filter(hazards::county.eq(area.clone())),
        Scope::Township(area) => all.filter(hazards::township.eq(area.clone())),
        Scope::Community(area) => all.filter(hazards::community.eq(area.clone())),
        Scope::Assigned { role, area } => {
            all.filter(hazards::role.eq(*role)).filter(hazards::division.eq(area.clone()))
        }
        Scope::Company(uscc) => all
            .filter(
                hazards::complex_id.eq_any(
                    complex_services::table
                        .filter(complex_services::company_id.eq_any(own_company(uscc)))
                        .select(complex_services::complex_id),
                ),
            )
            .filter(diesel::dsl::exists(
                complex_services::table
                    .filter(complex_services::complex_id.eq(hazards::complex_id))
                    .filter(complex_services::company_id.eq_any(own_company(uscc)))
                    .filter(
                        complex_services::effective_to
                            .is_null()
                            .or(complex_services::effective_to.assume_not_null().ge(hazards::found_on)),
                    )
                    .filter(
                        hazards::closed_on
                            .is_null()
                            .or(hazards::closed_on.assume_not_null().ge(complex_services::effective_from)),
                    )
                    .select(complex_services::id),
            )),
        Scope::Complex(id) => all.filter(hazards::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
