//! Token revocations in the database and in the API.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::coded_enum;
use crate::db::schema::token_revocations;
use crate::db::{Id, Instant};

coded_enum! {
    /// What is revoked (吊销对象).
    pub stored enum TokenRevocationKind {
        Subject "subject" "主体" "All tokens of a subject"
        Token "token" "令牌" "A single token, by its `jti`"
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = token_revocations)]
pub struct TokenRevocationRow {
    pub id: Id,
    pub version: i64,
    pub kind: TokenRevocationKind,
    pub issuer: String,
    pub value: String,
    pub reason: String,
    /// County of the administrator who created it.
    pub county: String,
    /// The same county; empty if tokens of residents are revoked, too.
    pub reach: String,
    pub expires_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
    pub created_at: Instant,
}

impl From<TokenRevocationRow> for TokenRevocation {
    fn from(row: TokenRevocationRow) -> TokenRevocation {
        TokenRevocation {
            residents: row.reach.is_empty(),
            id: row.id,
            version: row.version,
            kind: row.kind,
            issuer: row.issuer,
            value: row.value,
            reason: row.reason,
            county: row.county,
            expires_at: row.expires_at,
            withdrawn_at: row.withdrawn_at,
            created_at: row.created_at,
        }
    }
}

/// A token revocation (令牌吊销).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenRevocation {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: TokenRevocationKind,
    /// Issuer (`iss`) of the tokens.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// The subject (`sub`), or the id (`jti`) of a single token.
    #[schema(max_length = 200, example = "officer-17")]
    pub value: String,
    /// Reason for the revocation.
    #[schema(max_length = 1000, example = "人员调离")]
    pub reason: String,
    /// County of the administrator who created it. Tokens of this county are refused: of its offices, of companies
    /// registered there, and of committees of its complexes.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// True if tokens of residents are refused, too. Residents have no county, so administrators of every county see
    /// the revocation and may lift it for residents.
    pub residents: bool,
    /// When it ends; null: never.
    pub expires_at: Option<Instant>,
    /// When it was withdrawn; null if it is in force.
    pub withdrawn_at: Option<Instant>,
    pub created_at: Instant,
}

/// A token revocation to create (吊销).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRevocationIn {
    pub kind: TokenRevocationKind,
    /// Issuer (`iss`) of the tokens. `GET /v1/me` returns your own.
    #[schema(min_length = 1, max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// The subject (`sub`), or the id (`jti`) of a single token.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "officer-17")]
    pub value: String,
    /// Reason; the ledger stores its digest.
    #[schema(min_length = 2, max_length = 1000, example = "人员调离")]
    pub reason: String,
    /// True to refuse tokens of residents, too. Residents have no county, so administrators of every county see the
    /// revocation and may lift it for residents. Default: true if the deployment serves one county, otherwise false.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub residents: Option<bool>,
    /// When it ends, in the future; without it, never.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub expires_at: Option<Instant>,
}

/// Reason for withdrawing a revocation (撤回理由).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalIn {
    /// The reason; the ledger stores its digest.
    #[schema(min_length = 2, max_length = 1000, example = "人员复职")]
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListTokenRevocations {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
}
