//! The ledger entries that each scope may read.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_family};
use crate::db::schema::ledger_entries;
use crate::db::{Id, MultiBackend};

/// A subset of the sealed events that a caller may read. Each strand is an equality on one column, so that it is read
/// in order from its own index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strand {
    /// Events in the territory, or addressed to the role.
    Territory,
    /// Events of which this company of the caller's family is a party.
    Party(Id),
    /// Events for everyone.
    Everyone,
}

/// The sealed events of one strand.
pub fn ledger_entries<'a>(scope: &Scope, strand: Strand) -> ledger_entries::BoxedQuery<'a, MultiBackend> {
    let all = ledger_entries::table.into_boxed();
    let parties = || ledger_entries::audience.ne("offices");
    match (strand, scope) {
        (Strand::Everyone, _) => all.filter(ledger_entries::audience.eq("everyone")),
        (Strand::Party(company), Scope::Company(uscc)) => all
            .filter(ledger_entries::company_id.eq(company))
            .filter(ledger_entries::company_id.eq_any(own_family(uscc)))
            .filter(parties()),
        (Strand::Territory, Scope::County(area) | Scope::Oversight(area)) => {
            all.filter(ledger_entries::county.eq(area.clone()))
        }
        (Strand::Territory, Scope::Township(area)) => all.filter(ledger_entries::township.eq(area.clone())),
        (Strand::Territory, Scope::Community(area)) => all.filter(ledger_entries::community.eq(area.clone())),
        (Strand::Territory, Scope::Assigned { role, area }) => {
            all.filter(ledger_entries::addressee.eq(super::addressee(*role, area)))
        }
        (Strand::Territory, Scope::Complex(id)) => all.filter(ledger_entries::complex_id.eq(*id)).filter(parties()),
        (Strand::Territory, Scope::System(_)) => all,
        (Strand::Party(_) | Strand::Territory, _) => all.filter(none()),
    }
}
