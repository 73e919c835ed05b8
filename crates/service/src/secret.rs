//! A value that no log, error or debug output shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Wraps a secret; only [`Secret::expose`] gives it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub fn new(value: T) -> Self {
        Secret(value)
    }

    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// What holds a 32-byte key, in words.
pub const KEY32: &str = "base64 of exactly 32 random bytes, as `openssl rand -base64 32` prints it";

/// A 32-byte key, as a setting or a file holds it.
pub fn key32(text: &str) -> Option<Secret<[u8; 32]>> {
    let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
    // A key of one repeated byte is a placeholder that somebody forgot.
    bytes.iter().any(|byte| *byte != bytes[0]).then(|| Secret::new(bytes))
}
