//! Policy versions in requests and responses.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{PolicyDocument, PolicyState};
use super::store::PolicyRow;
use crate::db::Id;
use crate::db::types::Instant;
use crate::http::Entity;
use crate::problem::Problem;

/// A policy version to publish (发布政策).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyIn {
    /// First day in force: between tomorrow and twelve months from today. If two versions start on the same day, the
    /// one with the higher number governs.
    #[schema(example = "2027-01-01")]
    pub effective_from: NaiveDate,
    pub document: PolicyDocument,
}

/// Approval by a second person (批准).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyApprovalIn {
    /// Note on the approval; the ledger stores its digest.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 1000, example = "经局长办公会讨论通过")]
    pub note: Option<String>,
}

/// A policy version (政策版本).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Policy {
    /// Version number, unique in the deployment.
    #[schema(minimum = 1)]
    pub version: i64,
    /// County that it governs; null: every county without a policy of its own.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    pub state: PolicyState,
    /// First day in force.
    pub effective_from: NaiveDate,
    /// SHA-256 of the stored document, in hex.
    #[schema(max_length = 64)]
    pub digest: String,
    pub submitted_at: Instant,
    /// When the second person approved it; null for a draft, even a withdrawn one.
    pub published_at: Option<Instant>,
    /// When the county authority withdrew the draft; null if it did not.
    pub withdrawn_at: Option<Instant>,
    pub document: PolicyDocument,
}

/// A policy version without its document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicySummary {
    /// Version number, unique in the deployment.
    #[schema(minimum = 1)]
    pub version: i64,
    /// County that it governs; null: every county without a policy of its own.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    pub state: PolicyState,
    /// First day in force.
    pub effective_from: NaiveDate,
    /// Title (名称).
    #[schema(max_length = 200, example = "物业服务行业监管规则（内置默认）")]
    pub title: String,
    /// SHA-256 of the stored document, in hex.
    #[schema(max_length = 64)]
    pub digest: String,
    pub submitted_at: Instant,
    /// When the second person approved it; null for a draft, even a withdrawn one.
    pub published_at: Option<Instant>,
    /// When the county authority withdrew the draft; null if it did not.
    pub withdrawn_at: Option<Instant>,
}

fn named(county: String) -> Option<String> {
    Some(county).filter(|county| !county.is_empty())
}

pub fn summary(row: PolicyRow) -> PolicySummary {
    PolicySummary {
        version: row.version,
        state: row.state(),
        county: named(row.county),
        effective_from: row.effective_from,
        title: row.title,
        digest: row.digest,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        withdrawn_at: row.withdrawn_at,
    }
}

pub fn view(row: PolicyRow) -> Result<Entity<Policy>, Problem> {
    let document = serde_json::from_str(&row.document).map_err(|error| {
        Problem::broken_by("a stored policy cannot be read", format_args!("version {}: {error}", row.version))
    })?;
    let policy = Policy {
        version: row.version,
        state: row.state(),
        county: named(row.county),
        effective_from: row.effective_from,
        digest: row.digest,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        withdrawn_at: row.withdrawn_at,
        document,
    };
    let mut entity = Entity::new(Id::default(), row.version, policy);
    entity.id = None;
    Ok(entity)
}
