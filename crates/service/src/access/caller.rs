//! The authenticated caller: one token with one role.

use serde::{Deserialize, Serialize};

use crate::access::person::PersonKey;
use crate::access::role::{Role, RoleKind};
use crate::db::Id;
use crate::db::types::Instant;

/// Issuer name of the service itself. No configured issuer has this name.
pub const PROGRAM: &str = "urn:xiaoqu";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub iss: String,
    pub sub: String,
    pub role: Role,
    /// Division code (GB/T 2260) of the length that the role requires.
    pub division: Option<String>,
    /// USCC. Only for a property company.
    pub company: Option<String>,
    pub complex: Option<Id>,
    pub organisation: Option<String>,
    pub tasks: Vec<u8>,
    pub name: Option<String>,
    /// OAuth client, if the token was issued to one.
    pub client: Option<String>,
    /// Machine token (client credentials): it may read, report and submit, but never decide.
    pub machine: bool,
    pub expires_at: Instant,
    /// `jti`.
    pub token_id: String,
    /// Only for a client's own token: how often the client's tokens had been revoked when it was issued.
    pub epoch: i64,
    /// Only for a client's own token: the operations that its scope allows. `None` allows all.
    pub operations: Option<Vec<String>>,
    /// When the person logged in, in seconds since 1970, and how (OpenID Connect Core, 2), if the token contains it.
    pub auth_time: Option<i64>,
    pub acr: Option<String>,
}

impl Caller {
    /// The person who took a decision, for later steps that follow from it. There is no token any more at that time.
    pub fn acting(actor: &Actor, client: Option<String>) -> Caller {
        Caller {
            iss: actor.iss.clone(),
            sub: actor.sub.clone(),
            role: actor.role,
            division: actor.division.clone(),
            company: None,
            complex: None,
            organisation: None,
            tasks: Vec::new(),
            name: None,
            client,
            machine: false,
            expires_at: Instant::now(),
            token_id: String::new(),
            epoch: 0,
            operations: None,
            auth_time: None,
            acr: None,
        }
    }

    /// The service itself, for actions that follow from the clock and not from a decision.
    pub fn program(now: Instant) -> Caller {
        let actor = Actor {
            iss: PROGRAM.to_owned(),
            sub: "program".to_owned(),
            role: Role::SystemAdministrator,
            division: None,
        };
        Caller { machine: true, expires_at: now, ..Caller::acting(&actor, None) }
    }

    pub fn is_program(&self) -> bool {
        self.iss == PROGRAM
    }

    pub fn person(&self) -> PersonKey {
        PersonKey::new(&self.iss, &self.sub)
    }

    /// The two-person rule compares persons, so subjects are compared in normalised form.
    pub fn is_person(&self, iss: &str, sub: &str) -> bool {
        self.person() == PersonKey::new(iss, sub)
    }

    /// Is `actor` the same person as this caller?
    pub fn is(&self, actor: &Actor) -> bool {
        self.is_person(&actor.iss, &actor.sub)
    }

    /// Does this role have duties with deadlines: an office, a partner of the township or a utility operator?
    pub fn is_office(&self) -> bool {
        !matches!(self.role.row().kind, RoleKind::Company | RoleKind::Committee | RoleKind::Public)
    }

    /// Does the scope of the token include this operation? `get_me` is always allowed.
    pub fn covers(&self, operation: &str) -> bool {
        operation == "get_me" || self.operations.as_ref().is_none_or(|all| all.iter().any(|one| one == operation))
    }

    pub fn county(&self) -> Option<&str> {
        self.division.as_deref().and_then(|d| d.get(..6))
    }
}

/// The officer who acted (经办人). Stored in full; only offices see the subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    pub iss: String,
    pub sub: String,
    pub role: Role,
    pub division: Option<String>,
}

impl Actor {
    pub fn of(caller: &Caller) -> Actor {
        Actor { iss: caller.iss.clone(), sub: caller.sub.clone(), role: caller.role, division: caller.division.clone() }
    }
}
