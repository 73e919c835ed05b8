//! The disclosures that each scope sees.

use diesel::prelude::*;

use crate::access::scoped::{none, own_company};
use crate::access::{Role, Scope};
use crate::db::schema::disclosures;
use crate::rows_of;

rows_of! {
    /// All versions: offices see those of their territory, a company its own, a committee those of its complex.
    /// Market supervision sees those of its county, because of the fees.
    disclosures, all disclosures_of, by complex_id, those disclosures_among, |all, among| {
        Scope::County(area) => all.filter(disclosures::county.eq(area.clone())),
        Scope::Township(area) => all.filter(disclosures::township.eq(area.clone())),
        Scope::Community(area) => all.filter(disclosures::community.eq(area.clone())),
        Scope::Assigned { role: Role::MarketSupervision, area } => all.filter(disclosures::county.eq(area.clone())),
        Scope::Company(uscc) => all.filter(disclosures::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(disclosures::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Assigned { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
