//! Territory: which rows a caller may reach. Tables are read only through the constructors in the `scoped.rs` of each feature.

use crate::access::caller::Caller;
use crate::access::role::{Role, RoleKind};
use crate::db::Id;

/// What a caller reaches. Territory is equality on the column of its level, never a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    County(String),
    Township(String),
    Community(String),
    /// A company, by USCC: its own rows.
    Company(String),
    /// A committee: its complex.
    Complex(Id),
    /// A police station, partner or utility: what its role leads or is sent, in its division.
    Assigned {
        role: Role,
        area: String,
    },
    /// A resident: its own tickets, and what is public.
    Resident {
        iss: String,
        /// As subjects are compared ([`super::person`]).
        sub: String,
    },
    /// Auditor and administrator: no business data, but the county's ledger, clients and revocations.
    Oversight(String),
    /// The program itself, for the reason beside it: rules count the whole county whoever asks.
    System(&'static str),
}

impl Scope {
    pub fn of(caller: &Caller) -> Scope {
        let area = || caller.division.clone().unwrap_or_default();
        match (caller.role, caller.role.row().kind) {
            (Role::PoliceStation, _) => Scope::Assigned { role: caller.role, area: area() },
            (_, RoleKind::Partner | RoleKind::Utility) => Scope::Assigned { role: caller.role, area: area() },
            (_, RoleKind::Government) => match caller.role.row().division_digits {
                6 => Scope::County(area()),
                9 => Scope::Township(area()),
                _ => Scope::Community(area()),
            },
            (_, RoleKind::Company) => Scope::Company(caller.company.clone().unwrap_or_default()),
            (_, RoleKind::Committee) => Scope::Complex(caller.complex.unwrap_or(Id(uuid::Uuid::nil()))),
            (_, RoleKind::Public) => {
                let person = caller.person();
                Scope::Resident { iss: person.iss().to_owned(), sub: person.sub().to_owned() }
            }
            (_, RoleKind::Oversight) => Scope::Oversight(area()),
        }
    }

    /// The territory of a division: equality on the column of its level.
    pub fn of_division(division: &str) -> Scope {
        match division.len() {
            6 => Scope::County(division.to_owned()),
            9 => Scope::Township(division.to_owned()),
            _ => Scope::Community(division.to_owned()),
        }
    }

    /// The smallest area that filters by division leave, if there is one inside the caller's own.
    pub fn intersect<const N: usize>(own: &str, filters: [Option<&str>; N]) -> Option<Scope> {
        let mut division = own;
        for wanted in filters.into_iter().flatten() {
            if wanted.starts_with(division) {
                division = wanted;
            } else if !division.starts_with(wanted) {
                return None;
            }
        }
        Some(Scope::of_division(division))
    }

    /// Where only what is addressed to the caller is seen: the role, and the area or the company's code.
    pub fn addressee(&self) -> Option<(Role, &str)> {
        match self {
            Scope::Company(uscc) => Some((Role::PropertyCompany, uscc)),
            Scope::Assigned { role, area } => Some((*role, area)),
            _ => None,
        }
    }

    /// Is a place inside this division?
    pub fn contains(&self, county: &str, township: &str, community: &str) -> bool {
        match self {
            Scope::County(area) => area == county,
            Scope::Township(area) => area == township,
            Scope::Community(area) => area == community,
            Scope::Assigned { area, .. } => area == county || area == township,
            Scope::System(_) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_area_inside_the_own_is_left() {
        let (own, inner) = ("640121102", "640121102001");
        assert_eq!(Scope::intersect(own, [None, None]), Some(Scope::Township(own.into())));
        assert_eq!(Scope::intersect(own, [Some(own), Some(inner)]), Some(Scope::Community(inner.into())));
        assert_eq!(Scope::intersect(own, [Some("640121100"), None]), None);
        assert_eq!(Scope::intersect(inner, [Some(own), None]), Some(Scope::Community(inner.into())));
        assert_eq!(Scope::intersect("640121", [Some(own), Some("640121100200")]), None);
    }
}
