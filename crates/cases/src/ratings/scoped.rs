//! Which ratings, cycles and plaques each scope sees.

use diesel::prelude::*;

use crate::access::Scope;
use crate::access::scoped::{none, own_company};
use crate::db::MultiBackend;
use crate::db::schema::{plaques, rating_cycles, ratings};
use crate::rows_of;

rows_of! {
    /// Ratings of the territory. From the announcement on, a company sees its own and a committee those of its complex.
    ratings, one rating, by id, those ratings_among, |all, among| {
        Scope::County(area) => all.filter(ratings::county.eq(area.clone())),
        Scope::Township(area) => all.filter(ratings::township.eq(area.clone())),
        Scope::Community(area) => all.filter(ratings::community.eq(area.clone())),
        Scope::Company(uscc) => {
            all.filter(ratings::company_id.eq_any(own_company(uscc))).filter(ratings::shared.eq(true))
        },
        Scope::Complex(id) => all.filter(ratings::complex_id.eq(*id)).filter(ratings::shared.eq(true)),
        Scope::System(_) => all,
        Scope::Assigned { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// Rating cycles of the territory: those of the county and those of the township.
pub fn rating_cycles<'a>(scope: &Scope) -> rating_cycles::BoxedQuery<'a, MultiBackend> {
    let all = rating_cycles::table.into_boxed();
    let of_township = |area: &str| {
        let (county, township) = (area.get(..6).unwrap_or_default(), area.get(..9).unwrap_or_default());
        let areas = [township.to_owned(), String::new()];
        (rating_cycles::county.eq(county.to_owned()), rating_cycles::township.eq_any(areas))
    };
    match scope {
        Scope::County(area) => all.filter(rating_cycles::county.eq(area.clone())),
        Scope::Township(area) | Scope::Community(area) => {
            let (county, township) = of_township(area);
            all.filter(county).filter(township)
        }
        Scope::System(_) => all,
        Scope::Company(_) | Scope::Complex(_) => all.filter(none()),
        Scope::Assigned { .. } | Scope::Resident { .. } | Scope::Oversight(_) => all.filter(none()),
    }
}

/// Plaques. They are read with the system scope only, because everyone may verify a plaque.
pub fn plaques<'a>(scope: &Scope) -> plaques::BoxedQuery<'a, MultiBackend> {
    let all = plaques::table.into_boxed();
    match scope {
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}
