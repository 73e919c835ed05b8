//! Issues access tokens to clients that authenticate by secret or by assertion.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::Utc;
use serde_json::{Map, Value, json};

use super::TOKEN_PATH;
use super::assertion::Assertion;
use super::form::{Proof, TokenRequest, refused};
use super::model::{TokenOut, TokenRefused};
use super::rules;
use crate::clients::model::ClientRow;
use crate::clients::{self, digest_of};
use crate::db::{Id, Instant, WriteLock};
use crate::problem::Problem;
use crate::security::{About, Kind};
use crate::service::Service;

const UNKNOWN: TokenRefused = refused("invalid_client", "unknown client or wrong secret");

/// Secrets that expire within this time raise a security event, so that they are rotated in time.
const ENDS_SOON: chrono::Duration = chrono::Duration::days(14);

/// Authenticates a client by its secret. The inner error is the refusal that the client receives.
pub async fn client_of(state: &Service, id: &str, secret: &str) -> Result<Result<ClientRow, TokenRefused>, Problem> {
    let (shown, now, life) = (digest_of(secret), Instant::now(), state.secret_life);
    let found = match id.parse::<Id>() {
        Ok(id) => state.db.read_point(move |conn| clients::store::with_secrets(conn, id, now, life)).await?,
        Err(_) => None,
    };
    let Some((client, secrets)) = found else { return Ok(Err(UNKNOWN)) };
    // Compares every secret, each in constant time, so that the duration of the check reveals nothing.
    let fitting: Vec<_> =
        secrets.iter().filter(|one| verify_slices_are_equal(one.digest.as_bytes(), shown.as_bytes()).is_ok()).collect();
    let Some(fits) = fitting.first() else { return Ok(Err(UNKNOWN)) };
    if fits.ends.is_some_and(|ends| ends.0 - now.0 < ENDS_SOON) {
        let caller = client.caller(&state.local_issuer.url);
        let about = About { operation: "issue_token", caller: Some(&caller), ..About::default() };
        state.security.event(Kind::SecretExpiring, about);
    }
    Ok(rules::may_act(client.state).map(|()| client))
}

const NO_GOOD_ASSERTION: TokenRefused =
    refused("invalid_client", "unknown client, or the assertion is invalid (RFC 7523, 3), expired or already used");

/// Authenticates a client by a signed assertion (RFC 7523) and marks the assertion as used. The inner error is the
/// refusal that the client receives.
async fn client_by_assertion(
    state: &Service,
    named: Option<String>,
    assertion: &str,
) -> Result<Result<ClientRow, TokenRefused>, Problem> {
    let Some(assertion) = Assertion::read(assertion) else { return Ok(Err(NO_GOOD_ASSERTION)) };
    if named.is_some_and(|named| named != assertion.client_id) {
        return Ok(Err(refused("invalid_request", "client_id does not match the client authentication")));
    }
    let Ok(id) = assertion.client_id.parse::<Id>() else { return Ok(Err(NO_GOOD_ASSERTION)) };
    let found = state.db.read_point(move |conn| clients::store::presenting(conn, id)).await?;
    let issuer = &state.local_issuer.url;
    let audiences = [format!("{issuer}{TOKEN_PATH}"), issuer.clone()];
    let now = Utc::now();
    let good = found.and_then(|client| {
        let used = assertion.check(client.jwks.0.as_ref()?, &audiences, now)?;
        Some((client, used))
    });
    let Some((client, used)) = good else { return Ok(Err(NO_GOOD_ASSERTION)) };
    if let Err(refusal) = rules::may_act(client.state) {
        return Ok(Err(refusal));
    }
    let jti = digest_of(&used.jti);
    let new = state
        .db
        .write(WriteLock::default(), move |conn| clients::store::use_assertion(conn, id, &jti, used.ends, Instant(now)))
        .await?;
    if !new {
        let caller = client.caller(issuer);
        let about = About { operation: "issue_token", caller: Some(&caller), ..About::default() };
        state.security.event(Kind::AssertionReused, about);
        return Ok(Err(NO_GOOD_ASSERTION));
    }
    Ok(Ok(client))
}

/// Authenticates the client of a request and issues its token. The inner error is the refusal that the client receives.
pub async fn issue_token(state: &Service, request: TokenRequest) -> Result<Result<TokenOut, TokenRefused>, Problem> {
    let shown = match request.proof {
        Proof::Secret { client_id, client_secret } => client_of(state, &client_id, &client_secret).await?,
        Proof::Assertion { client_id, assertion } => client_by_assertion(state, client_id, &assertion).await?,
    };
    let client = match shown {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let limits = match rules::limits(state.permissions, client.role, client.operations.0.clone(), request.scope) {
        Ok(limits) => limits,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let scope = limits.map(|words| words.join(" "));
    let seconds = state.token_life.as_secs();
    let access_token = state
        .local_issuer
        .sign(&claims(state, &client, scope.as_deref(), seconds))
        .map_err(|error| Problem::broken_by("a token could not be signed", error))?;
    Ok(Ok(TokenOut { access_token, token_type: "Bearer".into(), expires_in: seconds, scope }))
}

/// RFC 9068, 2.2: without a resource owner, the subject of the token is the client itself.
fn claims(state: &Service, client: &ClientRow, scope: Option<&str>, seconds: u64) -> Value {
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
