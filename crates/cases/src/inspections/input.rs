//! What callers send.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{HazardSeverity, HazardState, InspectionState, ItemOutcome, RecheckOutcome};
use crate::access::Role;
use crate::db::Id;
use crate::db::types::Instant;
use crate::proceedings::ledger_texts::{self, LedgerTexts, Texts};
use crate::proceedings::model::Evidence;

/// An office and what it looks at (参加单位).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionOfficeIn {
    /// The office: the one of this role that answers for the complex.
    pub role: Role,
    /// Code of its checklist, one of `GET /v1/checklists`.
    #[schema(min_length = 1, max_length = 40, example = "general")]
    pub checklist: String,
}

/// A visit to plan (检查计划).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionIn {
    pub complex_id: Id,
    /// Day of the visit; today or later, within a year.
    #[schema(example = "2026-03-02")]
    pub planned_on: NaiveDate,
    /// The offices that go; with more than one it is a joint visit (联合检查).
    #[schema(min_items = 1, max_items = 8)]
    pub offices: Vec<InspectionOfficeIn>,
    /// What it is for.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = "节前联合安全检查")]
    pub purpose: Option<String>,
}

/// What was found of one item (检查项结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemResultIn {
    /// Code of the item.
    #[schema(min_length = 1, max_length = 60, example = "fire_lane")]
    pub item: String,
    pub outcome: ItemOutcome,
    /// How grave it is, where it fails and that makes a hazard; left out, `general`.
    // Left out where it was: a digest of a result that a phone sends again is as it was before there was this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub severity: Option<HazardSeverity>,
    /// What was seen; needed where it fails.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 1000, example = "3 号楼北侧消防车道停放 2 辆私家车")]
    pub note: Option<String>,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 10, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// The result of one office (检查结果): every item of its checklist, as it was in force on the day of the visit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionResultIn {
    /// Code of the checklist.
    #[schema(min_length = 1, max_length = 40, example = "general")]
    pub checklist: String,
    /// When the office was there, by the clock of the phone: not in the future, and at most 90 days back.
    pub inspected_at: Instant,
    /// Every item of the checklist once.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ItemResultIn>,
    /// Anything else.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = json!(null))]
    pub note: Option<String>,
}

/// One result of a batch (批量检查结果): of a planned visit, or of one that nobody planned.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchResultIn {
    /// UUID made on the phone when the result was written down (手机端生成的唯一标识). It is taken once for ever.
    #[schema(example = "5b1c7a52-6c0e-4b43-9b6d-0d5d4f3f9a01")]
    pub key: Id,
    /// The planned visit; null where nobody planned it.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub inspection_id: Option<Id>,
    /// The complex of a visit that nobody planned.
    #[serde(default)]
    pub complex_id: Option<Id>,
    /// Code of the checklist.
    #[schema(min_length = 1, max_length = 40, example = "general")]
    pub checklist: String,
    /// When the office was there, by the clock of the phone: not in the future, and at most 90 days back.
    pub inspected_at: Instant,
    /// Every item of the checklist once.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ItemResultIn>,
    /// Anything else.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = json!(null))]
    pub note: Option<String>,
}

/// Results that a phone brings back (离线检查结果上传).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionBatchIn {
    /// The results, each under its key.
    #[schema(min_items = 1, max_items = 200)]
    pub results: Vec<BatchResultIn>,
}

/// A finding to report as a violation (检查发现转违规登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionFindingReportIn {
    /// The part of the visit that found it.
    pub part_id: Id,
    /// Code of the item that failed.
    #[schema(min_length = 1, max_length = 60, example = "fire_lane")]
    pub item: String,
    /// The act; that of the item where it is left out.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 80, example = json!(null))]
    pub act: Option<String>,
    /// The officer's own words; they stand after what was found.
    #[schema(min_length = 2, max_length = 3000, example = "现场已告知项目经理，拒不清理")]
    pub description: String,
    /// Why this is another fact, where the same company, complex and day already stand under an overlapping act.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 1000, example = json!(null))]
    pub distinct_fact_reason: Option<String>,
}

/// What the company did about a hazard (整改反馈).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardRectificationIn {
    /// What was done.
    #[schema(min_length = 2, max_length = 3000, example = "已清理消防车道，加装隔离桩并重新施划标线")]
    pub text: String,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// A re-check (复查).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardRecheckIn {
    pub outcome: RecheckOutcome,
    /// The reasons, told to the company.
    #[schema(min_length = 2, max_length = 2000, example = "现场复查，消防车道已畅通")]
    pub reasons: String,
    /// How grave it is by what was seen now; left out, as before.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub severity: Option<HazardSeverity>,
    /// The new last day, where it is not rectified: after today, within a year; also before the old one.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub due_on: Option<NaiveDate>,
    /// Photographs and the like.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub evidence: Vec<Evidence>,
}

/// More time for a hazard (整改延期).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HazardExtensionIn {
    /// The new last day: after the present one, within a year.
    #[schema(example = "2026-09-30")]
    pub due_on: NaiveDate,
    /// The reasons, told to the company.
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
    /// As in force on this day (default today).
    pub as_of: Option<NaiveDate>,
    /// Only those that this office inspects by.
    pub role: Option<Role>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListInspections {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this state.
    pub state: Option<InspectionState>,
    /// Only those whose planned day is over and that are not done yet; or only the others.
    pub overdue: Option<bool>,
    /// Only at this complex.
    pub complex_id: Option<Id>,
    /// Only of this company.
    pub company_id: Option<Id>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Planned for this day or later; of a visit that nobody planned, its own day.
    pub planned_from: Option<NaiveDate>,
    /// Planned for this day or earlier.
    pub planned_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListHazards {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this state.
    pub state: Option<HazardState>,
    /// Only those that are so grave.
    pub severity: Option<HazardSeverity>,
    /// Only those that are late: open, and their last day is over; or only the others.
    pub overdue: Option<bool>,
    /// Only at this complex.
    pub complex_id: Option<Id>,
    /// Only those for which this company answered when they were found.
    pub company_id: Option<Id>,
    /// Only those that this office found.
    pub role: Option<Role>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Due on this day or earlier.
    pub due_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPlan {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only what is overdue; or only the others.
    pub overdue: Option<bool>,
    /// Only what is due within so many days, or overdue.
    #[param(minimum = 0, maximum = 730, example = 14)]
    pub due_within: Option<u32>,
    /// Only by this checklist.
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
    /// The area: county, township or community within your own (default: your own).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// First day of the period (default: that of the year).
    pub from: Option<NaiveDate>,
    /// Last day of the period (default: today).
    pub to: Option<NaiveDate>,
}
