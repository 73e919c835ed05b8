//! Territory: the rows that a caller may read. Tables are read only through the functions in the `scoped.rs` of each
//! feature.

use crate::access::caller::Caller;
use crate::access::role::{Role, RoleKind};
use crate::db::Id;

/// A caller's territory. It is compared for equality with the column of its level, never by prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    County(String),
    Township(String),
    Community(String),
    /// A company, by USCC: only its own rows.
    Company(String),
    /// A committee: only its complex.
    Complex(Id),
    /// A police station, partner or utility operator: what its role leads or receives, in its division.
    Assigned {
        role: Role,
        area: String,
    },
    /// A resident: their own complaints, and public data.
    Resident {
        iss: String,
        /// The normalised subject ([`super::person`]).
        sub: String,
    },
    /// Auditor and administrator: no business data, only the ledger, clients and revocations of the county.
    Oversight(String),
    /// The service itself, with the reason. Rules that count need the whole county, whoever the caller is.
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

    /// The territory of a division code: 6, 9 or 12 digits.
    pub fn of_division(division: &str) -> Scope {
        match division.len() {
            6 => Scope::County(division.to_owned()),
            9 => Scope::Township(division.to_owned()),
            _ => Scope::Community(division.to_owned()),
        }
    }

    /// The smallest area that matches all filters, or `None` if it is not inside the caller's own.
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

    /// For scopes that see only what is addressed to them: the role, and the division or the company's USCC.
    pub fn addressee(&self) -> Option<(Role, &str)> {
        match self {
            Scope::Company(uscc) => Some((Role::PropertyCompany, uscc)),
            Scope::Assigned { role, area } => Some((*role, area)),
            _ => None,
        }
    }

    /// Is this place inside the division of the scope?
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
