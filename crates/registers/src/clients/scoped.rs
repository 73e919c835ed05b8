//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::none;
use crate::db::MultiBackend;
use crate::db::schema::clients;

/// The OAuth clients of the county: visible to its system administrators, auditors and county authority.
pub fn clients<'a>(scope: &Scope) -> clients::BoxedQuery<'a, MultiBackend> {
    let all = clients::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Oversight(area) => all.filter(clients::county.eq(area.clone())),
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}
