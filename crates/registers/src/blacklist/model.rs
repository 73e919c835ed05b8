//! Listings in the database and in the API.

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
    /// Kind of listing (名单种类).
    pub stored enum ListingKind {
        Blacklist "blacklist" "黑名单" "Blacklist"
        Restriction "restriction" "限制承接新项目" "Restriction on new complexes"
    }
}

coded_enum! {
    /// State of a listing (名单状态).
    pub enum ListingState {
        InForce "in_force" "列入中" "In force"
        Suspended "suspended" "已中止" "Suspended by an appeal"
        Expired "expired" "已期满" "Expired"
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
    /// Day since when an appeal against a ground of the measure suspends the listing.
    pub suspended_on: Option<NaiveDate>,
    /// Refusal of the last application for credit repair.
    pub repair_refusal: Json<Option<Step>>,
}

/// An application for credit repair (信用修复申请).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreditRepair {
    /// Text of the application.
    #[schema(max_length = 10000)]
    pub text: String,
    /// Evidence attached to the application.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    /// Time of the application.
    pub at: Instant,
    /// When the county authority refused it; null while pending, or if the company was delisted.
    pub refused_at: Option<Instant>,
    /// Reasons for the refusal.
    #[schema(max_length = 5000, example = "整改措施尚未落实")]
    pub refusal_reasons: Option<String>,
}

/// A listing on the blacklist or of restricted companies (名单记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Listing {
    pub id: Id,
    /// Version number; increases by one with each change.
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
    /// The measure on which the listing is based.
    pub measure_id: Id,
    /// Legal basis of the listing (法律依据).
    #[schema(max_length = 300)]
    pub legal_basis: String,
    /// Reasons of the decision.
    #[schema(max_length = 5000)]
    pub reason: String,
    /// Reason that is published.
    #[schema(max_length = 5000)]
    pub public_reason: String,
    /// First day of the listing.
    pub listed_from: NaiveDate,
    /// Last day of the listing, unless delisted earlier.
    pub listed_until: NaiveDate,
    /// Day since when the listing is suspended (中止), because an appeal against a ground of its measure is pending;
    /// otherwise null.
    pub suspended_on: Option<NaiveDate>,
    /// Day of the delisting (移出); null if not delisted.
    pub delisted_on: Option<NaiveDate>,
    /// Reasons for the delisting.
    #[schema(max_length = 5000)]
    pub delisting_reason: Option<String>,
    /// Last application for credit repair; null if none.
    pub credit_repair: Option<CreditRepair>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListBlacklist {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only this kind of listing.
    pub kind: Option<ListingKind>,
    /// Only this company.
    pub company_id: Option<Id>,
}
