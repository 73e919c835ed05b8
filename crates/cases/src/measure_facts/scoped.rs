//! Which measures each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::schema::measures;
use crate::rows_of;

rows_of! {
    /// Measures of the territory. A company sees its own and those of its branches, a committee those about its
    /// complex, and an addressed office (police station, partner, utility operator) those that it is responsible for.
    measures, one measure, by id, those measures_among, |all, among| {
        Scope::County(area) => all.filter(measures::county.eq(area.clone())),
        Scope::Township(area) => all.filter(measures::township.eq(area.clone())),
        Scope::Community(area) => all.filter(measures::community.eq(area.clone())),
        Scope::Assigned { role, area } => {
            all.filter(measures::office_role.eq(role.code())).filter(measures::office_division.eq(area.clone()))
        },
        Scope::Company(uscc) => all.filter(measures::company_id.eq_any(own_company(uscc))),
        Scope::Complex(id) => all.filter(measures::complex_id.eq(*id)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
