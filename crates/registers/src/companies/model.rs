//! Companies in the database and in the API.

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
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// USCC (统一社会信用代码; GB 32100-2015).
    #[schema(example = "91640121MA76ABCD0B", max_length = 18)]
    pub uscc: String,
    /// Why the code was stored although its check character is wrong; null if the check character is correct.
    #[schema(max_length = 500)]
    pub uscc_override_reason: Option<String>,
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", max_length = 200)]
    pub name: String,
    /// Legal representative (法定代表人), as registered.
    #[schema(example = "马立新", max_length = 100)]
    pub legal_representative: String,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000000", max_length = 40)]
    pub service_hotline: String,
    /// Parent company; null if this is not a branch. Branches count with their parent.
    pub parent_id: Option<Id>,
    /// County of the registering office: GB/T 2260, 6 digits.
    #[schema(example = "640121", max_length = 6)]
    pub county: String,
    /// Division of the registering office, which alone may change the company: a county (6 digits) or a township (9
    /// digits).
    #[schema(example = "640121102", max_length = 9)]
    pub division: String,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A company to register (企业登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyIn {
    /// USCC (统一社会信用代码): 18 characters; the last one is the check character.
    #[schema(example = "91640121MA76ABCD0B", pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    /// Reason for storing a code whose check character is wrong; county authority only. Some genuine codes fail the
    /// check. The ledger stores a digest of the reason.
    #[schema(min_length = 5, max_length = 500, example = json!(null))]
    #[serde(default)]
    pub uscc_override_reason: Option<String>,
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", min_length = 2, max_length = 200)]
    pub name: String,
    /// Legal representative (法定代表人).
    #[schema(example = "马立新", min_length = 1, max_length = 100)]
    pub legal_representative: String,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000000", pattern = "^[0-9+ ()-]{3,40}$")]
    pub service_hotline: String,
    /// Parent company, if this is a branch.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub parent_id: Option<Id>,
}

/// A change of a company (JSON merge patch, RFC 7396): absent members do not change, null clears.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyPatch {
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", min_length = 2, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Legal representative (法定代表人).
    #[schema(example = "马立新", min_length = 1, max_length = 100, nullable = false)]
    pub legal_representative: Option<String>,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000000", pattern = "^[0-9+ ()-]{3,40}$", nullable = false)]
    pub service_hotline: Option<String>,
    /// Parent company; null: no branch. To change it, propose it with `POST /v1/companies/{id}/changes`: a second
    /// person must approve, because a parent sees the cases of its branches.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Id>)]
    pub parent_id: Option<Option<Id>>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListCompanies {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Part of the name.
    #[param(max_length = 100, example = "和泰")]
    pub q: Option<String>,
    /// Exact USCC.
    #[param(max_length = 18, example = "91640121MA76ABCD0B")]
    pub uscc: Option<String>,
}
