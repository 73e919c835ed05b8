use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::schema::revocations;
use crate::db::{Id, Instant};
use crate::{code_column, coded_enum};

coded_enum! {
    /// What is revoked (吊销对象).
    #[derive(diesel::AsExpression, diesel::FromSqlRow)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub enum RevocationKind {
        Subject "subject" "主体" "Every token of a subject"
        Token "token" "令牌" "One token, by its `jti`"
    }
}
code_column!(RevocationKind);

/// A revocation (吊销记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Queryable, Insertable)]
#[diesel(table_name = revocations)]
pub struct Revocation {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: RevocationKind,
    /// Issuer (`iss`) of the tokens.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// Their subject (`sub`), or the id (`jti`) of the one token.
    #[schema(max_length = 200, example = "officer-17")]
    pub value: String,
    /// Why.
    #[schema(max_length = 1000, example = "人员调离")]
    pub reason: String,
    /// County whose administrator made it. It ends tokens for places in this county, and tokens without a division.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Its last moment; null: none.
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
    pub created_at: Instant,
}

/// A revocation to make (吊销).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationIn {
    pub kind: RevocationKind,
    /// Issuer (`iss`) of the tokens; `GET /v1/me` shows one's own.
    #[schema(min_length = 1, max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// Their subject (`sub`), or the id (`jti`) of the one token.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "officer-17")]
    pub value: String,
    /// Why; for the ledger.
    #[schema(min_length = 2, max_length = 1000, example = "人员调离")]
    pub reason: String,
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
pub struct ListRevocations {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
}
