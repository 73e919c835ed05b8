//! Settings for trusted issuers: other issuers whose tokens are accepted, and the limits of each.

use std::collections::HashSet;
use std::time::Duration;

use actix_web::http::Uri;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use toml::Value;

use super::jwks::read_keys;
use super::kinds::{InputError, Kind, base_url, is_line};
use crate::characters::is_plain_line;
use crate::db::Id;
use crate::role::{ORGANISATIONS, Role, RoleKind};

/// Longest token lifetime that an operator can configure, in minutes.
const MOST_TOKEN_MINUTES: u32 = 1440;
const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("EdDSA", Algorithm::EdDSA),
    ("ES256", Algorithm::ES256),
    ("RS256", Algorithm::RS256),
    ("PS256", Algorithm::PS256),
];
/// Claims with a meaning fixed by RFC 7519, which cannot be mapped to ours. `sub` may also be used as `name` or
/// `company`.
const REGISTERED_CLAIMS: &[&str] = &["iss", "aud", "exp", "nbf", "iat", "jti"];

/// An issuer whose tokens are accepted, within its limits.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    /// The exact value of `iss`.
    pub issuer: String,
    pub audience: String,
    pub algorithms: Vec<Algorithm>,
    pub keys: KeySource,
    pub allowed_roles: Vec<Role>,
    /// Prefixes of division codes, with 2, 4, 6, 9 or 12 digits.
    pub allowed_divisions: Vec<String>,
    pub allowed_companies: Vec<String>,
    pub allowed_complexes: Vec<Id>,
    pub allowed_organisations: Vec<String>,
    pub allowed_tasks: Vec<u8>,
    /// Longest accepted time from `iat` to `exp`.
    pub token_life: Duration,
    /// All of its tokens are machine tokens, which never confirm, approve, decide or unmask.
    pub machine: bool,
    /// Tokens that match one of these are machine tokens.
    pub machine_claims: Vec<ClaimRule>,
    /// Tokens that match none of these are machine tokens, too: only an identified person counts as one.
    pub person_claims: Vec<ClaimRule>,
    pub claims: ClaimMapping,
    /// Claims with a fixed value for all of its tokens, by our names.
    pub fixed_claims: Map<String, Json>,
}

/// Source of the issuer's public keys.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Given in the settings. Each matches one of the issuer's algorithms.
    Set(JwkSet),
    /// The issuer's JWKS URL.
    Url(String),
}

/// Condition on a claim: this value, this prefix, or anything except null.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ClaimRule {
    /// Name of the claim, or a JSON pointer.
    pub claim: String,
    pub value: Option<Json>,
    pub prefix: Option<String>,
}

impl ClaimRule {
    pub fn fits(&self, claim: Option<&Json>) -> bool {
        match (claim, &self.value, &self.prefix) {
            (None | Some(Json::Null), ..) => false,
            (Some(claim), Some(value), _) => claim == value,
            (Some(claim), None, Some(prefix)) => claim.as_str().is_some_and(|text| text.starts_with(prefix.as_str())),
            (Some(_), None, None) => true,
        }
    }
}

/// The claims of the issuer's tokens for each of ours: a name, or a JSON pointer such as `/realm_access/office`.
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
    allowed_complexes: Vec<String>,
    #[serde(default)]
    allowed_organisations: Vec<String>,
    #[serde(default)]
    allowed_tasks: Vec<u8>,
    #[serde(default = "usual_token_minutes")]
    max_token_minutes: u32,
    #[serde(default)]
    machine: bool,
    #[serde(default)]
    machine_claims: Vec<ClaimRule>,
    #[serde(default)]
    person_claims: Vec<ClaimRule>,
    #[serde(default)]
    claim_mapping: ClaimMapping,
    #[serde(default)]
    fixed_claims: Map<String, Json>,
}

fn usual_token_minutes() -> u32 {
    60
}

/// The trusted issuers, as `[[trusted_issuers]]` tables or as one line of TOML.
pub struct Issuers;

impl Kind for Issuers {
    type Value = Vec<TrustedIssuer>;

    fn accepted(&self) -> String {
        "tables with issuer, audience, algorithms, one of jwks_url, jwks and jwks_file, allowed_roles, and optional \
         allowed_divisions, allowed_companies, allowed_complexes, allowed_organisations, allowed_tasks, \
         max_token_minutes, machine, machine_claims, person_claims, claim_mapping, fixed_claims"
            .into()
    }

    fn read(&self, value: &Value) -> Result<Vec<TrustedIssuer>, InputError> {
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
            Some(twice) => Err(format!("issuer {:?} is listed twice", twice.issuer)),
            None => Ok(issuers),
        }
    }
}

fn check(written: Written) -> Result<TrustedIssuer, InputError> {
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
    // Only the form is checked. Some real codes have a wrong check character, and such companies must be accepted, too.
    let allowed_companies = each(
        "allowed_companies",
        &written.allowed_companies,
        "a unified social credit code of 18 characters",
        |text| {
            (text.len() == 18 && text.bytes().all(|b| b"0123456789ABCDEFGHJKLMNPQRTUWXY".contains(&b)))
                .then(|| text.to_owned())
        },
    )?;
    let allowed_complexes =
        each("allowed_complexes", &written.allowed_complexes, "the id of a complex", |text| text.parse::<Id>().ok())?;
    let organisations = ORGANISATIONS.join(", ");
    let allowed_organisations =
        each("allowed_organisations", &written.allowed_organisations, &format!("one of {organisations}"), |text| {
            ORGANISATIONS.contains(&text).then(|| text.to_owned())
        })?;
    if written.allowed_tasks.iter().any(|task| !(1..=8).contains(task)) {
        return Err("allowed_tasks: must be numbers from 1 to 8".into());
    }
    check_limits(&allowed_roles, &allowed_divisions)?;
    let has = |wanted: fn(&Role) -> bool| allowed_roles.iter().any(wanted);
    check_use(
        ("allowed_companies", "property_company"),
        has(|role| role.row().kind == RoleKind::Company),
        allowed_companies.len(),
        true,
    )?;
    check_use(
        ("allowed_complexes", "complex_committee"),
        has(|role| role.row().kind == RoleKind::Committee),
        allowed_complexes.len(),
        true,
    )?;
    check_use(
        ("allowed_organisations", "utility_operator"),
        has(|role| *role == Role::UtilityOperator),
        allowed_organisations.len(),
        true,
    )?;
    check_use(
        ("allowed_tasks", "township_leader"),
        has(|role| *role == Role::TownshipLeader),
        written.allowed_tasks.len(),
        false,
    )?;
    if !(1..=MOST_TOKEN_MINUTES).contains(&written.max_token_minutes) {
        return Err(format!("max_token_minutes: must be a whole number from 1 to {MOST_TOKEN_MINUTES}"));
    }
    check_rules("machine_claims", &written.machine_claims)?;
    check_rules("person_claims", &written.person_claims)?;
    if written.machine && !written.person_claims.is_empty() {
        return Err("person_claims: `machine` says that none of its tokens is a person's".into());
    }
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
        allowed_complexes,
        allowed_organisations,
        allowed_tasks: written.allowed_tasks,
        token_life: Duration::from_secs(u64::from(written.max_token_minutes) * 60),
        machine: written.machine,
        machine_claims: written.machine_claims,
        person_claims: written.person_claims,
        claims: written.claim_mapping,
        fixed_claims: written.fixed_claims,
    };
    check_fixed(&issuer)?;
    Ok(issuer)
}

fn check_jwks_url(url: &str) -> Result<(), InputError> {
    // The JWKS URL may have a query. The rest follows the rules for an issuer URL.
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

/// Does a URL refer to this machine?
pub fn is_loopback(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    matches!(uri.as_ref().and_then(Uri::host), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// Fixed claims must be within the issuer's limits.
fn check_fixed(issuer: &TrustedIssuer) -> Result<(), InputError> {
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
            "complex" => (
                text.parse().is_ok_and(|id: Id| issuer.allowed_complexes.contains(&id)),
                mapping.complex != usual.complex,
            ),
            "organisation" => {
                (issuer.allowed_organisations.iter().any(|one| one == text), mapping.organisation != usual.organisation)
            }
            "tasks" => (
                value.as_array().is_some_and(|tasks| {
                    tasks.iter().all(|task| issuer.allowed_tasks.iter().any(|one| task.as_u64() == Some((*one).into())))
                }),
                mapping.tasks != usual.tasks,
            ),
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

fn check_issuer(issuer: &str) -> Result<(), InputError> {
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
) -> Result<Vec<T>, InputError> {
    let mut items = Vec::with_capacity(texts.len());
    for text in texts {
        let item = read(text).ok_or_else(|| format!("{field}: {text:?} must be {accepted}"))?;
        if items.contains(&item) {
            return Err(format!("{field}: {text:?} is listed twice"));
        }
        items.push(item);
    }
    Ok(items)
}

/// A limit that allows nothing, or that restricts nothing, is a configuration error.
fn check_limits(roles: &[Role], divisions: &[String]) -> Result<(), InputError> {
    for role in roles {
        let digits = role.row().division_digits;
        if digits > 0 && !divisions.iter().any(|prefix| prefix.len() <= digits) {
            return Err(format!("allowed_divisions: role {} needs a prefix of at most {digits} digits", role.code()));
        }
    }
    Ok(())
}

/// The same for a limit that concerns one role.
fn check_use((field, role): (&str, &str), has_role: bool, values: usize, needed: bool) -> Result<(), InputError> {
    match (has_role, values) {
        (true, 0) if needed => Err(format!("{field}: role {role} needs the values that the issuer may speak for")),
        (false, 1..) => Err(format!("{field}: only of use with role {role}")),
        _ => Ok(()),
    }
}

fn check_rules(field: &str, rules: &[ClaimRule]) -> Result<(), InputError> {
    for (index, rule) in rules.iter().enumerate() {
        if !is_line(&rule.claim, 128) {
            return Err(format!("{field}[{index}].claim: must be 1 to 128 characters on one line"));
        }
        if rule.value.is_some() && rule.prefix.is_some() {
            return Err(format!("{field}[{index}]: either value or prefix"));
        }
        if rule.prefix.as_ref().is_some_and(|prefix| !is_plain_line(prefix)) {
            return Err(format!("{field}[{index}].prefix: must be text without outer spaces"));
        }
    }
    Ok(())
}

fn check_claims(claims: &ClaimMapping) -> Result<(), InputError> {
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
