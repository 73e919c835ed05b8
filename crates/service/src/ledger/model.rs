//! Schemas and parameters of the ledger operations.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::access::Role;
use crate::db::{Id, Instant};

pub fn base64(hash: &[u8]) -> String {
    STANDARD.encode(hash)
}

/// The current head of the ledger (台账检查点).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerHead {
    /// Name of the ledger.
    #[schema(max_length = 200, example = "xiaoqu.example.gov.cn/ledger")]
    pub origin: String,
    /// Number of sealed entries.
    #[schema(minimum = 0, example = 5120)]
    pub size: i64,
    /// Root hash of the Merkle tree (RFC 9162, 2.1), base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub root: String,
    /// Signed checkpoint (C2SP tlog-checkpoint) with the name, the size and the root hash. Keep a copy elsewhere.
    #[schema(
        max_length = 4000,
        example = "xiaoqu.example.gov.cn/ledger\n5120\nqJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=\n\n— xiaoqu.example.gov.cn/ledger AP4e5vgNk…=\n"
    )]
    pub checkpoint: String,
    /// Keys that verify checkpoints (C2SP signed-note), the active key first.
    #[schema(max_items = 100, example = json!(["xiaoqu.example.gov.cn/ledger+00fe1ee6+Ab3V4mX9…="]))]
    pub keys: Vec<String>,
    /// Instant when the last entry was sealed.
    pub sealed_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// Size of the earlier tree.
    #[param(minimum = 1, example = 1024)]
    pub from: u64,
    /// Size of the later tree (default: the current size).
    #[param(minimum = 1, example = 5120)]
    pub to: Option<u64>,
}

/// Proof that a later tree contains all entries of an earlier one, unchanged and in the same order (一致性证明).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Consistency {
    /// Size of the earlier tree.
    #[schema(minimum = 1, example = 1024)]
    pub from: u64,
    /// Size of the later tree.
    #[schema(minimum = 1, example = 5120)]
    pub to: u64,
    /// Root hash of the earlier tree, base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub from_root: String,
    /// Root hash of the later tree, base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub to_root: String,
    /// Hashes of the proof, in order (RFC 9162, 2.1.4), base64.
    #[schema(max_items = 64)]
    pub proof: Vec<String>,
}

/// Who performed an action (经办人).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerActor {
    /// Issuer of the token.
    #[schema(max_length = 200, example = "https://xiaoqu.example.gov.cn")]
    pub iss: String,
    /// Subject of the token; null for residents, after erasure, and if it no longer matches the sealed digest.
    #[schema(max_length = 200, example = "officer-17")]
    pub sub: Option<String>,
    /// Role in which the actor acted, or `program` for the service itself.
    #[schema(max_length = 40, example = "social_affairs_office")]
    pub role: String,
    /// OAuth client; null if none was used.
    #[schema(max_length = 200)]
    pub client: Option<String>,
}

/// A ledger entry in a list (台账记录).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerRow {
    /// Number of the entry, from 0, without gaps.
    #[schema(minimum = 0, example = 1024)]
    pub seq: i64,
    pub event_id: Id,
    /// Event type.
    #[serde(rename = "type")]
    #[schema(max_length = 80, example = "violation.confirmed")]
    pub kind: String,
    /// Kind of resource that the event is about.
    #[schema(max_length = 40, example = "violation")]
    pub subject_kind: String,
    /// Id of that resource, or the version of a policy.
    #[schema(max_length = 80, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject_id: String,
    /// County; null for events without a territory.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    /// Township; empty for a matter of the whole county, null for events without a territory.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community; empty for a matter of the whole township, null for events without a territory.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    pub actor: LedgerActor,
    pub recorded_at: Instant,
    /// Hash of the leaf (RFC 9162, 2.1), base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub leaf_hash: String,
}

/// A ledger entry with its leaf and its inclusion proof (台账记录与包含证明).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntry {
    /// Number of the entry.
    #[schema(minimum = 0, example = 1024)]
    pub seq: i64,
    /// The leaf. Its UTF-8 bytes are hashed. Null for a party until the notice or decision that it records has been
    /// delivered.
    #[schema(
        max_length = 1_000_000,
        example = "{\"id\":\"019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11\",\"type\":\"violation.confirmed\",\"subject\":{\"kind\":\"violation\",\"id\":\"019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b12\"},…}"
    )]
    pub leaf: Option<String>,
    /// SHA-256 of a zero byte followed by the leaf, base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub leaf_hash: String,
    /// Size of the tree that the proof refers to.
    #[schema(minimum = 1, example = 5120)]
    pub tree_size: u64,
    /// Hashes of the proof, from the leaf up (RFC 9162, 2.1.3), base64.
    #[schema(max_items = 64)]
    pub inclusion_proof: Vec<String>,
    /// Signed checkpoint of this tree size; null for an earlier size, whose checkpoint you have.
    #[schema(
        max_length = 4000,
        example = "xiaoqu.example.gov.cn/ledger\n5120\nqJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=\n\n— xiaoqu.example.gov.cn/ledger AP4e5vgNk…=\n"
    )]
    pub checkpoint: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Prove inclusion in the tree of this size (default: the current size).
    #[param(minimum = 1, example = 5120)]
    pub tree_size: Option<u64>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListEntries {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Filter by event type: one, several separated by commas, or all types of a subject such as `violation.*`.
    #[serde(rename = "type")]
    #[param(max_length = 2000, example = "violation.confirmed")]
    pub kind: Option<String>,
    /// Filter by the resource that the event is about: its id, or the version of a policy.
    #[param(max_length = 80, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject_id: Option<String>,
    /// Filter by company.
    pub company_id: Option<Id>,
    /// Filter by complex.
    pub complex_id: Option<Id>,
    /// Filter by the actor's subject. Never matches residents.
    #[param(max_length = 200, example = "officer-17")]
    pub actor_sub: Option<String>,
    /// Filter by the actor's role.
    pub actor_role: Option<Role>,
    /// Filter by OAuth client.
    #[param(max_length = 200, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub actor_client: Option<String>,
    /// Recorded at or after this instant.
    #[param(example = "2026-03-02T08:00:00Z")]
    pub recorded_from: Option<Instant>,
    /// Recorded before this instant.
    #[param(example = "2026-04-01T00:00:00Z")]
    pub recorded_before: Option<Instant>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListEvents {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Only events after this `sequence`: that of the last event you processed. With `cursor`, the later position
    /// applies.
    #[param(minimum = 0, example = 1024)]
    pub after: Option<i64>,
    /// Filter by event type: one, several separated by commas, or all types of a subject such as `violation.*`.
    #[serde(rename = "type")]
    #[param(max_length = 2000, example = "violation.confirmed")]
    pub kind: Option<String>,
    /// Filter by the resource that the event is about: its id, or the version of a policy.
    #[param(max_length = 80, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject_id: Option<String>,
    /// Filter by company.
    pub company_id: Option<Id>,
    /// Filter by complex.
    pub complex_id: Option<Id>,
}

/// A sealed event (事件) in the format of CloudEvents 1.0.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CloudEvent {
    /// Always `1.0`.
    #[schema(max_length = 3, example = "1.0")]
    pub specversion: String,
    pub id: Id,
    /// The ledger, as a URI reference.
    #[schema(max_length = 202, example = "//xiaoqu.example.gov.cn/ledger")]
    pub source: String,
    /// Event type.
    #[serde(rename = "type")]
    #[schema(max_length = 80, example = "violation.confirmed")]
    pub kind: String,
    /// Kind and id of the resource that the event is about.
    #[schema(max_length = 121, example = "violation/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject: String,
    /// Instant when it was recorded.
    pub time: Instant,
    /// Entry number in the ledger, with leading zeros so that strings sort like numbers (CloudEvents sequence
    /// extension). Gaps are events that you may not see.
    #[schema(min_length = 20, max_length = 20, example = "00000000000000001024")]
    pub sequence: String,
    /// Always `application/json`.
    #[schema(max_length = 20, example = "application/json")]
    pub datacontenttype: String,
    /// County; null for events without a territory.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    /// Township; empty for a matter of the whole county, null for events without a territory.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community; empty for a matter of the whole township, null for events without a territory.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    /// Company that the event is about; null if none.
    pub companyid: Option<Id>,
    /// Complex that the event is about; null if none.
    pub complexid: Option<Id>,
    /// Role in which the actor acted, or `program` for the service itself.
    #[schema(max_length = 40, example = "social_affairs_office")]
    pub actorrole: String,
    /// Facts of the event. Companies and committees do not get the reasons, which are delivered with the notice or
    /// decision.
    #[schema(value_type = Object, example = json!({ "act": "nine.staff_not_in_uniform", "clause": 3, "state": "confirmed", "reasons": { "hmac_sha256": "5b1f…" } }))]
    pub data: Value,
}
