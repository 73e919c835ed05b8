//! Public keys of issuers, from the settings or from a JWKS URL.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value as Json;

use super::kinds::InputError;

/// Largest key set, in bytes.
pub const MOST_JWKS_BYTES: usize = 64 * 1024;
/// Most keys of one issuer.
const MOST_KEYS: usize = 100;
const LEAST_RSA_BITS: usize = 2048;
/// Bytes of a coordinate on P-256 or Ed25519.
const CURVE_BYTES: usize = 32;

pub(super) fn read_keys(
    jwks: Option<String>,
    file: Option<String>,
    algorithms: &[Algorithm],
) -> Result<JwkSet, InputError> {
    let (field, text) = match (jwks, file) {
        (Some(text), None) => ("jwks", text),
        (None, Some(path)) => {
            let text = read_small(&path).map_err(|error| format!("jwks_file: {path:?}: {error}"))?;
            ("jwks_file", text)
        }
        _ => return Err("jwks: exactly one of jwks_url, jwks and jwks_file must be given".into()),
    };
    if text.len() > MOST_JWKS_BYTES {
        return Err(format!("{field}: must be at most {MOST_JWKS_BYTES} bytes"));
    }
    parse_keys(&text, algorithms).map_err(|fault| format!("{field}: {fault}"))
}

fn read_small(path: &str) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    std::fs::File::open(path)?.take(MOST_JWKS_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn parse_keys(text: &str, algorithms: &[Algorithm]) -> Result<JwkSet, InputError> {
    let json: Json = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let members = json["keys"]
        .as_array()
        .filter(|keys| !keys.is_empty())
        .ok_or("must be an object with a list `keys` that is not empty")?;
    // A lenient parser would skip unknown key types silently. In the settings, every key must be usable.
    for (index, key) in members.iter().enumerate() {
        if is_private(key) {
            return Err(format!("keys[{index}]: is a private or shared key; only public keys belong here"));
        }
    }
    let set: JwkSet = serde_json::from_value(json).map_err(|error| error.to_string())?;
    let mut ids = HashSet::new();
    for (index, key) in set.keys.iter().enumerate() {
        check_key(key, algorithms).map_err(|fault| format!("keys[{index}]: {fault}"))?;
        let id = key.common.key_id.as_deref().unwrap_or("");
        if (id.is_empty() && set.keys.len() > 1) || !ids.insert(id) {
            return Err(format!("keys[{index}]: several keys need a `kid` each, all different"));
        }
    }
    for algorithm in algorithms {
        if !set.keys.iter().any(|key| fits(key, *algorithm)) {
            return Err(format!("no key fits the algorithm {algorithm:?}"));
        }
    }
    Ok(set)
}

/// The usable keys of a published set. It may contain others (for encryption, or other algorithms), which would be a
/// mistake in the settings.
pub fn usable_keys(text: &str, algorithms: &[Algorithm]) -> Result<JwkSet, InputError> {
    let json: Json = serde_json::from_str(text).map_err(|_| "not JSON")?;
    let members = json["keys"].as_array().ok_or("no list `keys`")?;
    let mut ids = HashSet::new();
    let keys: Vec<Jwk> = members
        .iter()
        .take(MOST_KEYS)
        .filter(|key| !is_private(key))
        .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
        .filter(|key| check_key(key, algorithms).is_ok())
        .filter(|key| ids.insert(key.common.key_id.clone()))
        .collect();
    if keys.is_empty() { Err("no key that fits the issuer's algorithms".into()) } else { Ok(JwkSet { keys }) }
}

fn is_private(key: &Json) -> bool {
    ["d", "k", "p", "q", "dp", "dq", "qi"].iter().any(|private| key.get(private).is_some())
}

/// Is a key public, strong enough, and usable with one of these algorithms?
pub fn check_key(key: &Jwk, algorithms: &[Algorithm]) -> Result<(), InputError> {
    if !matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return Err("`use` must be sig".into());
    }
    if !algorithms.iter().any(|algorithm| fits(key, *algorithm)) {
        return Err("fits none of the issuer's algorithms".into());
    }
    if let AlgorithmParameters::RSA(rsa) = &key.algorithm {
        let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).map_err(|_| "`n` is not base64url")?;
        let leading = modulus.iter().take_while(|byte| **byte == 0).count();
        if (modulus.len() - leading) * 8 < LEAST_RSA_BITS {
            return Err(format!("an RSA key must have at least {LEAST_RSA_BITS} bits"));
        }
    }
    let whole = |part: &str| URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| bytes.len() == CURVE_BYTES);
    match &key.algorithm {
        AlgorithmParameters::EllipticCurve(point) if !(whole(&point.x) && whole(&point.y)) => {
            return Err(format!("`x` and `y` must be {CURVE_BYTES} bytes in base64url"));
        }
        AlgorithmParameters::OctetKeyPair(point) if !whole(&point.x) => {
            return Err(format!("`x` must be {CURVE_BYTES} bytes in base64url"));
        }
        _ => {}
    }
    DecodingKey::from_jwk(key).map(drop).map_err(|error| error.to_string())
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let stated = key.common.key_algorithm.is_none_or(|stated| stated.to_string() == format!("{algorithm:?}"));
    let shape = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(curve), Algorithm::EdDSA) => curve.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    stated && shape
}
