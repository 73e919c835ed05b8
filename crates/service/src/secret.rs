//! A value that never appears in logs, errors or debug output.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Wraps a secret. Only [`Secret::expose`] returns the value.
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

/// The format of a 32-byte key, as error messages describe it.
pub const KEY32: &str = "base64 of exactly 32 random bytes, as `openssl rand -base64 32` prints it";

/// Parses a 32-byte key from a setting or a file: base64, surrounding whitespace allowed. `None` if it is malformed.
pub fn key32(text: &str) -> Option<Secret<[u8; 32]>> {
    let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
    // A key of one repeated byte is a forgotten placeholder.
    bytes.iter().any(|byte| *byte != bytes[0]).then(|| Secret::new(bytes))
}
