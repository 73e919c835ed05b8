//! Public keys of clients, for authentication by signed assertions instead of secrets (RFC 7523).

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::characters::is_plain_line;
use crate::input_error::InputError;
use crate::settings::check_public_key;

/// Supported signature algorithms of assertions.
pub const ALGORITHMS: &[Algorithm] = &[Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256];

/// Public keys of a client (公钥; JWK Set, RFC 7517). Register the new key beside the old one to rotate without
/// interruption.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientKeys {
    /// The keys. If there are several, each needs a unique `kid`.
    #[schema(min_items = 1, max_items = 5)]
    pub keys: Vec<ClientKey>,
}

/// A public key (JWK, RFC 7517): ES256, EdDSA (Ed25519) or RS256 with at least 2048 bits. Never send a private key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientKey {
    /// `EC`, `OKP` or `RSA`.
    #[schema(pattern = "^(EC|OKP|RSA)$", max_length = 3, example = "OKP")]
    pub kty: String,
    /// Key id, sent as `kid` in the header of an assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "2026-1")]
    pub kid: Option<String>,
    /// Algorithm of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(ES256|EdDSA|RS256)$", max_length = 5, example = "EdDSA")]
    pub alg: Option<String>,
    /// `sig`, if present.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^sig$", max_length = 3, example = "sig")]
    pub usage: Option<String>,
    /// Curve of an EC or OKP key: `P-256` or `Ed25519`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(P-256|Ed25519)$", max_length = 7, example = "Ed25519")]
    pub crv: Option<String>,
    /// X coordinate of an EC key, or the public key of an OKP key; base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 100, example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: Option<String>,
    /// Y coordinate of an EC key; base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 100, example = json!(null))]
    pub y: Option<String>,
    /// Modulus of an RSA key; base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 1400, example = json!(null))]
    pub n: Option<String>,
    /// Exponent of an RSA key; base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 20, example = json!(null))]
    pub e: Option<String>,
}

impl ClientKey {
    fn jwk(&self) -> Option<Jwk> {
        serde_json::from_value(serde_json::to_value(self).ok()?).ok()
    }
}

impl ClientKeys {
    /// The keys that match algorithm and `kid` of an assertion. Without a `kid`, all keys of the algorithm.
    pub fn fitting(&self, algorithm: Algorithm, kid: Option<&str>) -> Vec<DecodingKey> {
        self.keys
            .iter()
            .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
            .filter_map(ClientKey::jwk)
            .filter(|jwk| check_public_key(jwk, &[algorithm]).is_ok())
            .filter_map(|jwk| DecodingKey::from_jwk(&jwk).ok())
            .collect()
    }

    /// Thumbprints of the keys (RFC 7638), which identify them in the ledger.
    pub fn thumbprints(&self) -> Vec<String> {
        self.keys
            .iter()
            .filter_map(ClientKey::jwk)
            .filter_map(|jwk| jwk.thumbprint(ThumbprintHash::SHA256).ok())
            .collect()
    }
}

/// Validates keys that are to be registered.
pub fn faults(keys: &ClientKeys) -> Vec<InputError> {
    let mut faults = Vec::new();
    for (index, key) in keys.keys.iter().enumerate() {
        let pointer = format!("/jwks/keys/{index}");
        let wrong = match key.jwk() {
            None => Some("not a key".to_owned()),
            Some(jwk) => check_public_key(&jwk, ALGORITHMS).err(),
        };
        if let Some(wrong) = wrong {
            faults.push(InputError::new(
                &pointer,
                "invalid",
                "须为可用的公钥（ES256、EdDSA 或者2048位以上的 RS256）",
                wrong,
            ));
        }
        if keys.keys.len() > 1 && key.kid.is_none() {
            let (zh, en) = ("有多个公钥的，每个公钥须有 kid", "with several keys, each key needs a kid");
            faults.push(InputError::new(format!("{pointer}/kid"), "required", zh, en));
        } else if key.kid.as_ref().is_some_and(|kid| !is_plain_line(kid)) {
            let (zh, en) = (
                "首尾不得有空格，不得含不可见字符",
                "must not have spaces at its start or end, and no invisible characters",
            );
            faults.push(InputError::new(format!("{pointer}/kid"), "invalid_format", zh, en));
        } else if key.kid.is_some() && keys.keys[..index].iter().any(|other| other.kid == key.kid) {
            let (zh, en) = ("kid 重复，请更换", "the kid is used twice; choose another");
            faults.push(InputError::new(format!("{pointer}/kid"), "duplicate", zh, en));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ClientKey {
        serde_json::from_str(text).unwrap()
    }

    const ED: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn codes(keys: Vec<ClientKey>) -> Vec<(String, &'static str)> {
        faults(&ClientKeys { keys }).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_key_that_is_weak_or_of_another_kind_is_refused() {
        assert!(codes(vec![key(ED)]).is_empty());
        let weak = format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, "Q".repeat(171));
        for bad in [
            weak.as_str(),
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            r#"{"kty":"OKP","crv":"Ed25519"}"#,
            r#"{"kty":"OKP","crv":"Ed25519","alg":"ES256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        ] {
            assert_eq!(codes(vec![key(bad)]), [("/jwks/keys/0".to_owned(), "invalid")], "{bad}");
        }
        for private in [ED.replace("\"x\"", "\"d\":\"c2VjcmV0\",\"x\""), r#"{"kty":"oct","k":"c2VjcmV0"}"#.into()] {
            assert!(serde_json::from_str::<ClientKey>(&private).is_err(), "{private}");
        }
    }

    #[test]
    fn several_keys_are_told_apart() {
        let named = |kid: &str| ClientKey { kid: Some(kid.into()), ..key(ED) };
        assert!(codes(vec![named("a"), named("b")]).is_empty());
        assert_eq!(codes(vec![named("a"), named("a")]), [("/jwks/keys/1/kid".to_owned(), "duplicate")]);
        assert_eq!(codes(vec![named("a"), key(ED)]), [("/jwks/keys/1/kid".to_owned(), "required")]);
        assert_eq!(codes(vec![named("a\u{200b}")]), [("/jwks/keys/0/kid".to_owned(), "invalid_format")]);
        let two = ClientKeys { keys: vec![named("a"), named("b")] };
        assert_eq!(two.fitting(Algorithm::EdDSA, Some("b")).len(), 1);
        assert_eq!(two.fitting(Algorithm::EdDSA, None).len(), 2);
        assert_eq!(two.fitting(Algorithm::ES256, None).len() + two.fitting(Algorithm::EdDSA, Some("c")).len(), 0);
    }
}
