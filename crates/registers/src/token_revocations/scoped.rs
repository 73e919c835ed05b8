//! The rows that each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::none;
use crate::db::MultiBackend;
use crate::db::schema::token_revocations;

/// Revocations: of the county, and those of residents, who belong to every county, to the same.
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
