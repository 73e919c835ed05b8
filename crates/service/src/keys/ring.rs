//! The keys in memory: which key is active at a given time, and which still verify or decrypt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, SubsecRound, Utc};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};

use super::wrapping::{KeyWrapper, name_of};
use crate::secret::Secret;

/// A token lives for at most a day (`access_token_minutes`), and clocks differ by up to a minute.
const TOKEN_KEY_OUTLIVES: Duration = Duration::minutes(24 * 60 + 2);

/// An instant of real time, in whole seconds.
pub type Moment = DateTime<Utc>;

/// What a key is used for. A key has only one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Signs access tokens.
    Token,
    /// Signs the ledger's checkpoints.
    Ledger,
    /// Encrypts stored responses and personal data.
    Data,
    /// Makes the blind index for the phone search.
    Index,
}

impl Use {
    pub const ALL: [Use; 4] = [Use::Token, Use::Ledger, Use::Data, Use::Index];
    /// Every keyring needs one key of each of these uses. Keyrings from before index keys existed can still be read, so
    /// that an index key can be added.
    const NEEDED: [Use; 3] = [Use::Token, Use::Ledger, Use::Data];

    pub fn name(self) -> &'static str {
        match self {
            Use::Token => "token",
            Use::Ledger => "ledger",
            Use::Data => "data",
            Use::Index => "index",
        }
    }
}

/// State of a key at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Published but not used yet.
    Pending,
    /// Active: signs or encrypts.
    Active,
    /// No longer signs or encrypts, but still verifies or decrypts.
    Superseded,
    /// Everything that it signed has expired.
    Expired,
}

/// A key in the keyring.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub usage: Use,
    pub created_at: Moment,
    /// When it becomes active. It stays active until the next key of its use does.
    pub active_from: Moment,
    /// Ed25519 public key. `None` for data keys and index keys.
    pub public: Option<[u8; 32]>,
    /// Ed25519 seed, AES key or HMAC key.
    pub secret: Secret<[u8; 32]>,
}

impl Key {
    pub fn generate(usage: Use, now: Moment, active_from: Moment) -> anyhow::Result<Key> {
        let mut secret = [0u8; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| anyhow::anyhow!("no randomness"))?;
        Key::of(usage, secret, now, active_from)
    }

    /// A key whose id is derived from its secret, so that no other key can have the same id.
    pub fn of(usage: Use, secret: [u8; 32], created_at: Moment, active_from: Moment) -> anyhow::Result<Key> {
        let (public, name) = match usage {
            Use::Data => (None, name_of(&secret, "xiaoqu data key")),
            Use::Index => (None, name_of(&secret, "xiaoqu index key")),
            Use::Token | Use::Ledger => {
                let pair = Ed25519KeyPair::from_seed_unchecked(&secret).map_err(|_| anyhow::anyhow!("not a seed"))?;
                let public: [u8; 32] = pair.public_key().as_ref().try_into()?;
                (Some(public), hex::encode(&digest(&SHA256, &public).as_ref()[..8]))
            }
        };
        let id = format!("{}-{name}", usage.name());
        let secret = Secret::new(secret);
        Ok(Key {
            id,
            usage,
            created_at: created_at.trunc_subsecs(0),
            active_from: active_from.trunc_subsecs(0),
            public,
            secret,
        })
    }
}

/// Signs and verifies access tokens.
pub struct TokenKey {
    pub key: Key,
    pub jwk: Jwk,
    encoding: EncodingKey,
    decoding: Arc<DecodingKey>,
}

/// Signs the ledger's checkpoints. An Ed25519 seed for the `signed_note` crate.
pub struct LedgerKey {
    pub key: Key,
    pub public: [u8; 32],
}

/// Encrypts data in the database.
pub struct DataKey {
    pub key: Key,
    wrapper: KeyWrapper,
    /// The database has recorded this key. Until then, whoever encrypts with it must record it first.
    known: AtomicBool,
}

/// Makes the digests by which rows are found for a phone number. Without the key, nobody can compute them.
pub struct IndexKey {
    pub key: Key,
    hmac: hmac::Key,
}

/// All keys, decrypted. The active key of a use is the last one whose time has come.
pub struct Keyring {
    token: Vec<TokenKey>,
    ledger: Vec<LedgerKey>,
    data: Vec<DataKey>,
    /// Empty in a keyring from before index keys existed.
    index: Vec<IndexKey>,
}

impl Keyring {
    pub fn new(keys: Vec<Key>) -> anyhow::Result<Keyring> {
        let mut ring = Keyring { token: Vec::new(), ledger: Vec::new(), data: Vec::new(), index: Vec::new() };
        for key in keys {
            match key.usage {
                Use::Token => ring.token.push(TokenKey::new(key)?),
                Use::Ledger => ring.ledger.push(LedgerKey { public: key.public.context("no public key")?, key }),
                Use::Data => ring.data.push(DataKey::new(key)?),
                Use::Index => ring.index.push(IndexKey::new(key)),
            }
        }
        ring.token.sort_by_key(|one| one.key.active_from);
        ring.ledger.sort_by_key(|one| one.key.active_from);
        ring.data.sort_by_key(|one| one.key.active_from);
        ring.index.sort_by_key(|one| one.key.active_from);
        let none = Use::NEEDED.into_iter().find(|usage| !ring.keys().any(|key| key.usage == *usage));
        match none {
            Some(usage) => anyhow::bail!("there is no {} key", usage.name()),
            None => Ok(ring),
        }
    }

    /// One new key for each use, active at once.
    pub fn generate(now: Moment) -> anyhow::Result<Keyring> {
        Keyring::new(Use::ALL.into_iter().map(|usage| Key::generate(usage, now, now)).collect::<anyhow::Result<_>>()?)
    }

    /// All keys by use, oldest first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        let token = self.token.iter().map(|one| &one.key);
        let ledger = self.ledger.iter().map(|one| &one.key);
        let data = self.data.iter().map(|one| &one.key);
        token.chain(ledger).chain(data).chain(self.index.iter().map(|one| &one.key))
    }

    pub fn token_key(&self, now: Moment) -> &TokenKey {
        &self.token[active_index(self.token.iter().map(|one| &one.key), now)]
    }

    /// Keys that verify tokens: keys not active yet, so that everyone knows them before they sign, the active key, and
    /// keys whose tokens can still be valid.
    pub fn published(&self, now: Moment) -> impl Iterator<Item = &TokenKey> {
        self.token.iter().filter(move |one| self.state(&one.key, now) != State::Expired)
    }

    pub fn ledger_key(&self, now: Moment) -> &LedgerKey {
        &self.ledger[active_index(self.ledger.iter().map(|one| &one.key), now)]
    }

    /// All past, current and future keys that sign checkpoints.
    pub fn ledger_keys(&self) -> &[LedgerKey] {
        &self.ledger
    }

    pub fn has_ledger_key(&self, id: &str) -> bool {
        self.ledger.iter().any(|one| one.key.id == id)
    }

    pub fn data_key(&self, now: Moment) -> &DataKey {
        &self.data[active_index(self.data.iter().map(|one| &one.key), now)]
    }

    pub fn data_key_of(&self, id: &str) -> Option<&DataKey> {
        self.data.iter().find(|one| one.key.id == id)
    }

    pub fn data_key_ids(&self) -> Vec<String> {
        self.data.iter().map(|one| one.key.id.clone()).collect()
    }

    /// Data keys that may not be recorded in the database yet.
    pub fn unknown_to_store(&self) -> Vec<String> {
        self.data.iter().filter(|one| !one.is_known()).map(|one| one.key.id.clone()).collect()
    }

    pub fn known_to_store(&self, ids: &[String]) {
        for one in self.data.iter().filter(|one| ids.contains(&one.key.id)) {
            one.known.store(true, Ordering::Relaxed);
        }
    }

    /// `None` only in a keyring from before index keys existed. `serve` does not start with one.
    pub fn index_key(&self, now: Moment) -> Option<&IndexKey> {
        (!self.index.is_empty()).then(|| &self.index[active_index(self.index.iter().map(|one| &one.key), now)])
    }

    pub fn index_keys(&self) -> &[IndexKey] {
        &self.index
    }

    pub fn data_keys(&self) -> &[DataKey] {
        &self.data
    }

    pub fn state(&self, key: &Key, now: Moment) -> State {
        let same: Vec<&Key> = self.keys().filter(|one| one.usage == key.usage).collect();
        let active = same[active_index(same.iter().copied(), now)];
        if active.id == key.id {
            return State::Active;
        }
        if key.active_from > active.active_from {
            return State::Pending;
        }
        let superseded_at = same.iter().map(|one| one.active_from).find(|at| *at > key.active_from);
        match superseded_at {
            Some(at) if key.usage == Use::Token && at + TOKEN_KEY_OUTLIVES <= now => State::Expired,
            _ => State::Superseded,
        }
    }
}

/// Index of the last key that has become active, or 0 if none has.
fn active_index<'a>(keys: impl Iterator<Item = &'a Key>, now: Moment) -> usize {
    keys.enumerate().filter(|(_, key)| key.active_from <= now).map(|(index, _)| index).last().unwrap_or(0)
}

impl TokenKey {
    fn new(key: Key) -> anyhow::Result<TokenKey> {
        // RFC 8410: the PKCS#8 form of an Ed25519 seed starts with this fixed header.
        const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let encoding = EncodingKey::from_ed_der(&[HEAD.as_slice(), key.secret.expose()].concat());
        let mut jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA)?;
        jwk.common.key_id = Some(key.id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let decoding = Arc::new(DecodingKey::from_jwk(&jwk)?);
        Ok(TokenKey { key, jwk, encoding, decoding })
    }

    /// Signs an access token (RFC 9068).
    pub fn sign(&self, claims: &serde_json::Value) -> anyhow::Result<String> {
        let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".into());
        header.kid = Some(self.key.id.clone());
        Ok(jsonwebtoken::encode(&header, claims, &self.encoding)?)
    }

    pub fn decoding(&self) -> Arc<DecodingKey> {
        self.decoding.clone()
    }
}

impl LedgerKey {
    pub fn id(&self) -> &str {
        &self.key.id
    }

    /// The Ed25519 seed (RFC 8032).
    pub fn seed(&self) -> &[u8; 32] {
        self.key.secret.expose()
    }

    /// The verifier key of a C2SP signed note: `name+hash+key`.
    pub fn verifier_key(&self, name: &str) -> String {
        let public = tagged(&self.public);
        format!("{name}+{:08x}+{}", signed_note::key_id(name, &public), STANDARD.encode(&public))
    }

    /// The signer key of a C2SP signed note, a secret: `PRIVATE+KEY+name+hash+key`.
    pub fn signer_key(&self, name: &str) -> String {
        let id = signed_note::key_id(name, &tagged(&self.public));
        format!("PRIVATE+KEY+{name}+{id:08x}+{}", STANDARD.encode(tagged(self.seed())))
    }
}

/// The key with the byte that means Ed25519 in a signed note.
fn tagged(key: &[u8; 32]) -> Vec<u8> {
    [&[1u8], key.as_slice()].concat()
}

impl DataKey {
    fn new(key: Key) -> anyhow::Result<DataKey> {
        Ok(DataKey { wrapper: KeyWrapper::new(key.secret.expose())?, key, known: AtomicBool::new(false) })
    }

    pub fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    pub fn encrypt(&self, about: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.wrapper.encrypt(about, plain)
    }

    pub fn decrypt(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.wrapper.decrypt(about, sealed)
    }
}

impl IndexKey {
    fn new(key: Key) -> IndexKey {
        IndexKey { hmac: hmac::Key::new(hmac::HMAC_SHA256, key.secret.expose()), key }
    }

    /// HMAC-SHA256 in hex. `about` separates digests for different purposes.
    pub fn digest(&self, about: &str, value: &str) -> String {
        hex::encode(hmac::sign(&self.hmac, format!("{about}\0{value}").as_bytes()))
    }
}
