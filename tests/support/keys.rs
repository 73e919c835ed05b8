//! Keys that sign arbitrary tokens, including those that no proper library would make.

use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Key {
    pub kid: String,
    secret: Arc<Secret>,
}

enum Secret {
    Ed(Ed25519KeyPair, [u8; 32]),
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Hmac(Vec<u8>),
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    fn new(kid: &str, secret: Secret) -> Key {
        Key { kid: kid.into(), secret: Arc::new(secret) }
    }

    pub fn ed25519(kid: &str) -> Key {
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed).expect("randomness");
        Key::new(kid, Secret::Ed(Ed25519KeyPair::from_seed_unchecked(&seed).expect("its pair"), seed))
    }

    pub fn p256(kid: &str) -> Key {
        Key::new(kid, Secret::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")))
    }

    pub fn rsa(kid: &str) -> Key {
        Key::new(kid, Secret::Rsa(RsaKeyPair::generate(rsa::KeySize::Rsa2048).expect("a key")))
    }

    /// A shared secret, as an attacker makes it from a public key.
    pub fn hmac(kid: &str, secret: &[u8]) -> Key {
        Key::new(kid, Secret::Hmac(secret.to_vec()))
    }

    /// The Ed25519 seed.
    pub fn seed(&self) -> [u8; 32] {
        match &*self.secret {
            Secret::Ed(_, seed) => *seed,
            _ => panic!("the local issuer signs with Ed25519"),
        }
    }

    /// The public key as a JWK, without a `kid`.
    pub fn public(&self) -> Value {
        match &*self.secret {
            Secret::Ed(pair, _) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key()) })
            }
            Secret::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": base64url(&point[1..33]), "y": base64url(&point[33..]) })
            }
            Secret::Rsa(pair) => {
                let key = pair.public_key();
                json!({
                    "kty": "RSA", "n": base64url(key.modulus().big_endian_without_leading_zero()),
                    "e": base64url(key.exponent().big_endian_without_leading_zero()),
                })
            }
            Secret::Hmac(_) => panic!("a shared secret has no public half"),
        }
    }

    /// The public key in the forms that attack scripts use: raw bytes, and PEM of the SubjectPublicKeyInfo.
    pub fn public_forms(&self) -> Vec<Vec<u8>> {
        let (raw, der) = match &*self.secret {
            Secret::Ed(pair, _) => (pair.public_key().as_ref().to_vec(), pair.public_key().as_der().expect("DER")),
            Secret::Ec(pair) => (pair.public_key().as_ref().to_vec(), pair.public_key().as_der().expect("DER")),
            Secret::Rsa(pair) => (pair.public_key().as_ref().to_vec(), pair.public_key().as_der().expect("DER")),
            Secret::Hmac(_) => panic!("a shared secret has no public half"),
        };
        let lines: Vec<String> =
            STANDARD.encode(der.as_ref()).as_bytes().chunks(64).map(|c| String::from_utf8_lossy(c).into()).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
        vec![raw, der.as_ref().to_vec(), pem.trim_end().into(), pem.into(), self.public().to_string().into()]
    }

    /// The algorithm of this key.
    pub fn algorithm(&self) -> &'static str {
        match &*self.secret {
            Secret::Ed { .. } => "EdDSA",
            Secret::Ec(_) => "ES256",
            Secret::Rsa(_) => "RS256",
            Secret::Hmac(_) => "HS256",
        }
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        match &*self.secret {
            Secret::Ed(pair, _) => pair.sign(message).as_ref().to_vec(),
            Secret::Ec(pair) => pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec(),
            Secret::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding =
                    if algorithm == "PS256" { &signature::RSA_PSS_SHA256 } else { &signature::RSA_PKCS1_SHA256 };
                let mut signed = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut signed).expect("a signature");
                signed
            }
            Secret::Hmac(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec(),
        }
    }

    /// A token with exactly this header and these claims.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// A token of exactly these texts.
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", base64url(header), base64url(claims));
        let algorithm = if header.contains("\"PS256\"") { "PS256" } else { "" };
        format!("{message}.{}", base64url(self.sign(algorithm, message.as_bytes())))
    }
}
