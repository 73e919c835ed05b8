//! Routing: the first handler and the supervising office of a complaint, by category and place. Pure functions.

use super::model::{Confidentiality, OfficeRef};
use crate::access::Role;
use crate::ledger::Place;
use crate::policy::complaints::{ComplaintCategory, ComplaintRules};

/// Route of a new complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub handler: OfficeRef,
    /// None if every eligible office is the handler or complained of.
    pub supervising_office: Option<OfficeRef>,
    pub confidentiality: Confidentiality,
    /// The divisions in which it is visible; without the township if township offices must not see it.
    pub place: Place,
}

/// The office of a role for a place; none if the place lacks the division that the role needs.
pub fn office_of(role: Role, place: &Place) -> Option<OfficeRef> {
    let division = match role.row().division_digits {
        0 => "",
        6 => &place.county,
        9 => &place.township,
        _ => &place.community,
    };
    let known = role == Role::PropertyCompany || !division.is_empty();
    known.then(|| OfficeRef::new(role, division))
}

/// The first handler and the supervising office. If the category's first handler does not exist (no company serves the
/// complex, or only the township is known), the next office of the policy takes its place.
pub fn route(
    rules: &ComplaintRules,
    category: &ComplaintCategory,
    place: &Place,
    served: bool,
    complained_of: Option<&OfficeRef>,
) -> Route {
    if category.code == rules.officials_category {
        return about_officials(place, complained_of);
    }
    let mut first =
        vec![category.first_handler, rules.handler_without_company, rules.supervising_office_without_company];
    first.retain(|role| *role != Role::PropertyCompany || served);
    let handler = named(&first, place);
    let above = [
        category.supervising_office,
        rules.supervising_office_without_company,
        Role::TownshipLeader,
        Role::CountyAuthority,
    ];
    let others: Vec<Role> = above.into_iter().filter(|role| *role != handler.role).collect();
    let supervising_office = Some(named(&others, place)).filter(|seat| *seat != handler);
    let confidentiality = if category.public { Confidentiality::Open } else { Confidentiality::Restricted };
    Route { handler, supervising_office, confidentiality, place: place.clone() }
}

fn named(roles: &[Role], place: &Place) -> OfficeRef {
    let first = roles.iter().find_map(|role| office_of(*role, place));
    first.unwrap_or_else(|| OfficeRef::new(Role::CountyAuthority, &place.county))
}

/// Whether a role is that of the office complained of. All offices of the role are excluded, so that none judges its
/// peer.
fn is_meant(role: Role, complained_of: Option<&OfficeRef>) -> bool {
    complained_of.is_some_and(|seat| seat.role == role)
}

/// Routes a complaint about officials. It never goes to the office complained of, and township offices cannot see it.
/// If it is about the county authority, only the discipline inspection body sees it.
fn about_officials(place: &Place, complained_of: Option<&OfficeRef>) -> Route {
    let role = match is_meant(Role::DisciplineOffice, complained_of) {
        true => Role::CountyAuthority,
        false => Role::DisciplineOffice,
    };
    let confidentiality = match is_meant(Role::CountyAuthority, complained_of) {
        true => Confidentiality::Confidential,
        false => Confidentiality::Restricted,
    };
    let handler = OfficeRef::new(role, &place.county);
    let place = Place { county: place.county.clone(), ..Place::default() };
    let supervising_office = next_supervising_office(&place, &handler, complained_of);
    Route { handler, supervising_office, confidentiality, place }
}

/// Whether an office may supervise the handler: not of the handler's role, and not of the role complained of.
pub fn may_supervise(seat: &OfficeRef, handler: &OfficeRef, complained_of: Option<&OfficeRef>) -> bool {
    seat.role != handler.role && !is_meant(seat.role, complained_of)
}

/// Who supervises a new handler where the supervisor before it cannot: the leader of the township, else the county's authority.
/// Nobody where neither may: an office that sees only what it handles would not see what it supervises.
pub fn next_supervising_office(
    place: &Place,
    handler: &OfficeRef,
    complained_of: Option<&OfficeRef>,
) -> Option<OfficeRef> {
    let above = [Role::TownshipLeader, Role::CountyAuthority].into_iter().filter_map(|role| office_of(role, place));
    above.into_iter().find(|seat| may_supervise(seat, handler, complained_of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::role::ROLES;
    use proptest::prelude::*;

    fn place() -> Place {
        Place { county: "640121".into(), township: "640121100".into(), community: "640121100001".into() }
    }

    fn go(code: &str, place: &Place, served: bool, meant: Option<OfficeRef>) -> Route {
        let rules = ComplaintRules::built_in();
        route(&rules, rules.category(code).unwrap(), place, served, meant.as_ref())
    }

    #[test]
    fn each_goes_where_its_category_says() {
        let lift = go("service.lift", &place(), true, None);
        assert_eq!(lift.handler, OfficeRef::new(Role::PropertyCompany, ""));
        assert_eq!(lift.supervising_office, Some(OfficeRef::new(Role::EnforcementOffice, "640121100")));
        let leak = go("privacy.leak", &place(), true, None);
        assert_eq!(leak.handler, OfficeRef::new(Role::PoliceStation, "640121100"));
        assert_eq!(leak.confidentiality, Confidentiality::Restricted);
        let water = go("utility.water_drainage", &place(), true, None);
        assert_eq!(water.handler, OfficeRef::new(Role::UtilityOperator, "640121"));
        assert_eq!(water.supervising_office, Some(OfficeRef::new(Role::LivelihoodServiceCenter, "640121100")));
    }

    #[test]
    fn where_nobody_serves_the_community_handles_and_another_supervises() {
        let cleaning = go("service.cleaning", &place(), false, None);
        assert_eq!(cleaning.handler, OfficeRef::new(Role::Community, "640121100001"));
        assert_eq!(cleaning.supervising_office, Some(OfficeRef::new(Role::SocialAffairsOffice, "640121100")));
        let far = Place { community: String::new(), ..place() };
        let other = go("other", &far, false, None);
        assert_eq!(other.handler, OfficeRef::new(Role::SocialAffairsOffice, "640121100"));
        assert_eq!(other.supervising_office, Some(OfficeRef::new(Role::TownshipLeader, "640121100")));
    }

    #[test]
    fn officials_are_never_complained_of_to_themselves() {
        for (meant, handler, confidentiality) in [
            (
                OfficeRef::new(Role::SocialAffairsOffice, "640121100"),
                Role::DisciplineOffice,
                Confidentiality::Restricted,
            ),
            (OfficeRef::new(Role::CountyAuthority, "640121"), Role::DisciplineOffice, Confidentiality::Confidential),
            (OfficeRef::new(Role::DisciplineOffice, "640121"), Role::CountyAuthority, Confidentiality::Restricted),
        ] {
            let routed = go("officials.inaction", &place(), true, Some(meant.clone()));
            assert_eq!((routed.handler.role, routed.confidentiality), (handler, confidentiality));
            assert!(routed.supervising_office.is_none_or(|seat| seat.role != meant.role && seat.role != handler));
            assert_eq!(routed.place, Place { county: "640121".into(), ..Place::default() });
        }
    }

    #[test]
    fn the_office_complained_of_supervises_nothing_whoever_handles() {
        let county = Place { county: "640121".into(), ..Place::default() };
        for meant in ROLES {
            let meant = OfficeRef::new(meant.role, "640121");
            for handler in ROLES {
                let handler = OfficeRef::new(handler.role, "640121");
                if let Some(seat) = next_supervising_office(&county, &handler, Some(&meant)) {
                    assert!(seat.role != meant.role && seat.role != handler.role, "{meant:?} {handler:?}");
                }
            }
        }
        let (authority, discipline) =
            (OfficeRef::new(Role::CountyAuthority, "640121"), OfficeRef::new(Role::DisciplineOffice, "640121"));
        assert_eq!(next_supervising_office(&county, &discipline, Some(&authority)), None, "nobody is a state");
        let social = OfficeRef::new(Role::SocialAffairsOffice, "640121100");
        assert_eq!(next_supervising_office(&county, &authority, Some(&social)), None);
        assert_eq!(next_supervising_office(&county, &discipline, Some(&social)), Some(authority));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        #[test]
        fn whoever_handles_is_supervised_by_another(at in 0usize..35, served: bool, near: bool) {
            let rules = ComplaintRules::built_in();
            let category = &rules.categories[at % rules.categories.len()];
            let place = if near { place() } else { Place { community: String::new(), ..place() } };
            let meant = OfficeRef::new(Role::Community, "640121100001");
            let routed = route(&rules, category, &place, served, Some(&meant));
            prop_assert!(routed.supervising_office.is_none_or(|seat| seat.role != routed.handler.role));
            prop_assert!(routed.handler.role != Role::PropertyCompany || served);
            prop_assert!(routed.handler.role == Role::PropertyCompany || !routed.handler.division.is_empty());
        }
    }
}
