//! Rows that are visible in each scope.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{addressed_case, none, own_family};
use crate::db::schema::documents;
use crate::rows_of;

rows_of! {
    /// Official documents of the cases that the scope can see. A company sees its own after the notice was opened or
    /// delivered, and so does the committee of the complex. Assigned offices, such as police stations, see those of
    /// their cases, and of measures for which they are the responsible office.
    documents, one document, by id, those documents_among, |all, among| {
        Scope::County(area) => all.filter(documents::county.eq(area.clone())),
        Scope::Township(area) => all.filter(documents::township.eq(area.clone())),
        Scope::Community(area) => all.filter(documents::community.eq(area.clone())),
        Scope::Assigned { role, area } => all
            .filter(documents::violation_id.eq_any(addressed_case(*role, area)))
            .filter(
                documents::handler_role
                    .is_null()
                    .or(documents::handler_role.eq(role.code()).and(documents::handler_division.eq(area.clone()))),
            ),
        Scope::Company(uscc) => {
            all.filter(documents::company_id.eq_any(own_family(uscc))).filter(documents::delivered.eq(true))
        },
        Scope::Complex(id) => all
            .filter(documents::complex_id.eq(*id))
            .filter(documents::company_id.is_not_null())
            .filter(documents::delivered.eq(true)),
        Scope::System(_) => all,
        Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}
