//! Request bodies and query parameters of the operations on complaints.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::*;
use crate::access::Role;
use crate::complexes::model::PointIn;
use crate::db::Id;
use crate::db::types::Instant;
use crate::policy::complaints::UtilityKind;
use crate::proceedings::ledger_texts::{self, LedgerTexts, Texts};
use crate::proceedings::model::Evidence;

/// Contact of the complainant (联系方式): encrypted at rest, masked for offices, erased after retention.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactIn {
    /// Name (姓名).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "马秀兰")]
    pub name: Option<String>,
    /// Phone (电话).
    #[serde(default)]
    #[schema(pattern = "^[0-9+ ()-]{7,20}$", example = "13800000000")]
    pub phone: Option<String>,
    /// Home address (住址).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = "望远示范花园 3 号楼 2 单元 1201 室")]
    pub address: Option<String>,
}

/// An office (单位), as a role in a division.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeRefIn {
    pub role: Role,
    /// Division code (区划代码), with the number of digits that the role requires.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: String,
}

/// A complaint to submit (提交诉求).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintIn {
    pub kind: ComplaintKind,
    /// Residents use `app` or `portal`; offices use `phone`, `hotline`, `visit` or `patrol`.
    pub channel: ComplaintChannel,
    /// Code of the category, from `GET /v1/complaint-categories`.
    #[schema(min_length = 2, max_length = 64, example = "service.cleaning")]
    pub category: String,
    /// The complex. Send either this or `division`.
    #[serde(default)]
    pub complex_id: Option<Id>,
    /// For a place outside a complex: code of the community (12 digits) or the township (9 digits).
    #[serde(default)]
    #[schema(pattern = "^([0-9]{9}|[0-9]{12})$", example = json!(null))]
    pub division: Option<String>,
    /// Exact point.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub point: Option<PointIn>,
    /// Location in words (具体位置).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = "3 号楼 2 单元门厅")]
    pub location: Option<String>,
    /// What happened, or what is requested. Encrypted at rest and not published.
    #[schema(min_length = 5, max_length = 5000, example = "楼道垃圾连续三天无人清理，气味很大")]
    pub description: String,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
    /// Contact of the complainant, if any; null if `anonymous` is true.
    #[serde(default)]
    pub contact: Option<ContactIn>,
    /// The complainant stays anonymous (匿名), also for offices.
    #[serde(default)]
    pub anonymous: bool,
    /// The complainant lets the handling company or utility operator see the contact (同意提供联系方式), which must have a
    /// phone. Consent can be withdrawn.
    #[serde(default)]
    pub consent_to_company: bool,
    /// Kind of utility; required if the category has `organisations`, otherwise null.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub organisation: Option<UtilityKind>,
    /// The office complained of. Only for the policy's `officials_category`, and required. It never handles the
    /// complaint.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub complained_office: Option<OfficeRefIn>,
    /// Number from the hotline (热线工单编号), unique in the county; required for channel `hotline`, else null.
    #[serde(default)]
    #[schema(pattern = "^[A-Za-z0-9-]{4,40}$", example = json!(null))]
    pub hotline_number: Option<String>,
}

/// Acceptance of a complaint (受理).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceIn {
    /// Message to the complainant.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "已安排保洁主管到场核实")]
    pub text: Option<String>,
    /// Public summary (公开摘要) without personal data; only for a public category.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = "楼道垃圾清理不及时")]
    pub public_summary: Option<String>,
}

/// Transfer of a complaint (转办).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferIn {
    /// Role of the new handler: the office of this role for the location, or `property_company`: the one that serves
    /// the complex.
    pub role: Role,
    /// Kind of utility; required if the new handler is a utility operator, otherwise null.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub organisation: Option<UtilityKind>,
    /// Reasons, visible to the new handler, the complainant and followers.
    #[schema(min_length = 2, max_length = 2000, example = "涉及物业服务合同，转社会事务办公室办理")]
    pub reasons: String,
}

/// Text of a step (办理意见).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextIn {
    /// The text, which the complainant and the followers can read.
    #[schema(min_length = 2, max_length = 5000, example = "请补充损坏部位的照片和发生时间")]
    pub text: String,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// An extension request (申请延期).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionIn {
    /// In the unit of the complaint's `clock`. At most the original time limit and the policy's
    /// `extension_most_working_days` (24 hours each).
    #[schema(minimum = 1, maximum = 720, example = 3)]
    pub amount: u32,
    /// Reasons for the request.
    #[schema(min_length = 2, max_length = 2000, example = "配件须从厂家调运，预计三个工作日到货")]
    pub reasons: String,
}

/// An extension decision (延期审批).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionDecisionIn {
    /// True grants the extension, false refuses it.
    #[schema(example = true)]
    pub granted: bool,
    /// Reasons for the decision.
    #[schema(min_length = 2, max_length = 2000, example = "情况属实，同意延期")]
    pub reasons: String,
}

/// Result of a mediation (调解结果).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MediationResultIn {
    pub outcome: MediationOutcome,
    /// What was agreed, or why the mediation failed. The complainant can read it.
    #[schema(min_length = 2, max_length = 5000, example = "双方同意由物业公司于本月底前完成维修，费用各半")]
    pub text: String,
    /// The signed agreement; required if `outcome` is `agreed`.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([{ "title": "调解协议书", "text": "双方签字，编号永调〔2026〕12号" }]))]
    pub evidence: Vec<Evidence>,
}

/// The reply to a complaint (答复).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReplyIn {
    /// What was found and done. The complainant can read it.
    #[schema(min_length = 2, max_length = 5000, example = "已清理完毕，并将楼道清扫调整为每日两次")]
    pub text: String,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
    /// Public summary (公开摘要) without personal data; only for a public category.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = json!(null))]
    pub public_summary: Option<String>,
}

/// A satisfaction rating (满意度评价).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SatisfactionIn {
    /// From 1 (not satisfied at all) to 5 (very satisfied).
    #[schema(minimum = 1, maximum = 5, example = 5)]
    pub score: i64,
    /// Explanation by the complainant.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, example = json!(null))]
    pub text: Option<String>,
}

/// Merge of a complaint into another one (合并).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeIn {
    /// The target complaint, which stays open.
    pub into: Id,
    /// Why the two complaints are about the same matter.
    #[schema(min_length = 2, max_length = 2000, example = "同一电梯同一故障")]
    pub reasons: String,
}

/// A comment (备注).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentIn {
    /// Audience of the comment. It must include you.
    pub audience: StepAudience,
    /// Text of the comment.
    #[schema(min_length = 1, max_length = 5000, example = "已电话联系物业项目经理人")]
    pub text: String,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// A resource to link to a complaint (关联).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    pub kind: LinkKind,
    /// Id of the resource, which must be visible to you.
    pub id: Id,
}

/// A violation to report from a complaint (转为违规上报).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintViolationIn {
    /// Code of the regulated act, from `GET /v1/acts`.
    #[schema(min_length = 3, max_length = 80, example = "nine.unlawful_fees_or_contract")]
    pub act: String,
    /// Day found; today by default.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub found_on: Option<chrono::NaiveDate>,
    /// Findings in the officer's words. The company reads them; the complainant's text is not copied.
    #[schema(min_length = 5, max_length = 5000, example = "经核查，该公司自 3 月起擅自将车位费提高 20 元")]
    pub description: String,
    /// Name of the developer, business, utility operator or committee that is the subject of the act; otherwise null.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 100, example = json!(null))]
    pub subject_name: Option<String>,
    /// Adds stripped copies of the complaint's photographs as evidence.
    #[serde(default)]
    pub with_evidence: bool,
    /// Why this is a distinct fact, if a violation under an overlapping act exists for the same company, complex and
    /// day.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 1000, example = json!(null))]
    pub distinct_fact_reason: Option<String>,
}

impl LedgerTexts for AcceptanceIn {
    fn texts(&self) -> Texts {
        self.text.clone().map(|text| ("text", text)).into_iter().collect()
    }
}

impl LedgerTexts for TransferIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

impl LedgerTexts for TextIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

impl LedgerTexts for ComplaintReplyIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

impl LedgerTexts for CommentIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

impl LedgerTexts for MediationResultIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListComplaints {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only complaints that your office or company handles now.
    pub mine: Option<bool>,
    /// Only complaints that your office supervises.
    pub supervised_by_me: Option<bool>,
    /// True: only open complaints, most urgent first. False: only the others.
    pub open: Option<bool>,
    /// True: only overdue complaints, most overdue first. False: only the others.
    pub overdue: Option<bool>,
    /// Only open complaints with `resolve_due` in the next so many hours, most urgent first.
    #[param(minimum = 1, maximum = 720, example = 24)]
    pub due_within: Option<i64>,
    /// Only complaints in this state.
    pub state: Option<ComplaintState>,
    /// Only complaints of this category.
    #[param(max_length = 64, example = "service.cleaning")]
    pub category: Option<String>,
    /// Only complaints of this kind.
    pub kind: Option<ComplaintKind>,
    /// Only complaints submitted by this channel.
    pub channel: Option<ComplaintChannel>,
    /// Only complaints at this complex.
    pub complex_id: Option<Id>,
    /// Only complaints with this `company_id`.
    pub company_id: Option<Id>,
    /// Only complaints in this township, 9 digits.
    #[param(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Only complaints in this community, 12 digits.
    #[param(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    /// Only the complaint with this hotline number; for offices only.
    #[param(max_length = 40, example = "12345-20260302-0001")]
    pub hotline_number: Option<String>,
    /// Only complaints submitted at this instant or later.
    #[param(example = "2026-03-01T00:00:00Z")]
    pub submitted_from: Option<Instant>,
    /// Only complaints submitted before this instant.
    #[param(example = "2026-04-01T00:00:00Z")]
    pub submitted_to: Option<Instant>,
}

/// Query parameters of `GET /v1/complaints/{id}`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GetComplaint {
    /// Your reason to unmask the contact. For the handler; a company or utility operator also needs the complainant's
    /// consent. Not for machine tokens. The reason is recorded.
    #[param(min_length = 2, max_length = 200, example = "电话核实维修时间")]
    pub unmask: Option<String>,
}

/// A search by phone number (按来电号码查询).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneSearchIn {
    /// Phone number, in any notation.
    #[schema(pattern = "^[0-9+ ()-]{7,20}$", example = "13800000000")]
    pub phone: String,
}

/// Query parameters of the deadline preview.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeadlineQuery {
    /// Code of the category.
    #[param(max_length = 64, example = "service.cleaning")]
    pub category: String,
    /// Instant of submission; now by default.
    #[param(example = "2026-02-13T02:00:00Z")]
    pub submitted_at: Option<Instant>,
    /// County whose policy applies (GB/T 2260, 6 digits). Default: yours, or else the only one of the deployment.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

/// Query parameters of the search for similar complaints.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimilarQuery {
    /// Code of the category.
    #[param(max_length = 64, example = "service.lift")]
    pub category: String,
    /// The complex.
    pub complex_id: Id,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListComplaintUpdates {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
}
