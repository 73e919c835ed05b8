//! Client secrets: 256 random bits, returned once, stored as a digest.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::problem::Problem;

/// Lets people and secret scanners recognise a leaked secret.
const PREFIX: &str = "xqs_";

pub fn generate() -> Result<String, Problem> {
    let mut bytes = [0u8; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Problem::broken("the operating system provides no random numbers"))?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// An unsalted digest is sufficient for 256 random bits, because they cannot be guessed.
pub fn digest_of(secret: &str) -> String {
    hex::encode(digest(&SHA256, secret.as_bytes()))
}
