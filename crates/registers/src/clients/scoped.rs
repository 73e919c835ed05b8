//! The rows that each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::none;
use crate::db::MultiBackend;
use crate::db::schema::clients;

/// OAuth clients: of the county, to its administrators, its auditors and the authority that approves them.
pub fn clients<'a>(scope: &Scope) -> clients::BoxedQuery<'a, MultiBackend> {
    let all = clients::table.into_boxed();
    match scope {
        Scope::County(area) | Scope::Oversight(area) => all.filter(clients::county.eq(area.clone())),
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}
