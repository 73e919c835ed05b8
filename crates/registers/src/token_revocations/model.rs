use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::coded_enum;
use crate::db::schema::token_revocations;
use crate::db::{Id, Instant};

coded_enum! {
    /// What is revoked (吊销对象).
    pub stored enum TokenRevocationKind {
        Subject "subject" "主体" "Every token of a subject"
        Token "token" "令牌" "One token, by its `jti`"
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
    /// Of the administrator who made it.
    pub county: String,
    /// The same; empty where residents are meant, too.
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

/// A revocation (吊销记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenRevocation {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: TokenRevocationKind,
    /// Issuer (`iss`) of the tokens.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// Their subject (`sub`), or the id (`jti`) of the one token.
    #[schema(max_length = 200, example = "officer-17")]
    pub value: String,
    /// Why.
    #[schema(max_length = 1000, example = "人员调离")]
    pub reason: String,
    /// County whose administrator made it. It ends tokens of this county: of its offices, of companies whose home register is
    /// there, and of committees of its complexes.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// It ends tokens of residents too, who belong to no county: administrators of every county see it and may lift it
    /// for residents.
    pub residents: bool,
    /// Its last moment; null: none.
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
    pub created_at: Instant,
}

/// A revocation to make (吊销).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRevocationIn {
    pub kind: TokenRevocationKind,
    /// Issuer (`iss`) of the tokens; `GET /v1/me` shows one's own.
    #[schema(min_length = 1, max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// Their subject (`sub`), or the id (`jti`) of the one token.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "officer-17")]
    pub value: String,
    /// Why; for the ledger.
    #[schema(min_length = 2, max_length = 1000, example = "人员调离")]
    pub reason: String,
    /// Does it end tokens of a resident, who belongs to no county? Then administrators of every county see it and may take it
    /// back. Default: yes where the deployment serves one county, no where it serves several.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub residents: Option<bool>,
    /// Its last moment; without it there is none.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub expires_at: Option<Instant>,
}

/// Why a revocation is taken back (撤回理由).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalIn {
    /// For the ledger.
    #[schema(min_length = 2, max_length = 1000, example = "人员复职")]
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListTokenRevocations {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
}
