//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::none;
use crate::db::MultiBackend;
use crate::db::schema::token_revocations;

/// The revocations of the county, and those that include residents, who have no county.
pub fn token_revocations<'a>(scope: &Scope) -> token_revocations::BoxedQuery<'a, MultiBackend> {
    let all = token_revocations::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Oversight(area) => {
            all.filter(token_revocations::reach.eq_any([area.clone(), String::new()]))
        }
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}
