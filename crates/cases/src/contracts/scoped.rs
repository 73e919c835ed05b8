//! The contracts that each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::schema::contracts;
use crate::rows_of;

rows_of! {
    /// Offices see the shared contracts of their territory, a committee those of its complex. A company sees its own
    /// and its branches', including drafts.
    contracts, one contract, by id, those contracts_among, |all, among| {
        Scope::County(area) => all.filter(contracts::county.eq(area.clone())).filter(contracts::shared.eq(true)),
        Scope::Township(area) => all.filter(contracts::township.eq(area.clone())).filter(contracts::shared.eq(true)),
        Scope::Community(area) => all.filter(contracts::community.eq(area.clone())).filter(contracts::shared.eq(true)),
        Scope::Assigned { area, .. } if area.len() == 6 => {
            all.filter(contracts::county.eq(area.clone())).filter(contracts::shared.eq(true))
        },
        Scope::Company(uscc) => all.filter(contracts::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(contracts::complex_id.eq(*id)).filter(contracts::shared.eq(true)),
        Scope::System(_) => all,
        Scope::Assigned { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
