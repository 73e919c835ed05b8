//! The rows that each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::none;
use crate::db::MultiBackend;
use crate::db::schema::revocations;

/// Revocations: of the county, and those of residents, who belong to every county, to the same.
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
