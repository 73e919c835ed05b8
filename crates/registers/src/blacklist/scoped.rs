//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::MultiBackend;
use crate::db::schema::listings;

/// The listings of a county, for every office in it. A company sees its own.
pub fn listings<'a>(scope: &Scope) -> listings::BoxedQuery<'a, MultiBackend> {
    let all = listings::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Township(area) | Scope::Community(area) | Scope::Assigned { area, .. } => {
            all.filter(listings::county.eq(area.get(..6).unwrap_or_default().to_owned()))
        }
        Scope::Company(uscc) => all.filter(listings::company_id.eq_any(own_company(uscc))),
        Scope::System(_) => all,
        Scope::Complex(_) | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
