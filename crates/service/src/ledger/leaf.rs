//! A leaf: what is sealed of an event. Its text is written once and never again; its members stand in this order.

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store::Entry;
use crate::db::{Id, Instant};

/// The subject of the actor's token names a person: the leaf has its digest, under this name among the salts.
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
    /// The caller's id of the request, or ours.
    pub request_id: String,
    /// Ours, where the caller gave one: a caller may give one id to many requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_request_id: Option<String>,
    pub policy_version: Option<i64>,
    pub recorded_at: Instant,
    pub business_time: Instant,
    pub data: Value,
    /// Keeps a leaf with guessable content from being confirmed by its hash alone.
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

/// Stands for a text that is kept elsewhere or nowhere: HMAC-SHA256 under a random salt, in hex.
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

    /// Was this subject sealed as the one who acted?
    pub fn was_by(&self, sub: &str, salt: Option<&String>) -> bool {
        salt.is_some_and(|salt| Digest::of(sub, salt) == self.actor.sub)
    }

    /// Is the entry found under what was sealed? Its columns are what lists and filters look at.
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
