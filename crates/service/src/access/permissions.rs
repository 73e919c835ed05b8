//! Which roles may call which operation. Deny by default: each feature declares its operations with their permissions,
//! and undeclared operations are not served. The OpenAPI document, `/v1/me` and the access tests are derived from the
//! declarations. `data/permissions.csv` lists all of them.

use super::role::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// No token required.
    Public,
    /// These roles, each within its territory.
    Roles(&'static [Role]),
    /// A client with one of these roles, which authenticates with a secret in the request body instead of a header
    /// (Open311). The gate cannot check it before the body is read; the feature does.
    Key(&'static [Role]),
}

#[derive(Clone, Copy, Debug)]
pub struct Permission {
    pub operation: &'static str,
    pub access: Access,
    /// Only a person may call it; a machine token (client credentials) is refused.
    pub person_only: bool,
}

impl Permission {
    pub fn allows(&self, role: Role) -> bool {
        match self.access {
            Access::Public => true,
            Access::Roles(roles) | Access::Key(roles) => roles.contains(&role),
        }
    }

    /// The roles that may call it, as a phrase in Chinese and English.
    pub fn whose(&self) -> (String, String) {
        let roles: &[Role] = match self.access {
            Access::Public => &[],
            Access::Roles(roles) | Access::Key(roles) => roles,
        };
        let zh = roles.iter().map(|role| role.row().zh).collect::<Vec<_>>().join("、");
        let en = roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
        (zh, en)
    }
}

/// All permissions, in the order of the OpenAPI document.
pub struct Permissions {
    rows: Vec<Permission>,
    /// Permissions of operations that exist only in the sandbox (`demo`).
    sandbox: Vec<Permission>,
}

impl Permissions {
    pub fn new(rows: Vec<Permission>, sandbox: Vec<Permission>) -> Permissions {
        Permissions { rows, sandbox }
    }

    /// All permissions except those of the sandbox.
    pub fn rows(&self) -> &[Permission] {
        &self.rows
    }

    pub fn of(&self, operation: &str) -> Option<&Permission> {
        self.rows.iter().chain(&self.sandbox).find(|one| one.operation == operation)
    }

    /// May this role call this operation?
    pub fn allow(&self, operation: &str, role: Role) -> bool {
        self.of(operation).is_some_and(|permission| permission.allows(role))
    }
}
