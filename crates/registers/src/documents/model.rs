//! Official documents in the database and in the API.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Actor, Role};
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::documents;
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::proceedings::view::Officer;
pub use crate::words::documents::DocumentKind;

coded_enum! {
    /// State of an official document (文书状态).
    #[schema(example = "valid")]
    pub stored enum DocumentState {
        Valid "valid" "有效" "Valid"
        Withdrawn "withdrawn" "已撤回" "Withdrawn"
    }
}

coded_enum! {
    /// Subject of an official document (文书对象).
    #[schema(example = "violation")]
    pub stored enum DocumentSubject {
        Contract "contract" "物业服务合同" "Service contract"
        Document "document" "文书" "Official document"
        Measure "measure" "处置措施" "Measure"
        Violation "violation" "违规行为" "Violation"
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = documents)]
pub struct DocumentRow {
    pub id: Id,
    pub version: i64,
    pub kind: DocumentKind,
    pub state: DocumentState,
    pub subject_kind: DocumentSubject,
    pub subject_id: Id,
    /// The violation that the document is about, directly or through a measure.
    pub violation_id: Option<Id>,
    /// For a measure: its responsible office.
    pub handler_role: Option<Role>,
    pub handler_division: Option<String>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    /// True if the company may see the document.
    pub delivered: bool,
    pub office_role: Role,
    pub office_division: String,
    pub office_name: String,
    pub number: String,
    pub title: String,
    pub addressee: String,
    pub policy_version: i64,
    pub issued_on: NaiveDate,
    pub issued_at: Instant,
    pub issued_by: Json<Actor>,
    pub code: String,
    pub digest: String,
    pub withdrawn_on: Option<NaiveDate>,
    pub withdrawal_reason: Option<String>,
    pub updated_at: Instant,
}

impl DocumentRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// An official document (文书). `GET /v1/documents/{id}/content` returns its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfficialDocument {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: DocumentKind,
    pub state: DocumentState,
    /// Document number (发文字号), without gaps for each document prefix and year.
    #[schema(max_length = 40, example = "望社〔2026〕12号")]
    pub number: String,
    /// Title (标题).
    #[schema(max_length = 100, example = "责令整改通知书")]
    pub title: String,
    pub subject_kind: DocumentSubject,
    /// Id of the violation, measure, contract or document that it is about.
    pub subject_id: Id,
    /// Company that the document concerns; null if none.
    pub company_id: Option<Id>,
    /// Complex that the document concerns; null if none.
    pub complex_id: Option<Id>,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits; null if it concerns the whole county.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community, 12 digits; null if it concerns the whole township.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    pub office_role: Role,
    /// Division of the issuing office.
    #[schema(max_length = 12, example = "640121102")]
    pub office_division: String,
    /// Name of the issuing body (发文机关) at the time of issue.
    #[schema(max_length = 100, example = "永宁县望远镇人民政府")]
    pub office_name: String,
    /// Addressee (主送).
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub addressee: String,
    /// Policy version whose template was used.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// Day of issue (成文日期).
    pub issued_on: NaiveDate,
    pub issued_at: Instant,
    pub issued_by: Officer,
    /// Verification code (验证码), also printed on the page.
    #[schema(max_length = 40, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")]
    pub code: String,
    /// Public page where anyone can verify the document.
    #[schema(
        max_length = 300,
        example = "https://wuye.example.gov.cn/public/documents/7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF"
    )]
    pub verification_url: String,
    /// SHA-256 of the page, in hex (摘要).
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// Day of the withdrawal (撤回日期); null if valid.
    pub withdrawn_on: Option<NaiveDate>,
    /// Reason for the withdrawal.
    #[schema(max_length = 200, example = "所依据的违规认定已撤销")]
    pub withdrawal_reason: Option<String>,
    pub updated_at: Instant,
}

/// An official document to issue (出具文书).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentIn {
    /// Kind of document. Filing receipts and filing refusals are issued automatically by the decision on the filing.
    pub kind: DocumentKind,
    /// Id of the violation (for `violation_notice`, `confirmation_decision`, `appeal_decision` and `revocation_decision`),
    /// of the document (for `proof_of_delivery`) or of the measure (for all others).
    pub subject_id: Id,
    /// Place of the meeting (地点); required for `interview_notice` and `hearing_notice`, otherwise not allowed.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = json!(null))]
    pub place: Option<String>,
    /// Time of the meeting (时间); required for `interview_notice` and `hearing_notice`. A hearing must be at least seven
    /// days ahead.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub held_at: Option<DateTime<Utc>>,
    /// Addressee (主送), for `referral_letter` only. Default: the referred agency of the measure.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = json!(null))]
    pub addressee: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListDocuments {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only this kind.
    pub kind: Option<DocumentKind>,
    /// Only documents about this violation, measure, contract or document.
    pub subject_id: Option<Id>,
    /// Only documents about this company.
    pub company_id: Option<Id>,
}
