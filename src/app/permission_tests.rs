//! Tests of scopes and tokens of clients with the permissions of all features.

use crate::access::Actor;
use crate::access::role::ROLES;
use crate::access::{Caller, Role};
use crate::clients::model::*;
use crate::clients::rules::*;
use crate::db::{Instant, Json};
use crate::oauth::rules as oauth;
use crate::problem::{Code, Problem};

fn grant(role: Role) -> Grant {
    let digits = role.row().division_digits;
    Grant {
        role,
        division: (digits > 0).then(|| "640121102001"[..digits].to_owned()),
        company: (role == Role::PropertyCompany).then(|| "91640121MA76ABCD0B".to_owned()),
        complex_id: (role == Role::ComplexCommittee).then(crate::db::Id::new),
        organisation: (role == Role::UtilityOperator).then(|| "gas".to_owned()),
        operations: None,
    }
}

fn codes(grant: &Grant) -> Vec<(String, &'static str)> {
    faults(super::permissions(), grant, "640121").into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

#[test]
fn every_role_but_two_has_clients() {
    for row in ROLES {
        let wrong = codes(&grant(row.role));
        assert_eq!(wrong.is_empty(), !NEVER.contains(&row.role), "{}: {wrong:?}", row.code);
    }
}

#[test]
fn no_client_can_be_made_for_what_needs_a_person() {
    for row in ROLES {
        for operation in operations_of(super::permissions(), row.role) {
            let permission = super::permissions().of(operation).unwrap();
            assert!(!permission.person_only && permission.allows(row.role));
        }
    }
    let mut county = grant(Role::CountyAuthority);
    county.operations = Some(vec!["create_company".into(), "publish_policy".into(), "get_livez".into()]);
    let wrong = codes(&county);
    assert_eq!(wrong, [("/operations/1".to_owned(), "unknown_value"), ("/operations/2".to_owned(), "unknown_value")]);
}

#[test]
fn a_territory_fits_its_role_and_its_county() {
    let with = |change: fn(&mut Grant)| {
        let mut changed = grant(Role::SocialAffairsOffice);
        change(&mut changed);
        codes(&changed)
    };
    assert_eq!(with(|g| g.division = None), [("/division".to_owned(), "required")]);
    assert_eq!(with(|g| g.division = Some("640121".into())), [("/division".to_owned(), "conflict")]);
    assert_eq!(with(|g| g.division = Some("640122100".into())), [("/division".to_owned(), "unknown_reference")]);
    assert_eq!(with(|g| g.company = Some("91640121MA76ABCD0B".into())), [("/company".to_owned(), "conflict")]);
    assert_eq!(with(|g| g.organisation = Some("gas".into())), [("/organisation".to_owned(), "conflict")]);
}

#[test]
fn each_step_has_its_states() {
    use ClientState::{Active, Pending, Suspended};
    let allowed = |rule: fn(ClientState) -> Result<(), Problem>| -> Vec<ClientState> {
        ClientState::ALL.iter().copied().filter(|state| rule(*state).is_ok()).collect()
    };
    assert_eq!(allowed(may_change), [Pending, Active, Suspended]);
    assert_eq!(allowed(may_suspend), [Pending, Active]);
    assert_eq!(allowed(may_resume), [Suspended]);
    assert_eq!(allowed(may_revoke), [Pending, Active, Suspended]);
}

#[test]
fn another_person_approves_than_asked() {
    let person = |sub: &str| Actor { iss: "iss".into(), sub: sub.into(), role: Role::CountyAuthority, division: None };
    let now = Instant(chrono::DateTime::UNIX_EPOCH);
    let client = |state| ClientRow {
        id: crate::db::Id::new(),
        version: 1,
        name: String::new(),
        contact: String::new(),
        role: Role::CountyAuthority,
        division: None,
        company: None,
        complex_id: None,
        organisation: None,
        operations: Json(None),
        county: "640121".into(),
        state,
        epoch: 0,
        requested_by_iss: "iss".into(),
        requested_by_sub: "one".into(),
        approved_by_iss: None,
        approved_by_sub: None,
        approved_at: None,
        created_at: now,
        updated_at: now,
        jwks: Json(None),
    };
    for (state, sub, expected) in [
        (ClientState::Pending, "two", None),
        (ClientState::Pending, "one", Some(Code::SamePerson)),
        (ClientState::Active, "one", Some(Code::StateConflict)),
    ] {
        let refused = may_approve(&client(state), &Caller::acting(&person(sub), None)).err();
        assert_eq!(refused.map(|problem| problem.code), expected);
    }
}

#[test]
fn a_token_has_no_more_than_its_client() {
    let role = Role::CountyAuthority;
    let words = |all: &[&str]| Some(all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let own = || words(&["list_violations", "get_violation"]);
    assert_eq!(oauth::limits(super::permissions(), role, own(), None), Ok(own()));
    assert_eq!(
        oauth::limits(super::permissions(), role, own(), words(&["get_violation"])),
        Ok(words(&["get_violation"]))
    );
    assert!(oauth::limits(super::permissions(), role, own(), words(&["list_companies"])).is_err());
    assert!(oauth::limits(super::permissions(), role, None, words(&["list_violations"])).is_ok());
    assert!(oauth::limits(super::permissions(), role, None, words(&["publish_policy"])).is_err(), "it needs a person");
}
