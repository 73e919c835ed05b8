use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::Id;
use crate::db::schema::companies;
use crate::db::types::Instant;

/// A property service company (物业服务企业).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = companies, treat_none_as_null = true)]
pub struct Company {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Unified social credit code (统一社会信用代码), GB 32100-2015.
    #[schema(example = "91640121MA76ABCD0B", max_length = 18)]
    pub uscc: String,
    /// Why a code whose check character does not fit was stored all the same.
    #[schema(max_length = 500)]
    pub uscc_override_reason: Option<String>,
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", max_length = 200)]
    pub name: String,
    /// Legal representative (法定代表人), as registered.
    #[schema(example = "测试人", max_length = 100)]
    pub legal_representative: String,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000000", max_length = 40)]
    pub service_hotline: String,
    /// The company that this is a branch of; branches count with it.
    pub parent_id: Option<Id>,
    /// County that keeps the company's file: GB/T 2260, 6 digits.
    #[schema(example = "640121", max_length = 6)]
    pub county: String,
    /// Its home register, which alone changes the file: the county, or the township whose office registered it.
    #[schema(example = "640121102", max_length = 9)]
    pub division: String,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A company to register (企业登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyIn {
    /// Unified social credit code (统一社会信用代码): 18 characters, the last one checks the others.
    #[schema(example = "91640121MA76ABCD0B", pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    /// Some real codes fail the check: a county role may store one with a reason, which goes to the ledger.
    #[schema(min_length = 5, max_length = 500, example = json!(null))]
    #[serde(default)]
    pub uscc_override_reason: Option<String>,
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", min_length = 2, max_length = 200)]
    pub name: String,
    /// Legal representative (法定代表人).
    #[schema(example = "测试人", min_length = 1, max_length = 100)]
    pub legal_representative: String,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000000", pattern = "^[0-9+ ()-]{3,40}$")]
    pub service_hotline: String,
    /// The company that this is a branch of.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub parent_id: Option<Id>,
}

/// A change of a company (JSON merge patch, RFC 7396): absent keeps, null clears.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyPatch {
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", min_length = 2, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Legal representative (法定代表人).
    #[schema(example = "测试人", min_length = 1, max_length = 100, nullable = false)]
    pub legal_representative: Option<String>,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000000", pattern = "^[0-9+ ()-]{3,40}$", nullable = false)]
    pub service_hotline: Option<String>,
    /// The company that this is a branch of; null: it stands alone. Another value than it has is proposed by
    /// `POST /v1/companies/{id}/changes` and approved by a second person: the parent sees what concerns its branch.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Id>)]
    pub parent_id: Option<Option<Id>>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListCompanies {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Part of the name.
    #[param(max_length = 100, example = "和泰")]
    pub q: Option<String>,
    /// This code exactly.
    #[param(max_length = 18, example = "91640121MA76ABCD0B")]
    pub uscc: Option<String>,
}
