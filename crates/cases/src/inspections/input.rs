//! Request bodies and query parameters of inspections and hazards.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{HazardSeverity, HazardState, InspectionState, ItemOutcome, RecheckOutcome};
use crate::access::Role;
use crate::db::Id;
use crate::db::types::Instant;
use crate::proceedings::ledger_texts::{self, LedgerTexts, Texts};
use crate::proceedings::model::Evidence;

/// An office that takes part, and its checklist (参加单位).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionOfficeIn {
    /// Role of the office; the office of that role whose division contains the complex takes part.
    pub role: Role,
    /// Code of its checklist, from `GET /v1/checklists`.
    #[schema(min_length = 1, max_length = 40, example = "general")]
    pub checklist: String,
}

/// An inspection to plan (检查计划).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionIn {
    pub complex_id: Id,
    /// Planned day; today or later, within a year.
    #[schema(example = "2026-03-02")]
    pub planned_on: NaiveDate,
    /// Participating offices; more than one makes it a joint inspection (联合检查).
    #[schema(min_items = 1, max_items = 8)]
    pub offices: Vec<InspectionOfficeIn>,
    /// Purpose of the inspection.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = "节前联合安全检查")]
    pub purpose: Option<String>,
}

/// Result of one checklist item (检查项结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemResultIn {
    /// Code of the item.
    #[schema(min_length = 1, max_length = 60, example = "fire_lane")]
    pub item: String,
    pub outcome: ItemOutcome,
    /// Severity of the hazard, only for a failed item (default `general`).
    // Omitted if absent, so that a result sent before this field existed keeps its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub severity: Option<HazardSeverity>,
    /// The finding; required for a failed item.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 1000, example = "3 号楼北侧消防车道停放 2 辆私家车")]
    pub note: Option<String>,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 10, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// The result of one office (检查结果), by its checklist in force on the day of the inspection.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionResultIn {
    /// Code of the checklist.
    #[schema(min_length = 1, max_length = 40, example = "general")]
    pub checklist: String,
    /// Time of the inspection by the device's clock; not in the future, at most 90 days ago.
    pub inspected_at: Instant,
    /// Results of all items of the checklist, each once.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ItemResultIn>,
    /// General note on the inspection.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = json!(null))]
    pub note: Option<String>,
}

/// One offline result (批量检查结果), of a planned or an unplanned inspection.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchResultIn {
    /// UUID that the device created with the result (手机端生成的唯一标识). It is accepted once only; repeat it when you send
    /// the result again.
    #[schema(example = "5b1c7a52-6c0e-4b43-9b6d-0d5d4f3f9a01")]
    pub key: Id,
    /// The planned inspection; null for an unplanned one.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub inspection_id: Option<Id>,
    /// The complex of an unplanned inspection; null for a planned one.
    #[serde(default)]
    pub complex_id: Option<Id>,
    /// Code of the checklist.
    #[schema(min_length = 1, max_length = 40, example = "general")]
    pub checklist: String,
    /// Time of the inspection by the device's clock; not in the future, at most 90 days ago.
    pub inspected_at: Instant,
    /// Results of all items of the checklist, each once.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ItemResultIn>,
    /// General note on the inspection.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = json!(null))]
    pub note: Option<String>,
}

/// A batch of offline results (离线检查结果上传).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionBatchIn {
    /// The results, each with its own key.
    #[schema(min_items = 1, max_items = 200)]
    pub results: Vec<BatchResultIn>,
}

/// The report of an inspection finding as a violation (检查发现转违规上报).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionFindingReportIn {
    /// The inspection part with the finding.
    pub part_id: Id,
    /// Code of the failed item.
    #[schema(min_length = 1, max_length = 60, example = "fire_lane")]
    pub item: String,
    /// Code of the act (default: the act of the item).
    #[serde(default)]
    #[schema(min_length = 3, max_length = 80, example = json!(null))]
    pub act: Option<String>,
    /// Your description; it is appended to the note of the item.
    #[schema(min_length = 2, max_length = 3000, example = "现场已告知项目经理人，拒不清理")]
    pub description: String,
    /// Why this is a different fact, if an overlapping act is already recorded for the same company, complex and day.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 1000, example = json!(null))]
    pub distinct_fact_reason: Option<String>,
}

/// The company's report of its rectification (整改反馈).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardRectificationIn {
    /// Description of the rectification.
    #[schema(min_length = 2, max_length = 3000, example = "已清理消防车道，加装隔离桩并重新施划标线")]
    pub text: String,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// The re-check of a hazard (复查).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardRecheckIn {
    pub outcome: RecheckOutcome,
    /// Reasons, visible to the company.
    #[schema(min_length = 2, max_length = 2000, example = "现场复查，消防车道已畅通")]
    pub reasons: String,
    /// New severity (default: unchanged).
    #[serde(default)]
    #[schema(example = json!(null))]
    pub severity: Option<HazardSeverity>,
    /// New deadline, required if not rectified: after today, within a year. It may be earlier than the old one.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub due_on: Option<NaiveDate>,
    /// Photographs and other evidence.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// A new deadline for the rectification of a hazard (整改延期).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardExtensionIn {
    /// New deadline: later than the current one, at most a year after the hazard was found.
    #[schema(example = "2026-09-30")]
    pub due_on: NaiveDate,
    /// Reasons, visible to the company.
    #[schema(min_length = 2, max_length = 2000, example = "外立面施工须搭设脚手架，受大风天气影响")]
    pub reasons: String,
}

impl LedgerTexts for InspectionIn {
    fn texts(&self) -> Texts {
        self.purpose.clone().map(|text| ("purpose", text)).into_iter().collect()
    }
}

impl LedgerTexts for InspectionFindingReportIn {
    fn texts(&self) -> Texts {
        vec![("description", self.description.clone())]
    }
}

impl LedgerTexts for HazardRectificationIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

impl LedgerTexts for HazardRecheckIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

impl LedgerTexts for HazardExtensionIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListChecklists {
    /// Checklists in force on this day (default: today).
    pub as_of: Option<NaiveDate>,
    /// Only checklists that offices of this role may use.
    pub role: Option<Role>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListInspections {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only inspections in this state.
    pub state: Option<InspectionState>,
    /// True: only overdue inspections, whose planned day has passed. False: only the others.
    pub overdue: Option<bool>,
    /// Only inspections at this complex.
    pub complex_id: Option<Id>,
    /// Only inspections of this company.
    pub company_id: Option<Id>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Only those planned for this day or later; for an unplanned inspection, its own day counts.
    pub planned_from: Option<NaiveDate>,
    /// Only those planned for this day or earlier.
    pub planned_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListHazards {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only hazards in this state.
    pub state: Option<HazardState>,
    /// Only hazards of this severity.
    pub severity: Option<HazardSeverity>,
    /// True: only overdue hazards, not rectified and past their deadline. False: only the others.
    pub overdue: Option<bool>,
    /// Only hazards at this complex.
    pub complex_id: Option<Id>,
    /// Only hazards found while this company served the complex.
    pub company_id: Option<Id>,
    /// Only hazards found by offices of this role.
    pub role: Option<Role>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Only hazards with a deadline on this day or earlier.
    pub due_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPlan {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// True: only overdue inspections. False: only the others.
    pub overdue: Option<bool>,
    /// Only inspections due within this number of days, including overdue ones.
    #[param(minimum = 0, maximum = 730, example = 14)]
    pub due_within: Option<u32>,
    /// Only for the checklist with this code.
    #[param(max_length = 40, example = "safety")]
    pub checklist: Option<String>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatisticsQuery {
    /// County, township or community in your territory, 6, 9 or 12 digits (default: your territory).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// First day of the period (default: 1 January of the year of `to`).
    pub from: Option<NaiveDate>,
    /// Last day of the period (default: today).
    pub to: Option<NaiveDate>,
}
