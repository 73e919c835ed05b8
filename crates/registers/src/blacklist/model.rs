use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::listings;
use crate::db::types::{Instant, Json};
use crate::proceedings::model::{Evidence, Statement, Step};

coded_enum! {
    /// Which list (名单种类).
    pub stored enum ListingKind {
        Blacklist "blacklist" "黑名单" "Blacklist"
        Restriction "restriction" "限制承接新项目" "Restriction on new complexes"
    }
}

coded_enum! {
    /// Where an entry stands (名单状态).
    pub enum ListingState {
        InForce "in_force" "列入中" "In force"
        Suspended "suspended" "中止" "Suspended by an appeal"
        Expired "expired" "期满" "Expired"
        Delisted "delisted" "已移出" "Delisted"
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = listings)]
pub struct ListingRow {
    pub id: Id,
    pub version: i64,
    pub kind: ListingKind,
    pub company_id: Id,
    pub county: String,
    pub measure_id: Id,
    pub legal_basis: String,
    pub reason: String,
    pub public_reason: String,
    pub listed_from: NaiveDate,
    pub listed_until: NaiveDate,
    pub delisted_on: Option<NaiveDate>,
    pub delisting_reason: Option<String>,
    pub repair: Json<Option<Statement>>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Since when an appeal against a ground of its measure suspends it.
    pub suspended_on: Option<NaiveDate>,
    /// Why the last application for credit repair was refused.
    pub repair_refusal: Json<Option<Step>>,
}

/// A company's application for credit repair (信用修复申请).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreditRepair {
    /// What it says.
    #[schema(max_length = 10000)]
    pub text: String,
    /// Its evidence.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    /// When the county refused it; null while it waits, and where it was granted by removal.
    pub refused_at: Option<Instant>,
    /// Why it was refused.
    #[schema(max_length = 5000, example = "整改措施尚未落实")]
    pub refusal_reasons: Option<String>,
}

/// An entry of the blacklist or of the restrictions (名单记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Listing {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: ListingKind,
    pub state: ListingState,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// USCC of the company.
    #[schema(max_length = 18, example = "91640121MA76ABCD0B")]
    pub company_uscc: String,
    /// County of the list.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// The measure that put it there, with its reasons and grounds.
    pub measure_id: Id,
    /// Law or regulation that it rests on.
    #[schema(max_length = 300)]
    pub legal_basis: String,
    /// Reasons of the decision.
    #[schema(max_length = 5000)]
    pub reason: String,
    /// What is made public of it.
    #[schema(max_length = 5000)]
    pub public_reason: String,
    /// First day on the list.
    pub listed_from: NaiveDate,
    /// Last day on the list, unless removed before.
    pub listed_until: NaiveDate,
    /// Since when it has no effect, because an appeal against a ground of its measure is pending (中止).
    pub suspended_on: Option<NaiveDate>,
    /// Day of removal from the list.
    pub delisted_on: Option<NaiveDate>,
    /// Why it was removed.
    #[schema(max_length = 5000)]
    pub delisting_reason: Option<String>,
    pub credit_repair: Option<CreditRepair>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListBlacklist {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this list.
    pub kind: Option<ListingKind>,
    /// Only this company.
    pub company_id: Option<Id>,
}
