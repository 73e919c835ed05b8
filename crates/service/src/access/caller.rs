//! Who is asking: one token, one acting role.

use serde::{Deserialize, Serialize};

use crate::access::person::PersonKey;
use crate::access::role::{Role, RoleKind};
use crate::db::Id;
use crate::db::types::Instant;

/// The issuer of the program itself; no issuer of the settings has such a name.
pub const PROGRAM: &str = "urn:xiaoqu";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub iss: String,
    pub sub: String,
    pub role: Role,
    /// GB/T 2260 prefix of the length that the role asks for.
    pub division: Option<String>,
    /// USCC, only for a property company.
    pub company: Option<String>,
    pub complex: Option<Id>,
    pub organisation: Option<String>,
    pub tasks: Vec<u8>,
    pub name: Option<String>,
    /// OAuth client, where the token came through one.
    pub client: Option<String>,
    /// A client-credentials token: it reads, reports and submits, and never decides.
    pub machine: bool,
    pub expires_at: Instant,
    /// `jti`.
    pub token_id: String,
    /// Of a client's own token: how often the client's tokens had been ended before it.
    pub epoch: i64,
    /// Of a client's own token: the only operations that it is for.
    pub operations: Option<Vec<String>>,
    /// When the person logged in, in seconds since 1970, and how (OpenID Connect Core, 2); where the token says it.
    pub auth_time: Option<i64>,
    pub acr: Option<String>,
}

impl Caller {
    /// Whoever took a decision, for the work that follows from it: it has no token any more.
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

    /// The program itself, where what it does follows from the clock and from nobody's decision.
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

    /// The two-person rule compares persons, not the letters of their names.
    pub fn is_person(&self, iss: &str, sub: &str) -> bool {
        self.person() == PersonKey::new(iss, sub)
    }

    /// Did the person who asks act here?
    pub fn is(&self, actor: &Actor) -> bool {
        self.is_person(&actor.iss, &actor.sub)
    }

    /// Has duties with deadlines: an office, a partner of the township or a utility.
    pub fn is_office(&self) -> bool {
        !matches!(self.role.row().kind, RoleKind::Company | RoleKind::Committee | RoleKind::Public)
    }

    /// Is the token for this operation? Who am I, it may always ask.
    pub fn covers(&self, operation: &str) -> bool {
        operation == "get_me" || self.operations.as_ref().is_none_or(|all| all.iter().any(|one| one == operation))
    }

    pub fn county(&self) -> Option<&str> {
        self.division.as_deref().and_then(|d| d.get(..6))
    }
}

/// Who acted (经办人). Stored whole; the subject is shown to offices only.
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
