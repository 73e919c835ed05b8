//! What a client can be made for, and what can become of it. Pure.

use super::model::{ClientRow, ClientState, Grant};
use crate::access::Caller;
use crate::access::permissions::{Access, Permissions};
use crate::fault::Fault;
use crate::problem::{Code, Problem};
use crate::role::{ORGANISATIONS, Role, RoleKind};

/// Residents are persons, and so is whoever administers: a client that could make clients would be an office of its own.
pub const NEVER: &[Role] = &[Role::Resident, Role::SystemAdministrator];

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
        add("/role", "unknown_value", "该角色只能由自然人行使", "a role that only persons have");
        return faults;
    }
    let digits = role.row().division_digits;
    match &grant.division {
        None if digits > 0 => add("/division", "required", "该角色须有行政区划", "the role needs a division"),
        Some(_) if digits == 0 => add("/division", "conflict", "该角色没有行政区划", "the role has no division"),
        Some(code) if code.len() != digits => {
            add("/division", "conflict", "区划代码的位数与角色不符", "a code of another length than the role's");
        }
        Some(code) if !code.starts_with(county) => {
            add("/division", "unknown_reference", "不在本县区内", "outside of your county");
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
            (false, true) => add(pointer, "required", "该角色须填写", "the role needs it"),
            (true, false) => add(pointer, "conflict", "该角色不得填写", "not for this role"),
            _ => {}
        }
    }
    if role == Role::UtilityOperator && grant.organisation.as_deref().is_some_and(|name| !ORGANISATIONS.contains(&name))
    {
        add("/organisation", "unknown_value", "不是专业运营单位的种类", "none of the six kinds of operator");
    }
    for (index, operation) in grant.operations.iter().flatten().enumerate() {
        if !operations_of(permissions, role).any(|one| one == operation) {
            let pointer = format!("/operations/{index}");
            add(
                &pointer,
                "unknown_value",
                "该角色的系统不能执行此操作",
                "no operation that a system in this role may call",
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
    require(state != ClientState::Revoked, "已撤销", "it is revoked")
}

/// Another person approves than asked for it.
pub fn may_approve(row: &ClientRow, caller: &Caller) -> Result<(), Problem> {
    require(row.state == ClientState::Pending, "不是待批准状态", "it does not wait for approval")?;
    if caller.is_person(&row.requested_by_iss, &row.requested_by_sub) {
        return Err(Problem::new(Code::SamePerson).detail("申请人不得批准", "whoever asked for it does not approve it"));
    }
    Ok(())
}

pub fn may_suspend(state: ClientState) -> Result<(), Problem> {
    let running = matches!(state, ClientState::Pending | ClientState::Active);
    require(running, "已暂停或已撤销", "it is suspended or revoked")
}

pub fn may_resume(state: ClientState) -> Result<(), Problem> {
    require(state == ClientState::Suspended, "未暂停", "it is not suspended")
}

pub fn may_revoke(state: ClientState) -> Result<(), Problem> {
    require(state != ClientState::Revoked, "已撤销", "it is revoked already")
}
