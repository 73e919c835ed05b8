//! What is sent about contracts.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::model::*;
use crate::db::Id;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts, evidence};
use crate::proceedings::model::Evidence;

/// A contract to put on record (合同录入). What a filing needs may be left out until it is submitted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractIn {
    pub kind: ContractKind,
    /// The complex; `GET /public/data/complexes` finds it by its name.
    pub complex_id: Id,
    /// The company; needed from an office. A company may leave it out, or name a branch of its own.
    #[serde(default)]
    pub company_id: Option<Id>,
    /// Project manager (项目经理人).
    #[schema(min_length = 1, max_length = 100, example = "测试经理")]
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
    /// How the company was chosen (选聘方式).
    #[serde(default)]
    pub selection: Option<Selection>,
    /// Proof of the lawful selection: notice of award, approval, result of the vote.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub selection_proof: Vec<Evidence>,
    /// Day of signature (签订日期).
    #[serde(default)]
    #[schema(example = "2026-03-01")]
    pub signed_on: Option<NaiveDate>,
    /// Days of notice for dismissal that the contract agrees on, where it does (Civil Code 946).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365, example = json!(null))]
    pub agreed_notice_days: Option<u32>,
    /// Days of notice for declining renewal that the contract agrees on, where it does (Civil Code 947).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365, example = json!(null))]
    pub agreed_nonrenewal_notice_days: Option<u32>,
    /// Fees (收费项目).
    #[serde(default)]
    #[schema(max_items = 200)]
    pub fee_items: Vec<FeeItem>,
    /// The text of the contract (合同文本): attachments.
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

/// A change of a contract that is not submitted (JSON merge patch, RFC 7396): absent keeps, null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractPatch {
    #[schema(nullable = false)]
    pub kind: Option<ContractKind>,
    /// Project manager (项目经理人).
    #[schema(min_length = 1, max_length = 100, example = "测试经理", nullable = false)]
    pub project_manager: Option<String>,
    /// First day of the term (合同期限起).
    #[schema(example = "2026-04-01", nullable = false)]
    pub effective_from: Option<NaiveDate>,
    /// Last day of the term (合同期限止); null: indefinite.
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
    /// How the company was chosen (选聘方式).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Selection>)]
    pub selection: Option<Option<Selection>>,
    /// Proof of the lawful selection, as a whole: attachments that are kept are named again.
    #[schema(max_items = 20, nullable = false)]
    pub selection_proof: Option<Vec<Evidence>>,
    /// Day of signature (签订日期).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<NaiveDate>, example = "2026-03-01")]
    pub signed_on: Option<Option<NaiveDate>>,
    /// Days of notice for dismissal that the contract agrees on (Civil Code 946).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 365)]
    pub agreed_notice_days: Option<Option<u32>>,
    /// Days of notice for declining renewal that the contract agrees on (Civil Code 947).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 365)]
    pub agreed_nonrenewal_notice_days: Option<Option<u32>>,
    /// Fees (收费项目), as a whole.
    #[schema(max_items = 200, nullable = false)]
    pub fee_items: Option<Vec<FeeItem>>,
    /// The text of the contract (合同文本), as a whole: attachments that are kept are named again.
    #[schema(max_items = 20, nullable = false)]
    pub text: Option<Vec<Evidence>>,
}

impl ContractPatch {
    /// The terms after the change.
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
    /// What the authority should know, such as what was mended since a refusal.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "已补充业主大会决议")]
    pub note: Option<String>,
}

/// A filing (备案).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingIn {
    /// A note on the file.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "材料齐全")]
    pub note: Option<String>,
}

/// The end of a contract (合同终止).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminationIn {
    /// The ground; `succession` is not given here, a filing makes it.
    pub ground: TerminationGround,
    /// Day on which the written notice was given; needed for `owners_vote`, `notice` and `declined_renewal`.
    #[serde(default)]
    #[schema(example = "2026-03-02")]
    pub notice_given_on: Option<NaiveDate>,
    /// Last day of the contract: the period of notice lies before it (Civil Code 946, 947, 948).
    #[schema(example = "2026-05-01")]
    pub last_day: NaiveDate,
    /// The reasons.
    #[schema(min_length = 2, max_length = 5000, example = "业主大会 2026 年 2 月 20 日决定解聘")]
    pub reasons: String,
    /// The document of the ground; not needed for `expiry`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

/// Service after the end of a contract, until the next company takes over (继续服务, Civil Code 950).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InterimServiceIn {
    /// Its last day; null while it is open.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub until: Option<NaiveDate>,
    /// Why, and at whose request.
    #[schema(min_length = 2, max_length = 2000, example = "业主大会尚未选定新物业服务人，应社区要求继续服务")]
    pub reasons: String,
}

/// One item of a hand-over (交接事项).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverItemIn {
    pub item: HandoverItem,
    /// Day on which it was handed over or received; not in the future.
    #[schema(example = "2026-05-10")]
    pub on: NaiveDate,
    /// Who received it: an organisation.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = "星河示范苑业主委员会")]
    pub receiver: Option<String>,
    /// A note, such as what is missing, or that there is none.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, example = "移交清单见附件")]
    pub note: Option<String>,
    /// The signed list, photographs.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

/// Items handed over, from the company; items received, from whoever receives (交接登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverIn {
    /// The items, each once.
    #[schema(min_items = 1, max_items = 6)]
    pub items: Vec<HandoverItemIn>,
}

/// Another project manager (变更项目经理人).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectManagerIn {
    /// The name.
    #[schema(min_length = 1, max_length = 100, example = "测试经理")]
    pub project_manager: String,
    /// Why.
    #[schema(min_length = 2, max_length = 2000, example = "原项目经理人离职")]
    pub reasons: String,
}

/// The report of a late hand-over (逾期交接登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LateHandoverIn {
    /// What was found, beside what the checklist says.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 3000, example = "经两次催告仍未移交图纸和账目")]
    pub description: Option<String>,
}

/// What a text says, where there is one.
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
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this state.
    pub state: Option<ContractState>,
    /// Only this kind.
    pub kind: Option<ContractKind>,
    /// Only this company's.
    pub company_id: Option<Id>,
    /// Only for this complex.
    pub complex_id: Option<Id>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only those that end on this day or earlier.
    #[param(example = "2026-12-31")]
    pub ends_by: Option<NaiveDate>,
}
