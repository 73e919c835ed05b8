//! Issuers are settings, never rows: whose tokens are taken, under which keys and algorithms, and what they may mint.

use std::collections::HashMap;

use anyhow::{Context, bail, ensure};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::json;

use super::role::Role;

/// Names of the claims where an issuer calls them otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    pub role: String,
    pub division: String,
    pub company: String,
    pub complex: String,
    pub organisation: String,
    pub tasks: String,
    pub name: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        ClaimNames {
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

/// What an issuer may mint.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Roles; `None` allows all (the local issuer only).
    pub roles: Option<Vec<Role>>,
    /// Prefixes of GB/T 2260 codes; `None` allows all.
    pub divisions: Option<Vec<String>>,
    /// USCCs; `None` allows all.
    pub companies: Option<Vec<String>>,
}

struct Key {
    algorithm: Algorithm,
    key: DecodingKey,
}

/// An issuer whose tokens are taken.
pub struct Issuer {
    pub url: String,
    pub audience: String,
    pub limits: Limits,
    pub claims: ClaimNames,
    /// Every token of this issuer is a machine's.
    pub machine: bool,
    keys: HashMap<String, Key>,
}

impl Issuer {
    /// `jwks` is a JWK Set (RFC 7517). A key is used only under its own algorithm, and only where that is allowed: a
    /// public key can never become an HMAC secret (RFC 8725, 2.1 and 3.1).
    pub fn trusted(
        url: &str,
        audience: &str,
        allowed: &[Algorithm],
        jwks: &str,
        limits: Limits,
        claims: ClaimNames,
        machine: bool,
    ) -> anyhow::Result<Issuer> {
        let set: JwkSet = serde_json::from_str(jwks).with_context(|| format!("issuer {url}: not a JWK Set"))?;
        let mut keys = HashMap::new();
        for jwk in &set.keys {
            let kid = jwk.common.key_id.clone().with_context(|| format!("issuer {url}: a key without kid"))?;
            let Some(algorithm) = algorithm_of(jwk, allowed) else { continue };
            let key = DecodingKey::from_jwk(jwk).with_context(|| format!("issuer {url}: key {kid}"))?;
            keys.insert(kid, Key { algorithm, key });
        }
        ensure!(!keys.is_empty(), "issuer {url}: no key under an allowed algorithm");
        Ok(Issuer { url: url.into(), audience: audience.into(), limits, claims, machine, keys })
    }

    pub fn key(&self, kid: &str) -> Option<(Algorithm, &DecodingKey)> {
        self.keys.get(kid).map(|k| (k.algorithm, &k.key))
    }
}

/// The algorithm of a key: the one that it names, or the only allowed one that fits its type. Symmetric keys never fit.
fn algorithm_of(jwk: &Jwk, allowed: &[Algorithm]) -> Option<Algorithm> {
    use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};
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

/// The service as an issuer: it signs with one Ed25519 key from settings.
pub struct LocalIssuer {
    pub url: String,
    pub audience: String,
    kid: String,
    x: String,
    signing: EncodingKey,
}

impl LocalIssuer {
    /// `pem` is a PKCS#8 private key, as `openssl genpkey -algorithm ed25519` writes it.
    pub fn from_pem(url: &str, audience: &str, pem: &str) -> anyhow::Result<LocalIssuer> {
        let body: String = pem.lines().filter(|l| !l.starts_with("-----")).map(str::trim).collect();
        if !pem.contains("BEGIN PRIVATE KEY") {
            bail!("the signing key is not a PKCS#8 PEM (make one with: openssl genpkey -algorithm ed25519)");
        }
        let der = base64::engine::general_purpose::STANDARD.decode(body).context("the signing key's PEM is damaged")?;
        Self::from_der(url, audience, &der)
    }

    /// A key for one run; the demo's.
    pub fn generate(url: &str, audience: &str) -> anyhow::Result<LocalIssuer> {
        let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("cannot generate a signing key"))?;
        Self::from_der(url, audience, document.as_ref())
    }

    fn from_der(url: &str, audience: &str, der: &[u8]) -> anyhow::Result<LocalIssuer> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
            .map_err(|error| anyhow::anyhow!("the signing key is not an Ed25519 key: {error}"))?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        // RFC 7638 thumbprint: the required members in order.
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes()));
        Ok(LocalIssuer {
            url: url.into(),
            audience: audience.into(),
            kid,
            x,
            signing: EncodingKey::from_ed_der(der),
        })
    }

    pub fn jwks(&self) -> serde_json::Value {
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": self.x }] })
    }

    /// The same issuer, as seen by whoever checks its tokens.
    pub fn verifier(&self) -> anyhow::Result<Issuer> {
        Issuer::trusted(
            &self.url,
            &self.audience,
            &[Algorithm::EdDSA],
            &self.jwks().to_string(),
            Limits::default(),
            ClaimNames::default(),
            false,
        )
    }

    pub fn sign(&self, claims: &serde_json::Value) -> anyhow::Result<String> {
        let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".into());
        header.kid = Some(self.kid.clone());
        Ok(jsonwebtoken::encode(&header, claims, &self.signing)?)
    }
}
