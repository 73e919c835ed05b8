//! Issuers, which come from the settings only: their keys, algorithms and the limits of their tokens.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use super::jwks::{FetchedKeys, Pace};
use crate::db::Id;
use crate::keys::Keys;
use crate::role::Role;
use crate::settings::{ClaimMapping, ClaimRule, KeySource, TrustedIssuer};

/// Limits on the tokens of a trusted issuer.
#[derive(Clone, Debug)]
pub struct Limits {
    pub roles: Vec<Role>,
    /// Division code prefixes (GB/T 2260).
    pub divisions: Vec<String>,
    /// USCCs.
    pub companies: Vec<String>,
    pub complexes: Vec<Id>,
    pub organisations: Vec<String>,
    pub tasks: Vec<u8>,
}

pub struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    key: Arc<DecodingKey>,
}

/// Source of an issuer's keys.
enum KeySet {
    /// From settings.
    Fixed(Vec<Key>),
    /// From the issuer's JWKS URL.
    Fetched(Arc<FetchedKeys>),
    /// The service's own keys, which can change while it runs.
    Own(Arc<Keys>),
}

/// An issuer whose tokens are accepted.
pub struct Issuer {
    pub url: String,
    pub audience: String,
    /// `None` for the service itself, which may issue tokens for every role.
    pub limits: Option<Limits>,
    pub claims: ClaimMapping,
    /// Claims that the operator configured in place of the issuer's, by our names.
    pub fixed: Map<String, Value>,
    /// Longest accepted time from `iat` to `exp`.
    pub token_life: Duration,
    pub persons: Persons,
    keys: KeySet,
}

/// Which tokens of an issuer belong to a person.
pub enum Persons {
    /// Tokens whose client is not their subject. Only for our own tokens.
    Own,
    None,
    /// Tokens that match one of `persons` and none of `machines`.
    LedgerTexts {
        persons: Vec<ClaimRule>,
        machines: Vec<ClaimRule>,
    },
}

/// Longest lifetime of a token that the service issues.
const OWN_TOKEN_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The keys of a set that can be used. A key is used only with its own algorithm, and only if that is allowed, so that
/// a public key can never be used as an HMAC secret (RFC 8725, 2.1 and 3.1).
pub fn keys(set: &JwkSet, allowed: &[Algorithm]) -> anyhow::Result<Vec<Key>> {
    let mut all = Vec::new();
    for jwk in &set.keys {
        let Some(algorithm) = algorithm_of(jwk, allowed) else { continue };
        let key = DecodingKey::from_jwk(jwk).context("a key of the set cannot be used")?;
        all.push(Key { kid: jwk.common.key_id.clone(), algorithm, key: Arc::new(key) });
    }
    anyhow::ensure!(!all.is_empty(), "no key under an allowed algorithm");
    Ok(all)
}

/// The algorithm of a key: the one that it names, or the first allowed one for its type. Symmetric keys never match.
fn algorithm_of(jwk: &Jwk, allowed: &[Algorithm]) -> Option<Algorithm> {
    let fitting: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &[Algorithm::RS256, Algorithm::PS256],
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => &[],
    };
    let named = jwk.common.key_algorithm.map(|a| a.to_string());
    fitting
        .iter()
        .filter(|a| allowed.contains(a))
        .find(|a| named.as_deref().is_none_or(|name| name == format!("{a:?}")))
        .copied()
}

impl Issuer {
    pub fn trusted(settings: &TrustedIssuer, pace: Pace) -> anyhow::Result<Issuer> {
        let url = settings.issuer.clone();
        let keys = match &settings.keys {
            KeySource::Set(set) => keys(set, &settings.algorithms).map(KeySet::Fixed),
            KeySource::Url(at) => {
                FetchedKeys::new(&url, at, &settings.algorithms, pace).map(Arc::new).map(KeySet::Fetched)
            }
        };
        let keys = keys.with_context(|| format!("trusted issuer {url}"))?;
        Ok(Issuer {
            url,
            audience: settings.audience.clone(),
            limits: Some(Limits {
                roles: settings.allowed_roles.clone(),
                divisions: settings.allowed_divisions.clone(),
                companies: settings.allowed_companies.clone(),
                complexes: settings.allowed_complexes.clone(),
                organisations: settings.allowed_organisations.clone(),
                tasks: settings.allowed_tasks.clone(),
            }),
            claims: settings.claims.clone(),
            fixed: settings.fixed_claims.clone(),
            token_life: settings.token_life,
            persons: if settings.machine {
                Persons::None
            } else {
                Persons::LedgerTexts {
                    persons: settings.person_claims.clone(),
                    machines: settings.machine_claims.clone(),
                }
            },
            keys,
        })
    }

    /// The fetched key set, if the keys come from a JWKS URL.
    pub fn fetched(&self) -> Option<&Arc<FetchedKeys>> {
        match &self.keys {
            KeySet::Fetched(keys) => Some(keys),
            _ => None,
        }
    }

    /// Looks a key up by `kid`. Without `kid`, the issuer's only key is used.
    pub fn key(&self, kid: Option<&str>, now: DateTime<Utc>) -> Option<(Algorithm, Arc<DecodingKey>)> {
        match &self.keys {
            KeySet::Fixed(keys) => find(keys, kid),
            KeySet::Fetched(keys) => find(&keys.current()?, kid),
            KeySet::Own(keys) => {
                let ring = keys.ring();
                let found = ring.published(now).find(|one| kid == Some(one.key.id.as_str()));
                found.map(|one| (Algorithm::EdDSA, one.decoding()))
            }
        }
    }
}

fn find(keys: &[Key], kid: Option<&str>) -> Option<(Algorithm, Arc<DecodingKey>)> {
    let found = match (kid, keys) {
        (None, [sole]) => Some(sole),
        (Some(_), [sole]) if sole.kid.is_none() => Some(sole),
        (Some(kid), all) => all.iter().find(|key| key.kid.as_deref() == Some(kid)),
        (None, _) => None,
    };
    found.map(|key| (key.algorithm, key.key.clone()))
}

/// The service as an issuer. It signs with the token key of the keyring.
pub struct LocalIssuer {
    pub url: String,
    pub audience: String,
    keys: Arc<Keys>,
}

impl LocalIssuer {
    pub fn new(url: &str, audience: &str, keys: Arc<Keys>) -> LocalIssuer {
        LocalIssuer { url: url.into(), audience: audience.into(), keys }
    }

    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: self.keys.ring().published(Utc::now()).map(|one| one.jwk.clone()).collect() }
    }

    /// The same issuer, in the form that verifies its tokens.
    pub fn verifier(&self) -> Issuer {
        Issuer {
            url: self.url.clone(),
            audience: self.audience.clone(),
            limits: None,
            claims: ClaimMapping::default(),
            fixed: Map::new(),
            token_life: OWN_TOKEN_LIFE,
            persons: Persons::Own,
            keys: KeySet::Own(self.keys.clone()),
        }
    }

    pub fn sign(&self, claims: &serde_json::Value) -> anyhow::Result<String> {
        self.keys.ring().token_key(Utc::now()).sign(claims)
    }
}
