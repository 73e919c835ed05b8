//! Which violations each scope sees.

use diesel::prelude::*;

use crate::access::scoped::{addressed, none};
use crate::access::{Role, Scope};
use crate::db::schema::{violation_audiences, violations};
use crate::rows_of;

rows_of! {
    /// Violations. A company sees its own from the notice on and those that it reported about others. A committee sees
    /// notified violations of companies at its complex. Addressed offices (police station, partner, utility operator)
    /// see those that they lead, reported or were referred.
    violations, one violation, by id, those violations_among, |all, among| {
        Scope::County(area) => all.filter(violations::county.eq(area.clone())),
        Scope::Township(area) => all.filter(violations::township.eq(area.clone())),
        Scope::Community(area) => all.filter(violations::community.eq(area.clone())),
        Scope::Assigned { role, area } => {
            all.filter(violations::id.eq_any(among.of(addressed(*role, area), violation_audiences::violation_id)))
        },
        Scope::Company(uscc) => {
            let own = addressed(Role::PropertyCompany, uscc);
            all.filter(violations::id.eq_any(among.of(own, violation_audiences::violation_id)))
        },
        Scope::Complex(id) => all
            .filter(violations::complex_id.eq(*id))
            .filter(violations::notified.eq(true))
            .filter(violations::company_id.is_not_null()),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
