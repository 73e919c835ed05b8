//! Decides which grants a client may have, and which changes each state permits. Pure.

use super::model::{ClientRow, ClientState, Grant};
use crate::access::Caller;
use crate::access::permissions::{Access, Permissions};
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::role::{ORGANISATIONS, Role, RoleKind};

/// Residents and system administrators must be persons. A client that could create clients could extend its own
/// permissions.
pub const NEVER: &[Role] = &[Role::Resident, Role::SystemAdministrator];

/// The operations that a machine token of this role may call.
pub fn operations_of(permissions: &Permissions, role: Role) -> impl Iterator<Item = &'static str> {
    permissions
        .rows()
        .iter()
        .filter(move |one| one.access != Access::Public && one.allows(role) && !one.person_only)
        .map(|one| one.operation)
}

/// Validates a grant without the registers.
pub fn faults(permissions: &Permissions, grant: &Grant, county: &str) -> Vec<InputError> {
    let mut faults = Vec::new();
    let mut add = |pointer: &str, code, zh: &str, en: &str| faults.push(InputError::new(pointer, code, zh, en));
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

/// A client can be changed, and can get a new secret, until it is revoked.
pub fn may_change(state: ClientState) -> Result<(), Problem> {
    require(state != ClientState::Revoked, "该接入系统已注销。", "The client has been revoked.")
}

/// The approver must not be the person who requested the grant.
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
