//! Issuers are settings, never rows: whose tokens are taken, under which keys and algorithms, and what they may mint.

use anyhow::Context;
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use super::role::Role;
use crate::settings::{ClaimMapping, TrustedIssuer};

/// What a trusted issuer may mint.
#[derive(Clone, Debug)]
pub struct Limits {
    pub roles: Vec<Role>,
    /// Prefixes of GB/T 2260 codes.
    pub divisions: Vec<String>,
    /// USCCs.
    pub companies: Vec<String>,
}

struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// An issuer whose tokens are taken.
pub struct Issuer {
    pub url: String,
    pub audience: String,
    /// `None` for the service itself, which may mint every role.
    pub limits: Option<Limits>,
    pub claims: ClaimMapping,
    /// Every token of this issuer is a machine's.
    pub machine: bool,
    keys: Vec<Key>,
}

/// A key is used only under its own algorithm, and only where that is allowed: a public key can never become an HMAC
/// secret (RFC 8725, 2.1 and 3.1).
fn keys(set: &JwkSet, allowed: &[Algorithm]) -> anyhow::Result<Vec<Key>> {
    let mut all = Vec::new();
    for jwk in &set.keys {
        let Some(algorithm) = algorithm_of(jwk, allowed) else { continue };
        let key = DecodingKey::from_jwk(jwk).context("a key of the set cannot be used")?;
        all.push(Key { kid: jwk.common.key_id.clone(), algorithm, key });
    }
    anyhow::ensure!(!all.is_empty(), "no key under an allowed algorithm");
    Ok(all)
}

/// The algorithm of a key: the one that it names, or the first allowed one that fits its type. Symmetric keys never fit.
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
    pub fn trusted(settings: &TrustedIssuer) -> anyhow::Result<Issuer> {
        let url = settings.issuer.clone();
        let keys = keys(&settings.keys, &settings.algorithms).with_context(|| format!("trusted issuer {url}"))?;
        Ok(Issuer {
            url,
            audience: settings.audience.clone(),
            limits: Some(Limits {
                roles: settings.allowed_roles.clone(),
                divisions: settings.allowed_divisions.clone(),
                companies: settings.allowed_companies.clone(),
            }),
            claims: settings.claims.clone(),
            machine: settings.machine,
            keys,
        })
    }

    /// `kid` only looks a key up; without one the issuer's sole key is meant.
    pub fn key(&self, kid: Option<&str>) -> Option<(Algorithm, &DecodingKey)> {
        let found = match (kid, self.keys.as_slice()) {
            (None, [sole]) => Some(sole),
            (Some(_), [sole]) if sole.kid.is_none() => Some(sole),
            (Some(kid), all) => all.iter().find(|key| key.kid.as_deref() == Some(kid)),
            (None, _) => None,
        };
        found.map(|key| (key.algorithm, &key.key))
    }
}

/// The service as an issuer: it signs with one Ed25519 key from settings.
pub struct LocalIssuer {
    pub url: String,
    pub audience: String,
    kid: String,
    jwk: Jwk,
    signing: EncodingKey,
}

impl LocalIssuer {
    pub fn new(url: &str, audience: &str, signing: EncodingKey, mut jwk: Jwk) -> anyhow::Result<LocalIssuer> {
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        Ok(LocalIssuer { url: url.into(), audience: audience.into(), kid, jwk, signing })
    }

    /// A key for one run; the demo's.
    pub fn generate(url: &str, audience: &str) -> anyhow::Result<LocalIssuer> {
        let document = Ed25519KeyPair::generate_pkcs8v1(&aws_lc_rs::rand::SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("cannot generate a signing key"))?;
        let signing = EncodingKey::from_ed_der(document.as_ref());
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA)?;
        Self::new(url, audience, signing, jwk)
    }

    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: vec![self.jwk.clone()] }
    }

    /// The same issuer, as seen by whoever checks its tokens.
    pub fn verifier(&self) -> anyhow::Result<Issuer> {
        Ok(Issuer {
            url: self.url.clone(),
            audience: self.audience.clone(),
            limits: None,
            claims: ClaimMapping::default(),
            machine: false,
            keys: keys(&self.jwks(), &[Algorithm::EdDSA])?,
        })
    }

    pub fn sign(&self, claims: &serde_json::Value) -> anyhow::Result<String> {
        let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".into());
        header.kid = Some(self.kid.clone());
        Ok(jsonwebtoken::encode(&header, claims, &self.signing)?)
    }
}
