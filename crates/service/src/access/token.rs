//! Verifies a bearer token and makes a [`Caller`] of it, following the checklist of RFC 8725.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::Validation;
use jsonwebtoken::errors::ErrorKind;
use quick_cache::sync::Cache;
use serde_json::{Map, Value};

use super::caller::Caller;
use super::issuer::{Issuer, Persons};
use super::jwks::{FetchedKeys, Outcome};
use crate::characters::is_plain_line;
use crate::db::types::Instant;
use crate::json;
use crate::role::{ORGANISATIONS, Role, RoleKind};
use crate::settings::ClaimRule;
use crate::uscc;

/// Largest accepted difference between clocks, in seconds.
pub const LEEWAY_SECONDS: i64 = 60;
/// Longer tokens are refused without being parsed.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
const CACHED_TOKENS: usize = 10_000;

/// Why a token is refused. For the log and the metrics only: the caller gets `invalid_token`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("malformed")]
    Malformed,
    #[error("header: {0}")]
    Header(&'static str),
    #[error("unknown issuer")]
    Issuer,
    #[error("unknown key")]
    Key,
    #[error("the issuer's keys were never fetched")]
    KeysMissing,
    #[error("algorithm")]
    Algorithm,
    #[error("signature")]
    Signature,
    #[error("expired")]
    Expired,
    #[error("claim {0}")]
    Claim(&'static str),
    #[error("beyond the issuer's limits: {0}")]
    Limit(&'static str),
}

impl Refusal {
    /// The part of the token that was wrong, never its value.
    pub fn part(&self) -> &'static str {
        match self {
            Refusal::Header(part) | Refusal::Claim(part) | Refusal::Limit(part) => part,
            _ => "",
        }
    }

    fn of(error: &jsonwebtoken::errors::Error) -> Refusal {
        match error.kind() {
            ErrorKind::InvalidSignature => Refusal::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Refusal::Algorithm,
            ErrorKind::ExpiredSignature => Refusal::Expired,
            ErrorKind::ImmatureSignature => Refusal::Claim("nbf"),
            ErrorKind::InvalidAudience => Refusal::Claim("aud"),
            ErrorKind::InvalidIssuer => Refusal::Claim("iss"),
            ErrorKind::InvalidSubject => Refusal::Claim("sub"),
            ErrorKind::MissingRequiredClaim(_) => Refusal::Claim("missing"),
            ErrorKind::InvalidClaimFormat(_) => Refusal::Claim("format"),
            _ => Refusal::Malformed,
        }
    }
}

/// Verifies tokens, and caches verified tokens until they expire.
pub struct Verifier {
    issuers: HashMap<String, Issuer>,
    cache: Cache<[u8; 32], Arc<Caller>>,
    /// How often the cache was invalidated.
    epoch: AtomicU64,
}

impl Verifier {
    pub fn new(issuers: Vec<Issuer>) -> Verifier {
        Verifier {
            issuers: issuers.into_iter().map(|i| (i.url.clone(), i)).collect(),
            cache: Cache::new(CACHED_TOKENS),
            epoch: AtomicU64::new(0),
        }
    }

    /// The caller of a token that was verified before and is still valid.
    pub fn known(&self, token: &str, now: DateTime<Utc>) -> Option<Arc<Caller>> {
        let key = cache_key(token)?;
        let caller = self.cache.get(&key)?;
        if caller.expires_at.0.timestamp() + LEEWAY_SECONDS > now.timestamp() {
            return Some(caller);
        }
        self.cache.remove(&key);
        None
    }

    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Caller>, Refusal> {
        let key = cache_key(token).ok_or(Refusal::Malformed)?;
        let epoch = self.epoch.load(Ordering::SeqCst);
        let caller = Arc::new(self.check(token, now)?);
        self.cache.insert(key, caller.clone());
        if self.epoch.load(Ordering::SeqCst) != epoch {
            // The keys may have been removed during verification: do not cache this result.
            self.cache.remove(&key);
        }
        Ok(caller)
    }

    /// Invalidates the cache, because keys have changed.
    pub fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.cache.clear();
    }

    /// Are tokens of this issuer accepted?
    pub fn trusts(&self, issuer: &str) -> bool {
        self.issuers.contains_key(issuer)
    }

    /// The key sets of issuers that are fetched.
    pub fn fetched(&self) -> impl Iterator<Item = &Arc<FetchedKeys>> {
        self.issuers.values().filter_map(Issuer::fetched)
    }

    /// Fetches the keys of a token's issuer, because the token may be signed with a new key. The number of fetches is
    /// limited, however many tokens trigger them.
    pub async fn refresh_keys(&self, token: &str) {
        let iss = token.split('.').nth(1).and_then(|payload| object(payload).ok());
        let iss = iss.as_ref().and_then(|claims| claims.get("iss")).and_then(Value::as_str);
        let Some(keys) = iss.and_then(|iss| self.issuers.get(iss)).and_then(Issuer::fetched) else { return };
        if keys.refresh().await == Outcome::Changed {
            self.forget();
        }
    }

    fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, Refusal> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::Malformed);
        };
        let header = object(header)?;
        let kid = check_header(&header)?;
        // Read before the signature is verified, only to find the issuer whose key must have signed it.
        let unverified = object(payload)?;
        let iss = unverified.get("iss").and_then(Value::as_str).ok_or(Refusal::Claim("iss"))?;
        let issuer = self.issuers.get(iss).ok_or(Refusal::Issuer)?;
        let (algorithm, key) = issuer.key(kid, now).ok_or_else(|| match issuer.fetched() {
            Some(fetched) if fetched.current().is_none() => Refusal::KeysMissing,
            _ => Refusal::Key,
        })?;
        if header.get("alg").and_then(Value::as_str) != Some(format!("{algorithm:?}").as_str()) {
            return Err(Refusal::Algorithm);
        }
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY_SECONDS as u64;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&issuer.url]);
        validation.set_audience(&[&issuer.audience]);
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation)
            .map_err(|error| Refusal::of(&error))?
            .claims;
        caller(issuer, &claims, now)
    }
}

/// `None` if the token is too long.
fn cache_key(token: &str) -> Option<[u8; 32]> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes()).as_ref().try_into().ok()
}

/// Decodes a part of a token, which must be a JSON object.
pub fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    match json::parse(&bytes) {
        Ok((Value::Object(members), twice)) if twice.is_empty() => Ok(members),
        _ => Err(Refusal::Malformed),
    }
}

/// Checks the header: `typ` names an access token, there are no unknown critical extensions, and no key is embedded or
/// referenced by URL. `kid` is only used to look a key up.
fn check_header(header: &Map<String, Value>) -> Result<Option<&str>, Refusal> {
    let typ = header.get("typ").and_then(Value::as_str).ok_or(Refusal::Header("typ"))?;
    let typ = typ.to_ascii_lowercase();
    if !matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt") {
        return Err(Refusal::Header("typ"));
    }
    for name in ["crit", "jku", "x5u", "jwk", "x5c", "zip", "b64"] {
        if header.contains_key(name) {
            return Err(Refusal::Header(name));
        }
    }
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if kid.len() <= 200 => Ok(Some(kid)),
        Some(_) => Err(Refusal::Header("kid")),
    }
}

fn caller(issuer: &Issuer, claims: &Map<String, Value>, now: DateTime<Utc>) -> Result<Caller, Refusal> {
    let value = |name: &str, label: &str| issuer.fixed.get(label).or_else(|| at(claims, name));
    let mapped = |name: &str, label: &'static str| match value(name, label) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(s)) if s.len() <= 200 && is_plain_line(s) => Ok(Some(s.clone())),
        Some(_) => Err(Refusal::Claim(label)),
    };
    let text = |name: &'static str| mapped(name, name);
    let seconds =
        |name: &'static str| claims.get(name).and_then(Value::as_i64).filter(|at| *at >= 0).ok_or(Refusal::Claim(name));

    let exp = seconds("exp")?;
    // The value of `nbf` is checked with the signature, but not that it is a whole number. Other issuers may omit it
    // (RFC 9068, 2.2 does not require it).
    if issuer.limits.is_none() || claims.contains_key("nbf") {
        seconds("nbf")?;
    }
    let iat = seconds("iat")?;
    if iat > now.timestamp() + LEEWAY_SECONDS {
        return Err(Refusal::Claim("iat"));
    }
    // The token lives longer than its issuer may allow, or for ever by mistake.
    if exp.saturating_sub(iat) > i64::try_from(issuer.token_life.as_secs()).unwrap_or(i64::MAX) {
        return Err(Refusal::Limit("exp"));
    }
    let token_id = text("jti")?.ok_or(Refusal::Claim("jti"))?;
    let sub = text("sub")?.ok_or(Refusal::Claim("sub"))?;
    let client = text("client_id")?;
    let names = &issuer.claims;
    // `client_epoch` and `scope` have our meaning only in our own tokens.
    let own = issuer.limits.is_none();
    let epoch = if own { claims.get("client_epoch").and_then(Value::as_i64).unwrap_or_default() } else { 0 };
    let operations = if own { operations(claims.get("scope"))? } else { None };
    let role = mapped(&names.role, "role")?.and_then(|r| Role::from_code(&r)).ok_or(Refusal::Claim("role"))?;
    let division = mapped(&names.division, "division")?;
    let company = mapped(&names.company, "company")?;
    let complex = mapped(&names.complex, "complex")?;
    let organisation = mapped(&names.organisation, "organisation")?;
    let tasks = tasks(value(&names.tasks, "tasks"))?;
    if role != Role::TownshipLeader && !tasks.is_empty() {
        return Err(Refusal::Claim("tasks"));
    }

    let caller =
        Caller {
            machine: !is_person(issuer, claims),
            iss: issuer.url.clone(),
            sub,
            role,
            division: check_division(role, division)?,
            company: only_for(role.row().kind == RoleKind::Company, company, "company")?,
            complex: only_for(role.row().kind == RoleKind::Committee, complex, "complex")?
                .map(|id| id.parse().map_err(|_| Refusal::Claim("complex")))
                .transpose()?,
            organisation: only_for(role == Role::UtilityOperator, organisation, "organisation")?
                .map(|name| {
                    if ORGANISATIONS.contains(&name.as_str()) { Ok(name) } else { Err(Refusal::Claim("organisation")) }
                })
                .transpose()?,
            tasks,
            name: mapped(&names.name, "name")?,
            client,
            expires_at: Instant(DateTime::from_timestamp(exp, 0).ok_or(Refusal::Claim("exp"))?),
            token_id,
            epoch,
            operations,
            auth_time: claims.get("auth_time").and_then(Value::as_i64),
            acr: claims.get("acr").and_then(Value::as_str).map(str::to_owned),
        };
    check_limits(issuer, &caller)?;
    Ok(caller)
}

/// RFC 9068, 2.2: a client-credentials token has the client as its subject. A token of another issuer is a machine
/// token unless a rule identifies a person.
fn is_person(issuer: &Issuer, claims: &Map<String, Value>) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("sub").is_some_and(|sub| text("client_id") == Some(sub) || text("azp") == Some(sub)) {
        return false;
    }
    match &issuer.persons {
        Persons::Own => true,
        Persons::None => false,
        Persons::LedgerTexts { persons, machines } => {
            let fits = |rule: &ClaimRule| rule.fits(at(claims, &rule.claim));
            persons.iter().any(fits) && !machines.iter().any(fits) && !looks_like_a_service(claims)
        }
    }
}

/// Recognises service tokens of common issuers: Keycloak by a prefix of the user name, Auth0 by `gty` and the suffix of
/// `sub`, Microsoft Entra by `idtyp`. This protects operators whose rules for persons match too much.
fn looks_like_a_service(claims: &Map<String, Value>) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    text("preferred_username").starts_with("service-account-")
        || matches!(text("gty"), "client-credentials" | "client_credentials")
        || text("grant_type") == "client_credentials"
        || text("sub").ends_with("@clients")
        || text("idtyp") == "app"
}

/// A claim by its name, or by a JSON pointer (RFC 6901).
fn at<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let Some(path) = name.strip_prefix('/') else { return claims.get(name) };
    let (first, rest) = path.split_once('/').map_or((path, String::new()), |(first, rest)| (first, format!("/{rest}")));
    claims.get(&first.replace("~1", "/").replace("~0", "~"))?.pointer(&rest)
}

/// RFC 9068, 2.2.3: `scope` is a list of words separated by spaces.
fn operations(claim: Option<&Value>) -> Result<Option<Vec<String>>, Refusal> {
    match claim {
        None => Ok(None),
        Some(Value::String(words)) => Ok(Some(words.split(' ').map(str::to_owned).collect())),
        Some(_) => Err(Refusal::Claim("scope")),
    }
}

fn tasks(claim: Option<&Value>) -> Result<Vec<u8>, Refusal> {
    let Some(claim) = claim else { return Ok(Vec::new()) };
    let list = claim.as_array().ok_or(Refusal::Claim("tasks"))?;
    list.iter()
        .map(|task| {
            task.as_u64()
                .and_then(|n| u8::try_from(n).ok())
                .filter(|n| (1..=8).contains(n))
                .ok_or(Refusal::Claim("tasks"))
        })
        .collect()
}

/// The length of the division code must match the role: a township office cannot have a county code.
fn check_division(role: Role, division: Option<String>) -> Result<Option<String>, Refusal> {
    let digits = role.row().division_digits;
    match division {
        None if digits == 0 => Ok(None),
        Some(code) if digits > 0 && code.len() == digits && code.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(code)),
        _ => Err(Refusal::Claim("division")),
    }
}

/// A claim that is required for some roles and forbidden for all others.
fn only_for(wanted: bool, value: Option<String>, name: &'static str) -> Result<Option<String>, Refusal> {
    if wanted == value.is_some() { Ok(value) } else { Err(Refusal::Claim(name)) }
}

fn check_limits(issuer: &Issuer, caller: &Caller) -> Result<(), Refusal> {
    if caller.company.as_deref().is_some_and(|company| !uscc::is_well_formed(company)) {
        return Err(Refusal::Claim("company"));
    }
    let Some(limits) = &issuer.limits else { return Ok(()) };
    if !limits.roles.contains(&caller.role) {
        return Err(Refusal::Limit("role"));
    }
    if let Some(division) = &caller.division
        && !limits.divisions.iter().any(|prefix| division.starts_with(prefix.as_str()))
    {
        return Err(Refusal::Limit("division"));
    }
    if caller.company.as_ref().is_some_and(|company| !limits.companies.contains(company)) {
        return Err(Refusal::Limit("company"));
    }
    if caller.complex.is_some_and(|complex| !limits.complexes.contains(&complex)) {
        return Err(Refusal::Limit("complex"));
    }
    if caller.organisation.as_ref().is_some_and(|organisation| !limits.organisations.contains(organisation)) {
        return Err(Refusal::Limit("organisation"));
    }
    if caller.tasks.iter().any(|task| !limits.tasks.contains(task)) {
        return Err(Refusal::Limit("tasks"));
    }
    Ok(())
}
