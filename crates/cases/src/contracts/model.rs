//! The stored contract and its enumerations.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Actor;
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::contracts;
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::price::{PriceUnit, UnitPrice};
use crate::proceedings::model::{Evidence, Step};

coded_enum! {
    /// Kind of contract (合同种类).
    pub stored enum ContractKind {
        Preliminary "preliminary" "前期物业服务合同" "Preliminary service contract"
        Regular "regular" "物业服务合同" "Service contract"
    }
}

coded_enum! {
    /// State of the filing (备案状态). It does not show whether the contract is in force: see `in_force`.
    pub stored enum ContractState {
        Draft "draft" "草稿" "Draft"
        Submitted "submitted" "已提交" "Submitted"
        Filed "filed" "已备案" "Filed"
        Refused "refused" "不予备案" "Refused"
        Withdrawn "withdrawn" "已撤回" "Withdrawn"
    }
}

coded_enum! {
    /// Party that recorded the contract (录入主体).
    pub stored enum EnteredBy {
        Company "company" "物业服务企业" "The company"
        Office "office" "主管单位" "An office"
    }
}

coded_enum! {
    /// Party A of a contract (甲方).
    pub enum PartyAKind {
        Developer "developer" "建设单位" "Developer"
        OwnersCommittee "owners_committee" "业主委员会" "Owners' committee"
        ManagementCommittee "management_committee" "物业管理委员会" "Property management committee"
        Owners "owners" "全体业主" "The owners"
    }
}

coded_enum! {
    /// How the company was selected (选聘方式).
    pub enum Selection {
        Tender "tender" "招标投标" "Tender"
        ApprovedAgreement "approved_agreement" "经批准协议选聘" "Approved agreement"
        OwnersVote "owners_vote" "业主共同决定" "Owners' vote"
    }
}

coded_enum! {
    /// Termination ground (合同终止依据). A removal is not a ground of its own.
    pub enum TerminationGround {
        OwnersVote "owners_vote" "业主共同决定解聘" "Termination by the owners' vote"
        Expiry "expiry" "合同期限届满" "Expiry of the contract term"
        Notice "notice" "不定期合同依法通知解除" "Lawful notice of termination of an indefinite contract"
        DeclinedRenewal "declined_renewal" "物业服务人不同意续聘" "Non-renewal by the company"
        Agreement "agreement" "双方协商解除" "Agreement of both parties"
        Judgment "judgment" "生效裁判" "Final judgment or ruling"
        Succession "succession" "新合同生效" "Succession: a new contract came into force"
    }
}

coded_enum! {
    /// Handover item (交接事项).
    pub enum HandoverItem {
        Drawings "drawings" "图纸等竣工资料" "As-built drawings and documents"
        EquipmentData "equipment_data" "设施设备资料" "Equipment documents"
        WarrantyData "warranty_data" "保修资料" "Warranty documents"
        OtherData "other_data" "物业管理所需其他资料" "Other documents needed for management"
        Premises "premises" "物业服务用房" "Property service premises"
        AccountsAndMoney "accounts_and_money" "账目和款项" "Accounts and money"
    }
}

coded_enum! {
    /// Who pays a fee item (收费对象).
    pub enum ChargedTo {
        Owner "owner" "业主" "Owner"
        User "user" "物业使用人" "Property user"
        Developer "developer" "建设单位" "Developer"
        VehicleUser "vehicle_user" "车辆停放人" "User of a parking space"
        Business "business" "经营单位" "Business"
    }
}

coded_enum! {
    /// How a price is set (定价形式).
    pub enum PricingBasis {
        GovernmentGuided "government_guided" "政府指导价" "Government-guided price"
        Market "market" "市场调节价" "Market-regulated price"
    }
}

/// A fee item (收费项目).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeItem {
    /// Name of the fee item (项目名称).
    #[schema(min_length = 1, max_length = 100, example = "高层住宅物业服务费")]
    pub name: String,
    pub charged_to: ChargedTo,
    pub unit_price: UnitPrice,
    pub unit: PriceUnit,
    pub pricing_basis: PricingBasis,
    /// Document that approves or records the price (批准或备案文件); required for a government-guided price.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 300, example = "永发改发〔2025〕12号")]
    pub approval_document: Option<String>,
}

impl FeeItem {
    /// Two fee items with the same identity are the same item.
    pub fn identity(&self) -> (String, ChargedTo, PriceUnit) {
        (plain(&self.name), self.charged_to, self.unit)
    }
}

/// Ignores what does not make another name: full-width forms, upper case and spaces.
fn plain(name: &str) -> String {
    let narrow = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    name.chars().filter(|letter| !letter.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The part of a filed contract that other features read.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledContract {
    pub id: Id,
    pub company_id: Id,
    pub kind: ContractKind,
    pub filing_number: String,
    pub filed_on: NaiveDate,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    pub fee_items: Vec<FeeItem>,
}

/// The terms of a contract, as stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    pub party_a_kind: Option<PartyAKind>,
    pub party_a_name: Option<String>,
    pub selection: Option<Selection>,
    pub selection_proof: Vec<Evidence>,
    pub signed_on: Option<NaiveDate>,
    pub agreed_notice_days: Option<u32>,
    pub agreed_nonrenewal_notice_days: Option<u32>,
    pub fee_items: Vec<FeeItem>,
    pub text: Vec<Evidence>,
}

impl Terms {
    pub fn evidence(&self) -> Vec<Evidence> {
        [self.selection_proof.as_slice(), &self.text].concat()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    pub note: Option<String>,
    /// The filing receipt, an official document.
    pub receipt: Id,
    pub policy_version: i64,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Termination {
    pub ground: TerminationGround,
    pub notice_given_on: Option<NaiveDate>,
    pub reasons: String,
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    pub by: Actor,
}

/// The contract as it was before another contract superseded it. It is restored from this if the other was recorded
/// by mistake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Superseded {
    /// The superseding contract.
    pub to: Id,
    pub governs: bool,
    pub last_day: Option<NaiveDate>,
    pub interim_until: Option<NaiveDate>,
    pub termination: Option<Termination>,
}

coded_enum! {
    /// State of a handover (交接状态).
    #[schema(example = "open")]
    pub enum HandoverState {
        Open "open" "办理中" "In progress"
        Unconfirmed "unconfirmed" "待接收确认" "Recorded by the company in time, receipt not confirmed yet"
        Overdue "overdue" "企业逾期" "Overdue: not fully recorded by the company by the due date"
        Done "done" "已完成" "Done: all items received"
    }
}

/// One handover item: when the company handed it over, and when it was received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverStep {
    pub item: HandoverItem,
    pub handed_over_on: Option<NaiveDate>,
    /// Day on which the company first recorded that it had handed the item over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_on: Option<NaiveDate>,
    pub received_on: Option<NaiveDate>,
    pub receiver: Option<String>,
    pub note: Option<String>,
    pub evidence: Vec<Evidence>,
}

/// All steps of a contract, as stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proceedings {
    pub submission: Option<Step>,
    pub refusals: Vec<Step>,
    pub filing: Option<Filing>,
    pub termination: Option<Termination>,
    pub gave_way: Option<Superseded>,
    pub interim: Option<Step>,
    pub handover: Vec<HandoverStep>,
    /// The violation as which an overdue handover was reported.
    pub late_report: Option<Id>,
    pub managers: Vec<Step>,
}

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = contracts, treat_none_as_null = true)]
pub struct ContractRow {
    pub id: Id,
    pub version: i64,
    pub kind: ContractKind,
    pub state: ContractState,
    pub entered_by: EnteredBy,
    /// Visible to offices and committees. A company's own draft is not.
    pub shared: bool,
    /// The contract governs: it determines which company serves the complex. True once an office recorded or filed
    /// it.
    pub governs: bool,
    pub complex_id: Id,
    pub company_id: Id,
    pub county: String,
    pub township: String,
    pub community: String,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    /// The last day, if the contract ends earlier than its term.
    pub last_day: Option<NaiveDate>,
    /// Last day of the interim service (Civil Code 950); none while `interim` is set and the service is open.
    pub interim_until: Option<NaiveDate>,
    pub interim: bool,
    pub project_manager: String,
    pub filing_number: Option<String>,
    pub filing_office: Option<String>,
    pub filing_year: Option<i64>,
    pub filing_serial: Option<i64>,
    pub filed_on: Option<NaiveDate>,
    pub review_due_on: Option<NaiveDate>,
    /// The approved removal that requires the termination of this contract.
    pub removal_id: Option<Id>,
    pub handover_due_on: Option<NaiveDate>,
    pub handover_done_on: Option<NaiveDate>,
    pub terms: Json<Terms>,
    pub proceedings: Json<Proceedings>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl ContractRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }

    /// Last day of the contract: the day of its termination, or the end of its term.
    pub fn ends_on(&self) -> Option<NaiveDate> {
        self.last_day.or(self.effective_to)
    }

    /// The service has ended and the handover is not complete.
    pub fn awaits_handover(&self, today: NaiveDate) -> bool {
        let over = self.governs && self.serves_until().is_some_and(|last| last < today);
        over && self.handover_due_on.is_some() && self.handover_done_on.is_none()
    }

    /// Last day of service under this contract, including interim service; none while the service is open-ended.
    pub fn serves_until(&self) -> Option<NaiveDate> {
        if self.interim { self.interim_until } else { self.ends_on() }
    }

    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.governs && self.effective_from <= day && self.ends_on().is_none_or(|last| day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_spaces_make_no_other_name() {
        assert_eq!(plain("　ＡＢ（一）区 停车费"), plain("ab(一)区停车费"));
        assert_ne!(plain("停车费"), plain("停车位费"));
    }
}
