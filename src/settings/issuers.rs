//! Trusted issuers: who besides this service may make tokens for it, and the limits of each.

use std::collections::HashSet;

use actix_web::http::Uri;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use toml::Value;

use super::kinds::{Fault, Kind, base_url, is_line};
use crate::access::role::{Role, RoleKind};

/// Largest set of keys that is read, in bytes.
pub const MOST_JWKS_BYTES: usize = 64 * 1024;
/// Keys of one issuer that are looked at.
const MOST_KEYS: usize = 100;
const LEAST_RSA_BITS: usize = 2048;
const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("EdDSA", Algorithm::EdDSA),
    ("ES256", Algorithm::ES256),
    ("RS256", Algorithm::RS256),
    ("PS256", Algorithm::PS256),
];
/// Claims whose meaning RFC 7519 fixes; nothing else is read out of them. `sub` may double as `name` or `company`.
const REGISTERED_CLAIMS: &[&str] = &["iss", "aud", "exp", "nbf", "iat", "jti"];

/// An issuer whose tokens are accepted, within its limits.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    /// What `iss` must be, character for character.
    pub issuer: String,
    pub audience: String,
    pub algorithms: Vec<Algorithm>,
    pub keys: KeySource,
    pub allowed_roles: Vec<Role>,
    /// Prefixes of 2, 4, 6, 9 or 12 digits.
    pub allowed_divisions: Vec<String>,
    pub allowed_companies: Vec<String>,
    /// Its tokens belong to systems, which never confirm, approve, decide or unmask.
    pub machine: bool,
    pub claims: ClaimMapping,
    /// Claims that its tokens need not carry, by our names.
    pub fixed_claims: Map<String, Json>,
}

/// Where the issuer's public keys are.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Here; each fits one of the issuer's algorithms.
    Set(JwkSet),
    /// Where the issuer publishes them.
    Url(String),
}

/// Which claim of the issuer's tokens holds what: its name, or a JSON pointer such as `/realm_access/office`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimMapping {
    pub role: String,
    pub division: String,
    pub company: String,
    pub complex: String,
    pub organisation: String,
    pub tasks: String,
    pub name: String,
}

impl Default for ClaimMapping {
    fn default() -> Self {
        ClaimMapping {
            role: "role".into(),
            division: "division".into(),
            company: "company".into(),
            complex: "complex".into(),
            organisation: "organisation".into(),
            tasks: "tasks".into(),
            name: "name".into(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    audience: String,
    algorithms: Vec<String>,
    jwks: Option<String>,
    jwks_file: Option<String>,
    jwks_url: Option<String>,
    allowed_roles: Vec<String>,
    #[serde(default)]
    allowed_divisions: Vec<String>,
    #[serde(default)]
    allowed_companies: Vec<String>,
    #[serde(default)]
    machine: bool,
    #[serde(default)]
    claim_mapping: ClaimMapping,
    #[serde(default)]
    fixed_claims: Map<String, Json>,
}

/// The list of trusted issuers, as `[[trusted_issuers]]` tables or as one line of TOML.
pub struct Issuers;

impl Kind for Issuers {
    type Value = Vec<TrustedIssuer>;

    fn accepted(&self) -> String {
        "tables with issuer, audience, algorithms, one of jwks_url, jwks and jwks_file, allowed_roles, and optional \
         allowed_divisions, allowed_companies, machine, claim_mapping, fixed_claims"
            .into()
    }

    fn read(&self, value: &Value) -> Result<Vec<TrustedIssuer>, Fault> {
        let parsed;
        let list = match value {
            Value::String(text) => {
                let table: toml::Table =
                    toml::from_str(&format!("list = {text}")).map_err(|error| error.message().to_owned())?;
                parsed = table;
                parsed.get("list").filter(|_| parsed.len() == 1).ok_or_else(String::new)?
            }
            value => value,
        };
        let written: Vec<Written> = serde_path_to_error::deserialize(list.clone())
            .map_err(|error| format!("{}: {}", error.path(), error.inner().message()))?;
        let mut issuers = Vec::new();
        for (index, one) in written.into_iter().enumerate() {
            issuers.push(check(one).map_err(|fault| format!("[{index}].{fault}"))?);
        }
        let mut seen = HashSet::new();
        match issuers.iter().find(|one: &&TrustedIssuer| !seen.insert(one.issuer.as_str())) {
            Some(twice) => Err(format!("issuer {:?} stands there twice", twice.issuer)),
            None => Ok(issuers),
        }
    }
}

fn check(written: Written) -> Result<TrustedIssuer, Fault> {
    check_issuer(&written.issuer)?;
    if !is_line(&written.audience, 200) {
        return Err("audience: must be 1 to 200 characters on one line".into());
    }
    let algorithms = each("algorithms", &written.algorithms, "one of EdDSA, ES256, RS256, PS256", |text| {
        ALGORITHMS.iter().find(|(name, _)| *name == text).map(|(_, algorithm)| *algorithm)
    })?;
    let allowed_roles =
        each("allowed_roles", &written.allowed_roles, "the code of a role, see `GET /v1/vocabulary`", Role::from_code)?;
    for (field, empty) in [("algorithms", algorithms.is_empty()), ("allowed_roles", allowed_roles.is_empty())] {
        if empty {
            return Err(format!("{field}: must name at least one"));
        }
    }
    let allowed_divisions = each("allowed_divisions", &written.allowed_divisions, "2, 4, 6, 9 or 12 digits", |text| {
        (matches!(text.len(), 2 | 4 | 6 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
    })?;
    // Only the form: real codes exist whose check character is wrong, and a company with such a code is served too.
    let allowed_companies = each(
        "allowed_companies",
        &written.allowed_companies,
        "a unified social credit code of 18 characters",
        |text| {
            (text.len() == 18 && text.bytes().all(|b| b"0123456789ABCDEFGHJKLMNPQRTUWXY".contains(&b)))
                .then(|| text.to_owned())
        },
    )?;
    check_limits(&allowed_roles, &allowed_divisions, &allowed_companies)?;
    check_claims(&written.claim_mapping)?;
    let keys = match (written.jwks_url, &written.jwks, &written.jwks_file) {
        (Some(url), None, None) => check_jwks_url(&url).map(|()| KeySource::Url(url))?,
        (Some(_), ..) => return Err("jwks_url: exactly one of jwks_url, jwks and jwks_file must be given".into()),
        (None, ..) => KeySource::Set(read_keys(written.jwks, written.jwks_file, &algorithms)?),
    };
    let issuer = TrustedIssuer {
        issuer: written.issuer,
        audience: written.audience,
        algorithms,
        keys,
        allowed_roles,
        allowed_divisions,
        allowed_companies,
        machine: written.machine,
        claims: written.claim_mapping,
        fixed_claims: written.fixed_claims,
    };
    check_fixed(&issuer)?;
    Ok(issuer)
}

fn check_jwks_url(url: &str) -> Result<(), Fault> {
    // A query may be part of where the keys are; the rest as in the URL of an issuer.
    let base = base_url(url.split('?').next().unwrap_or_default());
    let good = url.len() <= 500
        && is_line(url, 500)
        && url.parse::<Uri>().is_ok()
        && !url.contains(['#', '@'])
        && base.is_some_and(|base| base.scheme_str() == Some("https") || is_loopback(url));
    if good {
        Ok(())
    } else {
        Err("jwks_url: must be an https URL (http only on this machine) without user or fragment, at most 500 characters".into())
    }
}

/// Does a URL stay on this machine?
pub fn is_loopback(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    matches!(uri.as_ref().and_then(Uri::host), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// What the operator says in place of the issuer must be within the issuer's own limits.
fn check_fixed(issuer: &TrustedIssuer) -> Result<(), Fault> {
    let (mapping, usual) = (&issuer.claims, ClaimMapping::default());
    for (field, value) in &issuer.fixed_claims {
        let text = value.as_str().unwrap_or_default();
        let (within, moved) = match field.as_str() {
            "role" => (issuer.allowed_roles.iter().any(|role| role.code() == text), mapping.role != usual.role),
            "division" => (
                text.bytes().all(|b| b.is_ascii_digit())
                    && issuer.allowed_divisions.iter().any(|prefix| text.starts_with(prefix.as_str())),
                mapping.division != usual.division,
            ),
            "company" => (issuer.allowed_companies.iter().any(|code| code == text), mapping.company != usual.company),
            "complex" => (uuid::Uuid::parse_str(text).is_ok(), mapping.complex != usual.complex),
            "organisation" => (is_line(text, 20), mapping.organisation != usual.organisation),
            "tasks" => (value.is_array(), mapping.tasks != usual.tasks),
            _ => {
                return Err(format!(
                    "fixed_claims.{field}: only role, division, company, complex, organisation and tasks can be fixed"
                ));
            }
        };
        if !within {
            return Err(format!("fixed_claims.{field}: is not a value that the issuer's limits allow"));
        }
        if moved {
            return Err(format!("fixed_claims.{field}: claim_mapping names a claim for it too"));
        }
    }
    Ok(())
}

fn check_issuer(issuer: &str) -> Result<(), Fault> {
    let url = base_url(issuer).filter(|url| url.scheme_str() == Some("https") || is_loopback(issuer));
    match url {
        Some(_) if issuer.len() <= 500 => Ok(()),
        _ => Err("issuer: must be an https URL (http only on this machine) without user, query or fragment, at most 500 characters".into()),
    }
}

fn each<T: PartialEq>(
    field: &str,
    texts: &[String],
    accepted: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let mut items = Vec::with_capacity(texts.len());
    for text in texts {
        let item = read(text).ok_or_else(|| format!("{field}: {text:?} must be {accepted}"))?;
        if items.contains(&item) {
            return Err(format!("{field}: {text:?} stands there twice"));
        }
        items.push(item);
    }
    Ok(items)
}

/// A limit that lets nothing through, or that limits nothing, is a mistake of the operator.
fn check_limits(roles: &[Role], divisions: &[String], companies: &[String]) -> Result<(), Fault> {
    for role in roles {
        let digits = role.row().division_digits;
        if digits > 0 && !divisions.iter().any(|prefix| prefix.len() <= digits) {
            return Err(format!("allowed_divisions: role {} needs a prefix of at most {digits} digits", role.code()));
        }
    }
    let for_companies = roles.iter().any(|role| role.row().kind == RoleKind::Company);
    match (for_companies, companies.is_empty()) {
        (true, true) => {
            Err("allowed_companies: role property_company needs the companies that the issuer may speak for".into())
        }
        (false, false) => Err("allowed_companies: only of use with role property_company".into()),
        _ => Ok(()),
    }
}

fn check_claims(claims: &ClaimMapping) -> Result<(), Fault> {
    let all = [
        ("role", &claims.role),
        ("division", &claims.division),
        ("company", &claims.company),
        ("complex", &claims.complex),
        ("organisation", &claims.organisation),
        ("tasks", &claims.tasks),
        ("name", &claims.name),
    ];
    let mut seen = HashSet::new();
    for (field, claim) in all {
        if !is_line(claim, 128) {
            return Err(format!("claim_mapping.{field}: must be 1 to 128 characters on one line"));
        }
        if REGISTERED_CLAIMS.contains(&claim.as_str()) {
            return Err(format!("claim_mapping.{field}: {claim:?} has a fixed meaning of its own"));
        }
        if !seen.insert(claim) {
            return Err(format!("claim_mapping.{field}: {claim:?} is read for another field already"));
        }
    }
    Ok(())
}

fn read_keys(jwks: Option<String>, file: Option<String>, algorithms: &[Algorithm]) -> Result<JwkSet, Fault> {
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

fn parse_keys(text: &str, algorithms: &[Algorithm]) -> Result<JwkSet, Fault> {
    let json: Json = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let members = json["keys"]
        .as_array()
        .filter(|keys| !keys.is_empty())
        .ok_or("must be an object with a list `keys` that is not empty")?;
    // Unknown key types would be skipped in silence by a reader that picks what it knows; here each key must be of use.
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

/// Of a set that the issuer publishes, the keys that are of use: it may hold others (for encryption, of other
/// algorithms), which would be a mistake in a set that an operator writes.
pub fn usable_keys(text: &str, algorithms: &[Algorithm]) -> Result<JwkSet, Fault> {
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

fn check_key(key: &Jwk, algorithms: &[Algorithm]) -> Result<(), Fault> {
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
