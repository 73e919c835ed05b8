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

/// The sealed head of the ledger (台账检查点).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerHead {
    /// Name of the ledger.
    #[schema(max_length = 200, example = "xiaoqu.example.gov.cn/ledger")]
    pub origin: String,
    /// Number of sealed entries.
    #[schema(minimum = 0, example = 5120)]
    pub size: i64,
    /// Root hash of the tree (RFC 9162, 2.1), base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub root: String,
    /// Both, signed by the ledger's key: a checkpoint (C2SP tlog-checkpoint). Keep it elsewhere.
    #[schema(
        max_length = 4000,
        example = "xiaoqu.example.gov.cn/ledger\n5120\nqJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=\n\n— xiaoqu.example.gov.cn/ledger AP4e5vgNk…=\n"
    )]
    pub checkpoint: String,
    /// Keys under which checkpoints are believed (C2SP signed-note), the one in use first.
    #[schema(max_items = 100, example = json!(["xiaoqu.example.gov.cn/ledger+00fe1ee6+Ab3V4mX9…="]))]
    pub keys: Vec<String>,
    /// When the last entry was sealed.
    pub sealed_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// Size of the earlier tree.
    #[param(minimum = 1, example = 1024)]
    pub from: u64,
    /// Size of the later tree (default: the head's).
    #[param(minimum = 1, example = 5120)]
    pub to: Option<u64>,
}

/// Proof that a later tree holds all of an earlier one, unchanged and in its order (一致性证明).
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
    /// The proof's hashes in order (RFC 9162, 2.1.4), base64.
    #[schema(max_items = 64)]
    pub proof: Vec<String>,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerActor {
    /// Issuer of the token.
    #[schema(max_length = 200, example = "https://xiaoqu.example.gov.cn")]
    pub iss: String,
    /// Subject of the token; null of a resident, and where the one on file is not the one that was sealed, or was erased.
    #[schema(max_length = 200, example = "officer-17")]
    pub sub: Option<String>,
    /// Acting role, or `program`.
    #[schema(max_length = 40, example = "social_affairs_office")]
    pub role: String,
    /// OAuth client, where there was one.
    #[schema(max_length = 200)]
    pub client: Option<String>,
}

/// A sealed event in a list (台账记录).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerRow {
    /// Number of the leaf, from 0, without gaps.
    #[schema(minimum = 0, example = 1024)]
    pub seq: i64,
    pub event_id: Id,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(max_length = 80, example = "violation.confirmed")]
    pub kind: String,
    /// Kind of what it happened to.
    #[schema(max_length = 40, example = "violation")]
    pub subject_kind: String,
    /// Its id.
    #[schema(max_length = 80, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject_id: String,
    /// County, where it has a place.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    /// Township; empty for a matter of the whole county.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community; empty for a matter of the whole township.
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

/// A sealed event with its leaf and the proof that the ledger holds it (台账记录与包含证明).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntry {
    /// Number of the leaf.
    #[schema(minimum = 0, example = 1024)]
    pub seq: i64,
    /// The leaf: its bytes in UTF-8 are what is hashed. Null to a party until what it records has been served on it.
    #[schema(
        max_length = 1_000_000,
        example = "{\"id\":\"019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11\",\"type\":\"violation.confirmed\",\"subject\":{\"kind\":\"violation\",\"id\":\"019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b12\"},…}"
    )]
    pub leaf: Option<String>,
    /// SHA-256 of a zero byte and the leaf, base64.
    #[schema(max_length = 44, example = "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=")]
    pub leaf_hash: String,
    /// Size of the tree that the proof leads to.
    #[schema(minimum = 1, example = 5120)]
    pub tree_size: u64,
    /// The proof's hashes from the leaf up (RFC 9162, 2.1.3), base64.
    #[schema(max_items = 64)]
    pub inclusion_proof: Vec<String>,
    /// The signed head of that size; null where the proof is for an earlier size, whose checkpoint you hold.
    #[schema(
        max_length = 4000,
        example = "xiaoqu.example.gov.cn/ledger\n5120\nqJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE=\n\n— xiaoqu.example.gov.cn/ledger AP4e5vgNk…=\n"
    )]
    pub checkpoint: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Prove for the tree of this size (default: the head's).
    #[param(minimum = 1, example = 5120)]
    pub tree_size: Option<u64>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListEntries {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Only these types: one, several with commas between, or all of a subject as `violation.*`.
    #[serde(rename = "type")]
    #[param(max_length = 2000, example = "violation.confirmed")]
    pub kind: Option<String>,
    /// Only about this: its id, or the version of a policy.
    #[param(max_length = 80, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject_id: Option<String>,
    /// Only about this company.
    pub company_id: Option<Id>,
    /// Only about this complex.
    pub complex_id: Option<Id>,
    /// Only by this subject of a token.
    #[param(max_length = 200, example = "officer-17")]
    pub actor_sub: Option<String>,
    /// Only by this role.
    pub actor_role: Option<Role>,
    /// Only through this OAuth client.
    #[param(max_length = 200, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub actor_client: Option<String>,
    /// Recorded at this instant or later.
    #[param(example = "2026-03-02T08:00:00Z")]
    pub recorded_from: Option<Instant>,
    /// Recorded before this instant.
    #[param(example = "2026-04-01T00:00:00Z")]
    pub recorded_before: Option<Instant>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListEvents {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Only events after this `sequence`: the last that you have taken. With `cursor`, the later of the two.
    #[param(minimum = 0, example = 1024)]
    pub after: Option<i64>,
    /// Only these types: one, several with commas between, or all of a subject as `violation.*`.
    #[serde(rename = "type")]
    #[param(max_length = 2000, example = "violation.confirmed")]
    pub kind: Option<String>,
    /// Only about this: its id, or the version of a policy.
    #[param(max_length = 80, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject_id: Option<String>,
    /// Only about this company.
    pub company_id: Option<Id>,
    /// Only about this complex.
    pub complex_id: Option<Id>,
}

/// A sealed event as CloudEvents 1.0 has it (事件).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CloudEvent {
    /// Always `1.0`.
    #[schema(max_length = 3, example = "1.0")]
    pub specversion: String,
    pub id: Id,
    /// The ledger, as a reference.
    #[schema(max_length = 202, example = "//xiaoqu.example.gov.cn/ledger")]
    pub source: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(max_length = 80, example = "violation.confirmed")]
    pub kind: String,
    /// What it happened to: kind and id.
    #[schema(max_length = 121, example = "violation/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub subject: String,
    /// When it was recorded.
    pub time: Instant,
    /// Number in the ledger, with zeros before it so that texts stand in the order of numbers (CloudEvents sequence
    /// extension); numbers that you do not see are others' events.
    #[schema(min_length = 20, max_length = 20, example = "00000000000000001024")]
    pub sequence: String,
    /// Always `application/json`.
    #[schema(max_length = 20, example = "application/json")]
    pub datacontenttype: String,
    /// County, where it has a place.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    /// Township; empty for a matter of the whole county.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community; empty for a matter of the whole township.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    /// The company that it is about.
    pub companyid: Option<Id>,
    /// The complex that it is about.
    pub complexid: Option<Id>,
    /// Role that acted, or `program`.
    #[schema(max_length = 40, example = "social_affairs_office")]
    pub actorrole: String,
    /// The facts of the event; to a company or committee without the reasons, which are served with the notice or decision.
    #[schema(value_type = Object, example = json!({ "act": "nine.staff_not_in_uniform", "clause": 3, "state": "confirmed", "reasons": { "hmac_sha256": "5b1f…" } }))]
    pub data: Value,
}
