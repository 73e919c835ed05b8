//! The typical cases that each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::MultiBackend;
use crate::db::schema::typical_cases;

/// Offices see the cases of their territory, a company its own, a committee those at its complex.
pub fn typical_cases<'a>(scope: &Scope) -> typical_cases::BoxedQuery<'a, MultiBackend> {
    let all = typical_cases::table.into_boxed();
    match scope {
        Scope::County(area) => all.filter(typical_cases::county.eq(area.clone())),
        Scope::Township(area) => all.filter(typical_cases::township.eq(area.clone())),
        Scope::Community(area) => all.filter(typical_cases::community.eq(area.clone())),
        Scope::Company(uscc) => all.filter(typical_cases::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(typical_cases::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Assigned { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
