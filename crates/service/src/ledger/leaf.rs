//! The leaf of an event: what is sealed. Its text is written once and never changed; the order of its members is fixed.

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store::Entry;
use crate::db::{Id, Instant};

/// Name of the salt for the actor's subject. The subject identifies a person, so the leaf contains only its digest.
pub const ACTOR_SUB: &str = "actor.sub";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Leaf {
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: String,
    pub subject: Subject,
    pub county: Option<String>,
    pub township: Option<String>,
    pub community: Option<String>,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    pub addressee: Option<String>,
    pub audience: String,
    pub actor: LeafActor,
    /// The request id: the caller's, or ours if the caller sent none.
    pub request_id: String,
    /// Our own request id, if the caller sent another. A caller may send the same id with many requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_request_id: Option<String>,
    pub policy_version: Option<i64>,
    pub recorded_at: Instant,
    pub business_time: Instant,
    pub data: Value,
    /// Random, so that a leaf with guessable content cannot be confirmed by its hash alone.
    pub nonce: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    pub kind: String,
    pub id: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LeafActor {
    pub iss: String,
    pub sub: Digest,
    pub role: String,
    pub client: Option<String>,
}

/// Salted digest of a text that is stored elsewhere or was erased: HMAC-SHA256 with a random salt, in hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub hmac_sha256: String,
}

impl Digest {
    pub fn of(text: &str, salt: &str) -> Digest {
        let key = hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes());
        Digest { hmac_sha256: hex::encode(hmac::sign(&key, text.as_bytes())) }
    }
}

impl Leaf {
    pub fn read(text: &str) -> Option<Leaf> {
        serde_json::from_str(text).ok()
    }

    /// Does the sealed digest of the actor match this subject?
    pub fn was_by(&self, sub: &str, salt: Option<&String>) -> bool {
        salt.is_some_and(|salt| Digest::of(sub, salt) == self.actor.sub)
    }

    /// Do the columns of the entry, which lists and filters use, match the sealed leaf?
    pub fn is_filed_as(&self, entry: &Entry) -> bool {
        let Entry {
            seq: _,
            event_id,
            kind,
            subject_kind,
            subject_id,
            county,
            township,
            community,
            company_id,
            complex_id,
            addressee,
            audience,
            actor_iss,
            actor_sub: _,
            actor_key: _,
            actor_role,
            actor_client,
            recorded_at,
        } = entry;
        (event_id, kind, recorded_at) == (&self.id, &self.kind, &self.recorded_at)
            && (subject_kind, subject_id) == (&self.subject.kind, &self.subject.id)
            && (county, township, community) == (&self.county, &self.township, &self.community)
            && (company_id, complex_id) == (&self.company_id, &self.complex_id)
            && (addressee, audience) == (&self.addressee, &self.audience)
            && (actor_iss, actor_role, actor_client) == (&self.actor.iss, &self.actor.role, &self.actor.client)
    }
}
