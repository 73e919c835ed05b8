//! AES-256-GCM with a 32-byte key. It encrypts the keys of the keyring and the encrypted data in the database.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use super::FileError;
use crate::secret::Secret;

const NONCE: usize = 12;

/// Encrypts and decrypts. Each encryption uses a random 96-bit nonce.
pub(super) struct KeyWrapper(LessSafeKey);

impl KeyWrapper {
    pub fn new(bytes: &[u8; 32]) -> anyhow::Result<KeyWrapper> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| anyhow::anyhow!("a key is not 32 bytes"))?;
        Ok(KeyWrapper(LessSafeKey::new(key)))
    }

    /// Nonce, ciphertext and tag. `about` is authenticated but not included: decryption needs the same value.
    pub fn encrypt(&self, about: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| anyhow::anyhow!("no randomness"))?;
        let mut sealed = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about.as_bytes()), &mut sealed)
            .map_err(|_| anyhow::anyhow!("cannot encrypt"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn decrypt(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut plain = rest.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(about.as_bytes()), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

/// A 64-bit id of a secret key that reveals nothing of it.
pub(super) fn name_of(secret: &[u8; 32], purpose: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), purpose.as_bytes());
    hex::encode(&tag.as_ref()[..8])
}

/// The key that encrypts everything in the keyring.
pub struct WrappingKey {
    pub(super) wrapper: KeyWrapper,
    id: String,
}

impl WrappingKey {
    pub fn new(bytes: &[u8; 32]) -> anyhow::Result<WrappingKey> {
        Ok(WrappingKey { wrapper: KeyWrapper::new(bytes)?, id: name_of(bytes, "xiaoqu wrapping key") })
    }

    /// Id of the key, to tell a wrong key from a damaged file.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Source of the wrapping key. A file is read again at each reload, so that a new key needs no restart.
#[derive(Clone, Debug)]
pub enum Wrapping {
    Value(Secret<[u8; 32]>),
    File(std::path::PathBuf),
}

impl Wrapping {
    pub fn key(&self) -> Result<WrappingKey, FileError> {
        let bytes = match self {
            Wrapping::Value(bytes) => bytes.clone(),
            Wrapping::File(path) => {
                let fault = |why: String| FileError::Wrapping(path.display().to_string(), why);
                let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => fault(
                        "cannot be read: there is no such file; `openssl rand -base64 32` makes a wrapping key".into(),
                    ),
                    _ => fault(format!("cannot be read: {error}")),
                })?;
                crate::secret::key32(&text)
                    .ok_or_else(|| fault(format!("does not contain a key; accepted: {}", crate::secret::KEY32)))?
            }
        };
        WrappingKey::new(bytes.expose()).map_err(|error| FileError::Wrapping("wrapping key".into(), error.to_string()))
    }
}
