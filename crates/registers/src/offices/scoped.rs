//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::own_company;
use crate::db::MultiBackend;
use crate::db::schema::{company_areas, complexes, offices};

/// The office directory of the county, for everyone in it. Residents have no county and see all; the directory is
/// public.
pub fn offices<'a>(scope: &Scope) -> offices::BoxedQuery<'a, MultiBackend> {
    let all = offices::table.into_boxed();
    match scope {
        Scope::County(area)
        | Scope::Township(area)
        | Scope::Community(area)
        | Scope::Assigned { area, .. }
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
