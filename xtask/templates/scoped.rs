//! The rows that each scope may read.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_family};
use crate::db::MultiBackend;
use crate::db::schema::__features__;

/// The rows of the territory. A company sees those of complexes that it serves, a committee those of its complex.
pub fn __features__<'a>(scope: &Scope) -> __features__::BoxedQuery<'a, MultiBackend> {
    let all = __features__::table.into_boxed();
    match scope {
        Scope::County(area) => all.filter(__features__::county.eq(area.clone())),
        Scope::Township(area) => all.filter(__features__::township.eq(area.clone())),
        Scope::Community(area) => all.filter(__features__::community.eq(area.clone())),
        Scope::Company(uscc) => all.filter(__features__::company_id.eq_any(own_family(uscc))),
        Scope::Complex(id) => all.filter(__features__::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Assigned { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
