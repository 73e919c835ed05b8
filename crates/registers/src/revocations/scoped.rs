//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::none;
use crate::db::MultiBackend;
use crate::db::schema::revocations;

/// The revocations of the county, and those that include residents, who have no county.
pub fn revocations<'a>(scope: &Scope) -> revocations::BoxedQuery<'a, MultiBackend> {
    let all = revocations::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Oversight(area) => {
            all.filter(revocations::reach.eq_any([area.clone(), String::new()]))
        }
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}
