//! Request bodies and query parameters of contracts.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::model::*;
use crate::db::Id;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts, evidence};
use crate::proceedings::model::Evidence;

/// A contract to record (合同录入). Fields that only the filing needs may be added later, before submission.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractIn {
    pub kind: ContractKind,
    /// The complex; find its id by name with `GET /public/data/complexes`.
    pub complex_id: Id,
    /// The company; required from an office. A company may omit it, or name one of its branches.
    #[serde(default)]
    pub company_id: Option<Id>,
    /// Project manager (项目经理人).
    #[schema(min_length = 1, max_length = 100, example = "丁海峰")]
    pub project_manager: String,
    /// First day of the term (合同期限起).
    #[schema(example = "2026-04-01")]
    pub effective_from: NaiveDate,
    /// Last day of the term (合同期限止); null for an indefinite contract.
    #[serde(default)]
    #[schema(example = "2029-03-31")]
    pub effective_to: Option<NaiveDate>,
    /// Party A (甲方): the developer for a preliminary contract, the owners or their committee for a regular one.
    #[serde(default)]
    pub party_a_kind: Option<PartyAKind>,
    /// Name of party A.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = "星河示范苑业主委员会")]
    pub party_a_name: Option<String>,
    /// How the company was selected (选聘方式).
    #[serde(default)]
    pub selection: Option<Selection>,
    /// Proof of the lawful selection: notice of award, approval, or result of the owners' vote.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub selection_proof: Vec<Evidence>,
    /// Date of signature (签订日期).
    #[serde(default)]
    #[schema(example = "2026-03-01")]
    pub signed_on: Option<NaiveDate>,
    /// Days of notice for termination by the owners, if the contract sets its own period (Civil Code 946).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365, example = json!(null))]
    pub agreed_notice_days: Option<u32>,
    /// Days of notice for non-renewal by the company, if the contract sets its own period (Civil Code 947).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365, example = json!(null))]
    pub agreed_nonrenewal_notice_days: Option<u32>,
    /// Fee items (收费项目).
    #[serde(default)]
    #[schema(max_items = 200)]
    pub fee_items: Vec<FeeItem>,
    /// Attachments with the text of the contract (合同文本).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub text: Vec<Evidence>,
}

impl ContractIn {
    pub fn terms(&self) -> Terms {
        let input = self.clone();
        Terms {
            party_a_kind: input.party_a_kind,
            party_a_name: input.party_a_name,
            selection: input.selection,
            selection_proof: input.selection_proof,
            signed_on: input.signed_on,
            agreed_notice_days: input.agreed_notice_days,
            agreed_nonrenewal_notice_days: input.agreed_nonrenewal_notice_days,
            fee_items: input.fee_items,
            text: input.text,
        }
    }
}

/// Changes to a contract before submission, as a JSON merge patch (RFC 7396): an absent member is kept, null clears
/// it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractPatch {
    #[schema(nullable = false)]
    pub kind: Option<ContractKind>,
    /// Project manager (项目经理人).
    #[schema(min_length = 1, max_length = 100, example = "丁海峰", nullable = false)]
    pub project_manager: Option<String>,
    /// First day of the term (合同期限起).
    #[schema(example = "2026-04-01", nullable = false)]
    pub effective_from: Option<NaiveDate>,
    /// Last day of the term (合同期限止); null for an indefinite contract.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<NaiveDate>, example = "2029-03-31")]
    pub effective_to: Option<Option<NaiveDate>>,
    /// Party A (甲方).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<PartyAKind>)]
    pub party_a_kind: Option<Option<PartyAKind>>,
    /// Name of party A.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 200, example = "星河示范苑业主委员会")]
    pub party_a_name: Option<Option<String>>,
    /// How the company was selected (选聘方式).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Selection>)]
    pub selection: Option<Option<Selection>>,
    /// Proof of the lawful selection. Replaces the whole list: repeat the attachments that you keep.
    #[schema(max_items = 20, nullable = false)]
    pub selection_proof: Option<Vec<Evidence>>,
    /// Date of signature (签订日期).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<NaiveDate>, example = "2026-03-01")]
    pub signed_on: Option<Option<NaiveDate>>,
    /// Days of notice for termination by the owners, if the contract sets its own period (Civil Code 946).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 365)]
    pub agreed_notice_days: Option<Option<u32>>,
    /// Days of notice for non-renewal by the company, if the contract sets its own period (Civil Code 947).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 365)]
    pub agreed_nonrenewal_notice_days: Option<Option<u32>>,
    /// Fee items (收费项目). Replaces the whole list.
    #[schema(max_items = 200, nullable = false)]
    pub fee_items: Option<Vec<FeeItem>>,
    /// Attachments with the text of the contract (合同文本). Replaces the whole list: repeat the attachments that you
    /// keep.
    #[schema(max_items = 20, nullable = false)]
    pub text: Option<Vec<Evidence>>,
}

impl ContractPatch {
    /// The terms after the patch is applied.
    pub fn terms(&self, before: Terms) -> Terms {
        let patch = self.clone();
        Terms {
            party_a_kind: patch.party_a_kind.unwrap_or(before.party_a_kind),
            party_a_name: patch.party_a_name.unwrap_or(before.party_a_name),
            selection: patch.selection.unwrap_or(before.selection),
            selection_proof: patch.selection_proof.unwrap_or(before.selection_proof),
            signed_on: patch.signed_on.unwrap_or(before.signed_on),
            agreed_notice_days: patch.agreed_notice_days.unwrap_or(before.agreed_notice_days),
            agreed_nonrenewal_notice_days: patch
                .agreed_nonrenewal_notice_days
                .unwrap_or(before.agreed_nonrenewal_notice_days),
            fee_items: patch.fee_items.unwrap_or(before.fee_items),
            text: patch.text.unwrap_or(before.text),
        }
    }
}

/// A submission for filing (提交备案).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionIn {
    /// A note to the filing authority, such as what was corrected since a refusal.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "已补充业主大会决议")]
    pub note: Option<String>,
}

/// The filing of a contract (备案).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingIn {
    /// A note on the filing.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "材料齐全")]
    pub note: Option<String>,
}

/// The termination of a contract (合同终止).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminationIn {
    /// Termination ground. Do not send `succession`: the filing of the next contract sets it.
    pub ground: TerminationGround,
    /// Day on which written notice was given; required for `owners_vote`, `notice` and `declined_renewal`.
    #[serde(default)]
    #[schema(example = "2026-03-02")]
    pub notice_given_on: Option<NaiveDate>,
    /// Last day of the contract. The period of notice must end by then (Civil Code 946 to 948).
    #[schema(example = "2026-05-01")]
    pub last_day: NaiveDate,
    /// Reasons for the termination.
    #[schema(min_length = 2, max_length = 5000, example = "业主大会 2026 年 2 月 20 日决定解聘")]
    pub reasons: String,
    /// The document that proves the ground; not required for `expiry`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

/// Interim service after the end of a contract, until the next company takes over (继续服务, Civil Code 950).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InterimServiceIn {
    /// Last day of the interim service; null while it is open.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub until: Option<NaiveDate>,
    /// Why the service continues, and at whose request.
    #[schema(min_length = 2, max_length = 2000, example = "业主大会尚未选定新物业服务人，应社区要求继续服务")]
    pub reasons: String,
}

/// One handover item (交接事项).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverItemIn {
    pub item: HandoverItem,
    /// Day on which the item was handed over or received; not in the future.
    #[schema(example = "2026-05-10")]
    pub on: NaiveDate,
    /// Organisation that received the item.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = "星河示范苑业主委员会")]
    pub receiver: Option<String>,
    /// A note, such as missing parts, or that the item does not exist.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, example = "移交清单见附件")]
    pub note: Option<String>,
    /// Evidence, such as the signed list or photographs.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

/// Handover items (交接登记): from the company those handed over, from the receiver those received.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverIn {
    /// The items, each at most once.
    #[schema(min_items = 1, max_items = 6)]
    pub items: Vec<HandoverItemIn>,
}

/// A new project manager (变更项目经理人).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectManagerIn {
    /// Name of the new project manager.
    #[schema(min_length = 1, max_length = 100, example = "丁海峰")]
    pub project_manager: String,
    /// Reasons for the change.
    #[schema(min_length = 2, max_length = 2000, example = "原项目经理人离职")]
    pub reasons: String,
}

/// The report of an overdue handover (逾期交接上报).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LateHandoverIn {
    /// What you found, in addition to the missing items, which are added automatically.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 3000, example = "经两次催告仍未移交图纸和账目")]
    pub description: Option<String>,
}

/// The named text, if it was sent.
fn text_of(name: &'static str, text: &Option<String>) -> Texts {
    text.iter().map(|text| (name, text.clone())).collect()
}

impl LedgerTexts for SubmissionIn {
    fn texts(&self) -> Texts {
        text_of("note", &self.note)
    }
}

impl LedgerTexts for FilingIn {
    fn texts(&self) -> Texts {
        text_of("note", &self.note)
    }
}

impl LedgerTexts for TerminationIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone()), evidence(&self.evidence)]
    }
}

impl LedgerTexts for InterimServiceIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

impl LedgerTexts for ProjectManagerIn {
    fn texts(&self) -> Texts {
        vec![("project_manager", self.project_manager.clone()), ("reasons", self.reasons.clone())]
    }
}

impl LedgerTexts for HandoverIn {
    fn texts(&self) -> Texts {
        let all: Vec<Evidence> = self.items.iter().flat_map(|item| item.evidence.clone()).collect();
        let notes: Vec<&str> = self.items.iter().filter_map(|item| item.note.as_deref()).collect();
        vec![("notes", notes.join("\n")), evidence(&all)]
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListContracts {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only contracts in this state.
    pub state: Option<ContractState>,
    /// Only contracts of this kind.
    pub kind: Option<ContractKind>,
    /// Only contracts of this company.
    pub company_id: Option<Id>,
    /// Only contracts for this complex.
    pub complex_id: Option<Id>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only filed or office-recorded contracts whose last day is this day or earlier.
    #[param(example = "2026-12-31")]
    pub ends_by: Option<NaiveDate>,
}
