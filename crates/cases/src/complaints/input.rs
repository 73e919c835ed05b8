//! What callers send.

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

/// How to reach the complainant (联系方式). It is encrypted at rest, shown masked, and erased after the retention period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactIn {
    /// Name (姓名).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "测试居民")]
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

/// An office that a ticket complains of, or is handed to (单位).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeRefIn {
    pub role: Role,
    /// Its division, of as many digits as the role has (区划代码).
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: String,
}

/// A complaint to submit (诉求登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintIn {
    pub kind: ComplaintKind,
    /// Residents submit by `app` or `portal`, offices what came by `phone`, `hotline`, `visit` or `patrol`.
    pub channel: ComplaintChannel,
    /// Code of the category, one of `GET /v1/complaint-categories`.
    #[schema(min_length = 2, max_length = 64, example = "service.cleaning")]
    pub category: String,
    /// The complex; or else `division`.
    #[serde(default)]
    pub complex_id: Option<Id>,
    /// Where it is no complex: the community (12 digits), or the township (9 digits).
    #[serde(default)]
    #[schema(pattern = "^([0-9]{9}|[0-9]{12})$", example = json!(null))]
    pub division: Option<String>,
    /// Where exactly.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub point: Option<PointIn>,
    /// Where exactly, in words.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = "3 号楼 2 单元门厅")]
    pub location: Option<String>,
    /// What happened, or is asked for. It is encrypted at rest and not published.
    #[schema(min_length = 5, max_length = 5000, example = "楼道垃圾连续三天无人清理，气味很大")]
    pub description: String,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
    /// How to reach the complainant; none where it is anonymous.
    #[serde(default)]
    pub contact: Option<ContactIn>,
    /// The complainant does not want to be known, to the office neither (匿名).
    #[serde(default)]
    pub anonymous: bool,
    /// The complainant lets the company that handles the ticket see the contact, for a repair in the home
    /// (同意向物业服务企业提供联系方式). It can be withdrawn.
    #[serde(default)]
    pub consent_to_company: bool,
    /// Which utility, where the category is of several.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub organisation: Option<UtilityKind>,
    /// The office complained of, in the category that is about officials, and only there. It never gets the ticket.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub complained_office: Option<OfficeRefIn>,
    /// The hotline's own number of the ticket (热线工单编号), where the channel is `hotline`; once in a county.
    #[serde(default)]
    #[schema(pattern = "^[A-Za-z0-9-]{4,40}$", example = json!(null))]
    pub hotline_number: Option<String>,
}

/// To accept a ticket (受理).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceIn {
    /// Told to the complainant.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "已安排保洁主管到场核实")]
    pub text: Option<String>,
    /// What anybody may read of it (公开摘要), of a category that is public: without anything personal.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = "楼道垃圾清理不及时")]
    pub public_summary: Option<String>,
}

/// To hand a ticket on (转办).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferIn {
    /// To whom: the office of this role that answers for the place; `property_company` is the company that serves.
    pub role: Role,
    /// Which utility, where the new handler is a utility operator.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub organisation: Option<UtilityKind>,
    /// Why; told to the new handler.
    #[schema(min_length = 2, max_length = 2000, example = "涉及物业服务合同，转社会事务办公室办理")]
    pub reasons: String,
}

/// To give a text with a step (办理意见).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextIn {
    /// The text.
    #[schema(min_length = 2, max_length = 5000, example = "请补充损坏部位的照片和发生时间")]
    pub text: String,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// To ask for more time (申请延期).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionIn {
    /// How much: working days, or hours where the ticket's clock runs on hours; at most the original limit, and at most the
    /// working days that the policy says.
    #[schema(minimum = 1, maximum = 720, example = 3)]
    pub amount: u32,
    /// Why.
    #[schema(min_length = 2, max_length = 2000, example = "配件须从厂家调运，预计三个工作日到货")]
    pub reasons: String,
}

/// To decide on more time (延期审批).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionDecisionIn {
    /// Is it granted?
    #[schema(example = true)]
    pub granted: bool,
    /// Why.
    #[schema(min_length = 2, max_length = 2000, example = "情况属实，同意延期")]
    pub reasons: String,
}

/// To end a mediation (调解结果).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MediationResultIn {
    pub outcome: MediationOutcome,
    /// What was agreed, or why it failed; told to the complainant.
    #[schema(min_length = 2, max_length = 5000, example = "双方同意由物业公司于本月底前完成维修，费用各半")]
    pub text: String,
    /// The agreement, signed; needed where one was reached.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([{ "title": "调解协议书", "text": "双方签字，编号永调〔2026〕12号" }]))]
    pub evidence: Vec<Evidence>,
}

/// The answer to a complaint (答复).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReplyIn {
    /// What was found and done; told to the complainant.
    #[schema(min_length = 2, max_length = 5000, example = "已清理完毕，并将楼道清扫调整为每日两次")]
    pub text: String,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
    /// What anybody may read of it (公开摘要), of a category that is public: without anything personal.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = json!(null))]
    pub public_summary: Option<String>,
}

/// How satisfied the complainant is (满意度评价).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SatisfactionIn {
    /// From 1, not at all, to 5, very.
    #[schema(minimum = 1, maximum = 5, example = 5)]
    pub score: i64,
    /// In words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, example = json!(null))]
    pub text: Option<String>,
}

/// To merge a ticket into another one (合并).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeIn {
    /// The ticket that goes on.
    pub into: Id,
    /// Why they are one matter.
    #[schema(min_length = 2, max_length = 2000, example = "同一电梯同一故障")]
    pub reasons: String,
}

/// A comment (备注).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentIn {
    /// Who reads it: `complainant` is everyone whom the ticket concerns, `offices` the offices alone.
    pub audience: StepAudience,
    /// The text.
    #[schema(min_length = 1, max_length = 5000, example = "已电话联系物业项目经理")]
    pub text: String,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// A row that a ticket belongs with (关联).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    pub kind: LinkKind,
    /// Its id; one that you see.
    pub id: Id,
}

/// A ticket to report as a violation (转违规登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintViolationIn {
    /// The act.
    #[schema(min_length = 3, max_length = 80, example = "nine.unlawful_fees_or_contract")]
    pub act: String,
    /// Day on which it was found; today where it is left out.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub found_on: Option<chrono::NaiveDate>,
    /// What was found, in the officer's words: the company reads it. The complainant's words are not copied.
    #[schema(min_length = 5, max_length = 5000, example = "经核查，该公司自 3 月起擅自将车位费提高 20 元")]
    pub description: String,
    /// Name of the organisation that did it, where the act is of a business or the like.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 100, example = json!(null))]
    pub subject_name: Option<String>,
    /// Hand on the photographs of the ticket as evidence.
    #[serde(default)]
    pub with_evidence: bool,
    /// Why this is another fact, where the same company, complex and day already stand under an overlapping act.
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
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only those that your office or company handles now.
    pub mine: Option<bool>,
    /// Only those that your office supervises.
    pub supervised_by_me: Option<bool>,
    /// Only those that their handler still owes something, most urgent first; or only the others.
    pub open: Option<bool>,
    /// Open and late; most overdue first.
    pub overdue: Option<bool>,
    /// Open, not late, and due within so many hours; most urgent first.
    #[param(minimum = 1, maximum = 720, example = 24)]
    pub due_within: Option<i64>,
    /// Only this state.
    pub state: Option<ComplaintState>,
    /// Only this category.
    #[param(max_length = 64, example = "service.cleaning")]
    pub category: Option<String>,
    /// Only this kind.
    pub kind: Option<ComplaintKind>,
    /// Only this channel.
    pub channel: Option<ComplaintChannel>,
    /// Only at this complex.
    pub complex_id: Option<Id>,
    /// Only those about or with this company.
    pub company_id: Option<Id>,
    /// Only this township, 9 digits.
    #[param(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Only this community, 12 digits.
    #[param(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    /// Only the ticket with this number of the hotline's; for offices.
    #[param(max_length = 40, example = "12345-20260302-0001")]
    pub hotline_number: Option<String>,
    /// Submitted at this instant or later.
    #[param(example = "2026-03-01T00:00:00Z")]
    pub submitted_from: Option<Instant>,
    /// Submitted before this instant.
    #[param(example = "2026-04-01T00:00:00Z")]
    pub submitted_to: Option<Instant>,
}

/// Parameters of reading one ticket.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GetComplaint {
    /// Shows the contact in full, for this reason: to the office that handles it, and to the company where the complainant
    /// consented. A person must ask, and each such reading is recorded with its reason.
    #[param(min_length = 2, max_length = 200, example = "电话核实维修时间")]
    pub unmask: Option<String>,
}

/// To find the tickets of a caller (按来电号码查询).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneSearchIn {
    /// The phone, in any notation.
    #[schema(pattern = "^[0-9+ ()-]{7,20}$", example = "13800000000")]
    pub phone: String,
}

/// What a deadline is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeadlineQuery {
    /// Code of the category.
    #[param(max_length = 64, example = "service.cleaning")]
    pub category: String,
    /// When it would come in; now where it is left out.
    #[param(example = "2026-02-13T02:00:00Z")]
    pub submitted_at: Option<Instant>,
    /// By the rules of this county (GB/T 2260, 6 digits). Default: your own; where the deployment serves one, that one.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

/// What is looked for before a ticket is submitted.
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
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
}
