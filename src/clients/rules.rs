//! What a client can be made for, and what can become of it. Pure.

use super::model::{ClientRow, ClientState, Grant};
use crate::access::Caller;
use crate::access::permissions::{Access, Permissions};
use crate::fault::Fault;
use crate::problem::{Code, Problem};
use crate::role::{ORGANISATIONS, Role, RoleKind};

/// Residents are persons, and so is whoever administers: a client that could make clients would be an office of its own.
const NEVER: &[Role] = &[Role::Resident, Role::SystemAdministrator];

/// The operations that a system in this role may call.
pub fn operations_of(permissions: &Permissions, role: Role) -> impl Iterator<Item = &'static str> {
    permissions
        .rows()
        .iter()
        .filter(move |one| one.access != Access::Public && one.allows(role) && !one.person_only)
        .map(|one| one.operation)
}

/// Every fault of a grant that shows without the registers.
pub fn faults(permissions: &Permissions, grant: &Grant, county: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut add = |pointer: &str, code, zh: &str, en: &str| faults.push(Fault::new(pointer, code, zh, en));
    let role = grant.role;
    if NEVER.contains(&role) {
        add(
            "/role",
            "unknown_value",
            "该角色只能由自然人担任，不得授予接入系统",
            "only a person may have this role, not a client",
        );
        return faults;
    }
    let digits = role.row().division_digits;
    match &grant.division {
        None if digits > 0 => add("/division", "required", "该角色须填写行政区划", "this role needs a division"),
        Some(_) if digits == 0 => {
            add("/division", "conflict", "该角色不得填写行政区划", "this role must not have a division");
        }
        Some(code) if code.len() != digits => {
            add(
                "/division",
                "conflict",
                "区划代码的位数与角色不符",
                "the length of the division code does not fit the role",
            );
        }
        Some(code) if !code.starts_with(county) => {
            add("/division", "unknown_reference", "不在本县内", "outside your county");
        }
        _ => {}
    }
    let fields = [
        ("/company", grant.company.is_some(), role.row().kind == RoleKind::Company),
        ("/complex_id", grant.complex_id.is_some(), role.row().kind == RoleKind::Committee),
        ("/organisation", grant.organisation.is_some(), role == Role::UtilityOperator),
    ];
    for (pointer, given, wanted) in fields {
        match (given, wanted) {
            (false, true) => add(pointer, "required", "该角色须填写此项", "required for this role"),
            (true, false) => add(pointer, "conflict", "该角色不得填写此项", "not allowed for this role"),
            _ => {}
        }
    }
    if role == Role::UtilityOperator && grant.organisation.as_deref().is_some_and(|name| !ORGANISATIONS.contains(&name))
    {
        add(
            "/organisation",
            "unknown_value",
            "须为专业运营单位的类别之一",
            "must be one of the kinds of utility operator",
        );
    }
    for (index, operation) in grant.operations.iter().flatten().enumerate() {
        if !operations_of(permissions, role).any(|one| one == operation) {
            let pointer = format!("/operations/{index}");
            add(
                &pointer,
                "unknown_value",
                "该角色的接入系统无权执行此操作，请删除",
                "a client with this role is not allowed to call this operation; remove it",
            );
        }
    }
    faults
}

fn require(holds: bool, zh: &str, en: &str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(Problem::new(Code::StateConflict).detail(zh, en)) }
}

/// It is changed, and gets another secret, until it is revoked.
pub fn may_change(state: ClientState) -> Result<(), Problem> {
    require(state != ClientState::Revoked, "该接入系统已注销。", "The client has been revoked.")
}

/// Another person approves than asked for it.
pub fn may_approve(row: &ClientRow, caller: &Caller) -> Result<(), Problem> {
    require(row.state == ClientState::Pending, "该接入系统不是待批准状态。", "The client is not pending approval.")?;
    if caller.is_person(&row.requested_by_iss, &row.requested_by_sub) {
        return Err(Problem::new(Code::SamePerson).detail(
            "申请人不得批准该接入系统，请由另一人批准。",
            "The person who requested the client must not approve it. Another person must approve it.",
        ));
    }
    Ok(())
}

pub fn may_suspend(state: ClientState) -> Result<(), Problem> {
    let running = matches!(state, ClientState::Pending | ClientState::Active);
    require(running, "该接入系统已暂停或者已注销。", "The client has been suspended or revoked already.")
}

pub fn may_resume(state: ClientState) -> Result<(), Problem> {
    require(state == ClientState::Suspended, "该接入系统未暂停。", "The client is not suspended.")
}

pub fn may_revoke(state: ClientState) -> Result<(), Problem> {
    require(state != ClientState::Revoked, "该接入系统已注销。", "The client has been revoked.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Actor;
    use crate::access::role::ROLES;
    use crate::db::{Instant, Json};

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
        faults(crate::app::permissions(), grant, "640121")
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
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
            for operation in operations_of(crate::app::permissions(), row.role) {
                let permission = crate::app::permissions().of(operation).unwrap();
                assert!(!permission.person_only && permission.allows(row.role));
            }
        }
        let mut county = grant(Role::CountyAuthority);
        county.operations = Some(vec!["create_company".into(), "publish_policy".into(), "get_livez".into()]);
        let wrong = codes(&county);
        assert_eq!(
            wrong,
            [("/operations/1".to_owned(), "unknown_value"), ("/operations/2".to_owned(), "unknown_value")]
        );
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
        let person =
            |sub: &str| Actor { iss: "iss".into(), sub: sub.into(), role: Role::CountyAuthority, division: None };
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
}
