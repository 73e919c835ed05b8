use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::Utc;
use serde_json::{Map, Value, json};

use super::form::{TokenRequest, refused};
use super::model::{TokenOut, TokenRefused};
use crate::app::State;
use crate::clients::model::{ClientRow, ClientState};
use crate::clients::{self, digest_of, rules};
use crate::db::{Id, Instant};
use crate::problem::{Code, Problem};

const UNKNOWN: TokenRefused = refused("invalid_client", "unknown client, or a secret that is not its own");

/// The client that shows its secret, where it may act now; or why it may not.
pub async fn client_of(state: &State, id: &str, secret: &str) -> Result<Result<ClientRow, TokenRefused>, Problem> {
    let shown = digest_of(secret);
    let found = match id.parse::<Id>() {
        Ok(id) => state.db.read_point(move |conn| clients::store::with_digests(conn, id, Instant::now())).await?,
        Err(_) => None,
    };
    let (client, digests) = match found {
        Some((client, digests)) => (client, digests),
        None => return Ok(Err(UNKNOWN)),
    };
    // Each is compared, and in constant time.
    let fitting = digests.iter().filter(|one| verify_slices_are_equal(one.as_bytes(), shown.as_bytes()).is_ok());
    if fitting.count() == 0 {
        return Ok(Err(UNKNOWN));
    }
    Ok(match client.state {
        ClientState::Active => Ok(client),
        ClientState::Pending => Err(refused("unauthorized_client", "the client waits for the county's approval")),
        ClientState::Suspended | ClientState::Revoked => {
            Err(refused("unauthorized_client", "the client is suspended or revoked"))
        }
    })
}

/// A token for a client that shows its secret; or why there is none.
pub async fn issue_token(state: &State, request: TokenRequest) -> Result<Result<TokenOut, TokenRefused>, Problem> {
    let client = match client_of(state, &request.client_id, &request.client_secret).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let limits = match limits(&client, request.scope) {
        Ok(limits) => limits,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let scope = limits.map(|words| words.join(" "));
    let seconds = state.token_life.as_secs();
    let access_token =
        state.local_issuer.sign(&claims(state, &client, scope.as_deref(), seconds)).map_err(|error| {
            tracing::error!(%error, "a token could not be signed");
            Problem::new(Code::Internal)
        })?;
    Ok(Ok(TokenOut { access_token, token_type: "Bearer".into(), expires_in: seconds, scope }))
}

/// The operations that the token is limited to: those asked for, inside of those that the client has.
fn limits(client: &ClientRow, asked: Option<Vec<String>>) -> Result<Option<Vec<String>>, TokenRefused> {
    let own = client.operations.0.clone();
    let Some(asked) = asked else { return Ok(own) };
    let has = |word: &String| match &own {
        Some(own) => own.contains(word),
        None => rules::operations_of(client.role).any(|one| one == word),
    };
    match asked.iter().all(has) {
        true => Ok(Some(asked)),
        false => Err(refused("invalid_scope", "a word that is no operation of this client")),
    }
}

/// RFC 9068: the subject of a client's own token is the client.
fn claims(state: &State, client: &ClientRow, scope: Option<&str>, seconds: u64) -> Value {
    let now = Utc::now().timestamp();
    let id = client.id.to_string();
    let all = [
        ("iss", json!(state.local_issuer.url)),
        ("aud", json!(state.local_issuer.audience)),
        ("sub", json!(id)),
        ("client_id", json!(id)),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now.saturating_add_unsigned(seconds))),
        ("jti", json!(uuid::Uuid::new_v4())),
        ("role", json!(client.role)),
        ("division", json!(client.division)),
        ("company", json!(client.company)),
        ("complex", json!(client.complex_id)),
        ("organisation", json!(client.organisation)),
        ("name", json!(client.name)),
        ("client_epoch", json!(client.epoch)),
        ("scope", json!(scope)),
    ];
    let present = all.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(Map::from_iter(present.map(|(name, value)| (name.to_owned(), value))))
}
