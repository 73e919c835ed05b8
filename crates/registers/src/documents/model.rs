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
    /// Whether a document still stands (文书状态).
    #[schema(example = "valid")]
    pub stored enum DocumentState {
        Valid "valid" "有效" "Valid"
        Withdrawn "withdrawn" "已撤回" "Withdrawn"
    }
}

coded_enum! {
    /// What a document is about (文书对象).
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
    /// The violation that it is about, directly or through a measure.
    pub violation_id: Option<Id>,
    /// Of a measure: the office that must take it.
    pub handler_role: Option<Role>,
    pub handler_division: Option<String>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    /// The company may see it.
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

/// An official document (文书): what is on file of it. Its page is at `/v1/documents/{id}/content`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfficialDocument {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: DocumentKind,
    pub state: DocumentState,
    /// Number (发文字号), without gaps within its word and year.
    #[schema(max_length = 40, example = "望社〔2026〕12号")]
    pub number: String,
    /// Title (标题).
    #[schema(max_length = 100, example = "责令整改通知书")]
    pub title: String,
    pub subject_kind: DocumentSubject,
    /// Id of the violation, measure, contract or document.
    pub subject_id: Id,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits; null for a matter of the whole county.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community, 12 digits; null for a matter of the whole township.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    pub office_role: Role,
    /// Division of the office that issued it.
    #[schema(max_length = 12, example = "640121102")]
    pub office_division: String,
    /// The body in whose name it was issued, as it was then (发文机关).
    #[schema(max_length = 100, example = "永宁县望远镇人民政府")]
    pub office_name: String,
    /// Whom it is addressed to (主送).
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub addressee: String,
    /// Version of the policy whose text it was made from.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// Day of issue (成文日期).
    pub issued_on: NaiveDate,
    pub issued_at: Instant,
    pub issued_by: Officer,
    /// Verification code (验证码), which stands on the page, too.
    #[schema(max_length = 40, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")]
    pub code: String,
    /// Where anyone can verify it.
    #[schema(
        max_length = 300,
        example = "https://wuye.example.gov.cn/public/documents/7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF"
    )]
    pub verification_url: String,
    /// SHA-256 of its page, in hex (摘要).
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// Day on which it was withdrawn (撤回日期).
    pub withdrawn_on: Option<NaiveDate>,
    /// Why it was withdrawn.
    #[schema(max_length = 200, example = "所依据的违规认定已撤销")]
    pub withdrawal_reason: Option<String>,
    pub updated_at: Instant,
}

/// A document to issue (出具文书).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentIn {
    /// What to issue; documents of a contract's filing are issued by the decision on it.
    pub kind: DocumentKind,
    /// The violation (for `violation_notice`, `confirmation_decision`, `appeal_decision` and `revocation_decision`), the document (for
    /// `proof_of_delivery`) or the measure (for all others).
    pub subject_id: Id,
    /// Where to come to, for `interview_notice` and `hearing_notice` (地点).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = json!(null))]
    pub place: Option<String>,
    /// When to come, for `interview_notice` and `hearing_notice` (时间); a hearing is announced seven days before it.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub held_at: Option<DateTime<Utc>>,
    /// For `referral_letter`: whom it is addressed to (主送); left out, the agency that the measure is for.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = json!(null))]
    pub addressee: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListDocuments {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this kind.
    pub kind: Option<DocumentKind>,
    /// Only about this violation, measure or contract.
    pub subject_id: Option<Id>,
    /// Only to this company.
    pub company_id: Option<Id>,
}
