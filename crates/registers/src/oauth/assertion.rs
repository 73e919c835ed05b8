//! Client authentication by a signed JWT (`private_key_jwt`; RFC 7523, 3).

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Validation, decode};
use serde_json::{Map, Value};

use crate::access::token::object;
use crate::characters::is_plain_line;
use crate::clients::keys::{ALGORITHMS, ClientKeys};
use crate::db::Instant;

/// Required value of `client_assertion_type`.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Tolerated difference between our clock and the client's.
const LEEWAY_SECONDS: i64 = 60;
/// An assertion is made for one request. A longer lifetime would only help an attacker who copies it.
const MOST_SECONDS: i64 = 300;
const MOST_BYTES: usize = 8 * 1024;

/// A parsed assertion whose signature has not been verified. The client id is needed first to find the key.
pub struct Assertion<'a> {
    text: &'a str,
    algorithm: Algorithm,
    kid: Option<String>,
    pub client_id: String,
}

/// Identifies a used assertion, so that it is accepted once only.
#[derive(Debug, PartialEq)]
pub struct Used {
    pub jti: String,
    /// The assertion has expired after this instant, so its `jti` can be forgotten.
    pub ends: Instant,
}

impl<'a> Assertion<'a> {
    pub fn read(text: &'a str) -> Option<Assertion<'a>> {
        if text.len() > MOST_BYTES {
            return None;
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let header = object(header).ok()?;
        if ["crit", "jku", "x5u", "jwk", "x5c", "zip", "b64"].iter().any(|name| header.contains_key(*name)) {
            return None;
        }
        let typ = match header.get("typ") {
            None => String::from("jwt"),
            Some(typ) => typ.as_str()?.to_ascii_lowercase(),
        };
        if !["jwt", "client-authentication+jwt"].contains(&typ.strip_prefix("application/").unwrap_or(&typ)) {
            return None;
        }
        let alg = header.get("alg")?.as_str()?;
        let algorithm = *ALGORITHMS.iter().find(|one| format!("{one:?}") == alg)?;
        let kid = match header.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str().filter(|kid| kid.len() <= 200)?.to_owned()),
        };
        let claims = object(payload).ok()?;
        let client_id = claims.get("iss")?.as_str()?.to_owned();
        (claims.get("sub")?.as_str()? == client_id).then_some(Assertion { text, algorithm, kid, client_id })
    }

    /// Verifies signature, audience and times against the keys of the client. `audiences` are the token endpoint and
    /// the issuer. `None` if any check fails.
    pub fn check(&self, keys: &ClientKeys, audiences: &[String], now: DateTime<Utc>) -> Option<Used> {
        let mut validation = Validation::new(self.algorithm);
        validation.leeway = LEEWAY_SECONDS as u64;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.client_id]);
        validation.set_audience(audiences);
        let claims = keys
            .fitting(self.algorithm, self.kid.as_deref())
            .iter()
            .find_map(|key| decode::<Map<String, Value>>(self.text, key, &validation).ok())?
            .claims;
        let exp = claims.get("exp")?.as_i64()?;
        let early = |name: &str| match claims.get(name) {
            None => true,
            Some(at) => at.as_i64().is_some_and(|at| at <= now.timestamp() + LEEWAY_SECONDS),
        };
        if exp > now.timestamp() + MOST_SECONDS + LEEWAY_SECONDS || !early("iat") || !early("nbf") {
            return None;
        }
        let jti = claims.get("jti")?.as_str().filter(|jti| jti.len() <= 200 && is_plain_line(jti))?.to_owned();
        Some(Used { jti, ends: Instant(DateTime::from_timestamp(exp + LEEWAY_SECONDS, 0)?) })
    }
}
