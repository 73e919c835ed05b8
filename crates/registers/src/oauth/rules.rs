//! Decides whether a client gets a token, and for which operations. Pure.

use super::form::refused;
use super::model::TokenRefused;
use crate::access::Role;
use crate::access::permissions::Permissions;
use crate::clients::model::ClientState;
use crate::clients::rules::operations_of;

pub fn may_act(state: ClientState) -> Result<(), TokenRefused> {
    match state {
        ClientState::Active => Ok(()),
        ClientState::Pending => {
            Err(refused("unauthorized_client", "the client is not approved by the county authority yet"))
        }
        ClientState::Suspended | ClientState::Revoked => {
            Err(refused("unauthorized_client", "the client is suspended or revoked"))
        }
    }
}

/// The operations to which the token is restricted: those requested, which must be among those granted to the client.
/// `None` if there is no restriction.
pub fn limits(
    permissions: &Permissions,
    role: Role,
    own: Option<Vec<String>>,
    asked: Option<Vec<String>>,
) -> Result<Option<Vec<String>>, TokenRefused> {
    let Some(asked) = asked else { return Ok(own) };
    let has = |word: &String| match &own {
        Some(own) => own.contains(word),
        None => operations_of(permissions, role).any(|one| one == word),
    };
    match asked.iter().all(has) {
        true => Ok(Some(asked)),
        false => Err(refused("invalid_scope", "the scope contains a value that is not an operation of this client")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approved_client_acts() {
        for state in ClientState::ALL {
            assert_eq!(may_act(*state).is_ok(), *state == ClientState::Active);
        }
    }
}
