//! Which roles may call which operation. Deny by default: a feature declares each operation with its permission, and what is
//! not declared is not served. The document, `/v1/me` and the access tests are made from it; `data/permissions.csv` shows all
//! of it on one page.

use super::role::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// No token is asked for.
    Public,
    /// These roles, each in its territory.
    Roles(&'static [Role]),
    /// A client of one of these roles, which shows its secret in the form that it sends and not in a header (Open311). What
    /// the gate cannot see before the body is read, the feature sees to.
    Key(&'static [Role]),
}

#[derive(Clone, Copy, Debug)]
pub struct Permission {
    pub operation: &'static str,
    pub access: Access,
    /// An act of a person: a machine (client-credentials token) may not do it.
    pub person_only: bool,
}

impl Permission {
    pub fn allows(&self, role: Role) -> bool {
        match self.access {
            Access::Public => true,
            Access::Roles(roles) | Access::Key(roles) => roles.contains(&role),
        }
    }

    /// The roles that may call it, in words of both languages.
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

/// Every permission, in the order of the document.
pub struct Permissions {
    rows: Vec<Permission>,
    /// Of operations that exist only in the sandbox (`demo`).
    sandbox: Vec<Permission>,
}

impl Permissions {
    pub fn new(rows: Vec<Permission>, sandbox: Vec<Permission>) -> Permissions {
        Permissions { rows, sandbox }
    }

    /// Without those of the sandbox.
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
