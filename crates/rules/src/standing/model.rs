//! Facts in, standing and changes out.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::coded_enum;
use crate::policy::model::{CreditBand, LadderArea, LadderCount, LadderThresholds, MeasureKind, MeasureRule};
use crate::role::Role;

coded_enum! {
    /// State of a measure (措施状态).
    #[schema(example = "proposed")]
    pub stored enum MeasureState {
        Proposed "proposed" "待审批" "Proposed"
        Approved "approved" "已批准" "Approved"
        Rejected "rejected" "未批准" "Rejected"
        Done "done" "已执行" "Done"
        Cancelled "cancelled" "已取消" "Cancelled"
    }
}

impl MeasureState {
    /// The state that a measure is created in.
    pub fn initial(rule: &MeasureRule) -> MeasureState {
        match rule.approver {
            _ if rule.self_executing => MeasureState::Done,
            Some(_) => MeasureState::Proposed,
            None => MeasureState::Approved,
        }
    }

    /// It waits to be decided or carried out.
    pub const OPEN: [MeasureState; 2] = [MeasureState::Proposed, MeasureState::Approved];

    pub fn is_open(self) -> bool {
        MeasureState::OPEN.contains(&self)
    }
}

/// Where something is (行政区划): the codes of GB/T 2260 and of the statistical divisions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// County (县级), 6 digits.
    #[schema(example = "640104", min_length = 6, max_length = 6, pattern = "^[0-9]{6}$")]
    pub county: String,
    /// Township (乡级), 9 digits; null for a matter of the whole county.
    #[schema(example = "640104001", min_length = 9, max_length = 9, pattern = "^[0-9]{9}$")]
    pub township: Option<String>,
    /// Village or community (村级), 12 digits; null for a matter of the whole township.
    #[schema(example = "640104001001", min_length = 12, max_length = 12, pattern = "^[0-9]{12}$")]
    pub community: Option<String>,
}

/// A shared place is written as the place itself.
mod shared {
    use super::{Arc, Deserialize, Serialize, Territory};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(place: &Arc<Territory>, to: S) -> Result<S::Ok, S::Error> {
        place.as_ref().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Territory>, D::Error> {
        Territory::deserialize(from).map(Arc::new)
    }
}

/// One violation that has been confirmed, whatever became of it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationFact {
    pub id: Uuid,
    /// The company or one of its branches, which count with it.
    pub company_id: Uuid,
    /// Code of the act.
    pub act: String,
    /// Policy version of the confirmation.
    pub policy_version: i64,
    pub complex_id: Option<Uuid>,
    /// Shared, because every row of a standing that comes from the violation repeats it.
    pub place: Arc<Territory>,
    pub found_on: NaiveDate,
    /// Day of the confirmation.
    pub decided_on: NaiveDate,
    pub revoked_on: Option<NaiveDate>,
    pub appeal_pending: bool,
    pub rectified_in_time_on: Option<NaiveDate>,
    /// Office acting as the lead.
    pub lead_role: Role,
}

/// Everything that a standing depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyFacts {
    pub company_id: Uuid,
    /// On the blacklist on the day asked for.
    pub listed: bool,
    pub violations: Vec<ViolationFact>,
}

/// Days within which is counted (累计期限).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Window {
    /// First day a violation found on still counts (起).
    #[schema(example = "2023-06-21")]
    pub from: NaiveDate,
    /// Last day, the day of the standing (止).
    #[schema(example = "2026-06-20")]
    pub to: NaiveDate,
    /// Length in months (月数).
    #[schema(example = 36, minimum = 1, maximum = 120)]
    pub months: u32,
}

/// One clause of the nine prohibitions with what counts under it (条款累计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClauseCount {
    /// Clause (条款).
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub clause: u8,
    /// Code of the act (行为代码).
    #[schema(example = "nine.staff_not_in_uniform", max_length = 64)]
    pub act: String,
    /// Number of counted violations (违规次数), those outside the reader's territory included.
    #[schema(example = 2, minimum = 1)]
    pub count: u32,
    /// Their ids (违规编号), without those outside the reader's territory.
    #[schema(max_items = 100_000)]
    pub violations: Vec<Uuid>,
}

/// A violation that the ladder counts (计入的违规).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedViolation {
    /// Id (编号); null outside the reader's territory.
    pub violation: Option<Uuid>,
    /// Clause (条款).
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub clause: u8,
    /// Code of the act (行为代码); null outside the reader's territory.
    #[schema(example = "nine.staff_not_in_uniform", max_length = 64)]
    pub act: Option<String>,
    /// Day it was found (发现日期).
    #[schema(example = "2026-03-02")]
    pub found_on: NaiveDate,
    /// Day it was confirmed (认定日期); null outside the reader's territory.
    #[schema(example = "2026-03-06")]
    pub decided_on: Option<NaiveDate>,
    /// Complex (小区); null when there is none or it is outside the reader's territory.
    pub complex_id: Option<Uuid>,
    /// Where it happened (地点).
    #[serde(with = "shared")]
    #[schema(value_type = Territory)]
    pub place: Arc<Territory>,
    /// Last day it counts (累计截止日).
    #[schema(example = "2029-03-02")]
    pub window_last_day: NaiveDate,
}

/// An office or a company (单位): one role in one division; of a company, the division is empty and the row names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct OfficeRef {
    /// Role of the office (角色).
    pub role: Role,
    /// Its division: GB/T 2260, 6, 9 or 12 digits; empty for a company (行政区划代码).
    #[schema(example = "640121102", max_length = 12, pattern = "^([0-9]{6,12})?$")]
    pub division: String,
}

impl OfficeRef {
    pub fn new(role: Role, division: &str) -> OfficeRef {
        OfficeRef { role, division: division.to_owned() }
    }
}

/// A measure that is due (应采取的措施), with the facts and the rule it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueMeasure {
    /// Kind (措施种类).
    pub kind: MeasureKind,
    /// Key (标识): the same measure always has the same key.
    #[schema(example = "interview", max_length = 120)]
    pub key: String,
    /// Level of the ladder that it belongs to (级别); null for measures due to each violation.
    #[schema(example = 1, minimum = 1, maximum = 4)]
    pub level: Option<u8>,
    /// Complex it is about (小区), if any.
    pub complex_id: Option<Uuid>,
    /// Agency that the matter is referred to (被移交单位).
    pub agency: Option<Role>,
    /// Office that holds it (承办单位).
    pub office: OfficeRef,
    /// Where it belongs (地点); of a measure about the company, the division that owns it.
    #[serde(with = "shared")]
    #[schema(value_type = Territory)]
    pub place: Arc<Territory>,
    /// Ids of the violations that it rests on (依据的违规), in ascending order, without those outside the reader's territory.
    #[schema(max_items = 100_000)]
    pub grounds: Vec<Uuid>,
    /// Number of violations that it rests on (依据数), those outside the reader's territory included.
    #[schema(example = 1, minimum = 1)]
    pub ground_count: u32,
    /// It cannot be undone and an appeal against one of its grounds is pending (申诉期间暂缓).
    #[schema(example = false)]
    pub waits_for_appeal: bool,
    /// Law or regulation it rests on (法律依据).
    #[schema(example = "《中华人民共和国民法典》第九百四十四条", max_length = 300)]
    pub legal_basis: Option<String>,
    /// Policy version it is due under (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
    /// Why, in Chinese (理由): clauses, days, rule and window.
    #[schema(example = "2026年3月2日发现的行为违反“九不准”第3条，扣3分。", max_length = 100_000)]
    pub reason_zh: String,
    /// Why, in English.
    #[schema(
        example = "Clause 3, found on 2026-03-02: 3 points are deducted (policy version 1).",
        max_length = 100_000
    )]
    pub reason_en: String,
}

/// Points taken for one violation (扣分明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreditDeduction {
    /// Violation (违规编号); null outside the reader's territory.
    pub violation: Option<Uuid>,
    /// Code of the act (行为代码); null outside the reader's territory.
    #[schema(example = "nine.staff_not_in_uniform", max_length = 64)]
    pub act: Option<String>,
    /// Where it happened (地点).
    #[serde(with = "shared")]
    #[schema(value_type = Territory)]
    pub place: Arc<Territory>,
    /// Day it was found (发现日期).
    #[schema(example = "2026-03-02")]
    pub found_on: NaiveDate,
    /// Last day the points are missing (扣分截止日).
    #[schema(example = "2027-03-02")]
    pub window_last_day: NaiveDate,
    /// Points deducted (扣分).
    #[schema(example = 3, minimum = 1, maximum = 100)]
    pub points: u32,
    /// Points that came back for rectification in time (返还分).
    #[schema(example = 0, minimum = 0, maximum = 100)]
    pub restored: u32,
    /// Policy version that the points come from (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
}

/// Credit score with its parts (信用评分).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credit {
    /// Score without deductions (基础分).
    #[schema(example = 100, minimum = 1, maximum = 1000)]
    pub base: u32,
    /// Deductions inside the window (扣分明细).
    #[schema(max_items = 100_000)]
    pub deductions: Vec<CreditDeduction>,
    /// Sum of the deductions (扣分合计).
    #[schema(example = 3, minimum = 0)]
    pub total_deducted: u32,
    /// Sum of the points that came back (返还合计).
    #[schema(example = 0, minimum = 0)]
    pub restored: u32,
    /// Score (得分): base less deductions plus restored points, not below the floor.
    #[schema(example = 97, minimum = 0, maximum = 1000)]
    pub score: u32,
    /// Band (信用等级).
    pub band: CreditBand,
    /// On the blacklist (已列入黑名单), which makes it band D.
    #[schema(example = false)]
    pub listed: bool,
    /// Days within which deductions count (扣分期限).
    pub window: Window,
    /// Policy version of base, window and bands (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
}

/// Explained standing of a company on a day (惩戒状态).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// Company (物业服务企业).
    pub company_id: Uuid,
    /// Day of the standing (日期).
    #[schema(example = "2026-06-20")]
    pub as_of: NaiveDate,
    /// Policy version that the ladder was applied under (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
    /// Level of the ladder (级别); 0 is none.
    #[schema(example = 1, minimum = 0, maximum = 4)]
    pub level: u8,
    /// What was counted (累计数), in the area with the most.
    #[schema(example = 1, minimum = 0)]
    pub count: u32,
    /// How it was counted (累计方式).
    pub count_by: LadderCount,
    /// Area within which was counted (累计范围).
    pub area: LadderArea,
    /// Counts at which the levels begin (各级起点).
    pub thresholds: LadderThresholds,
    /// Days within which was counted (累计期限).
    pub window: Window,
    /// Clauses with what counts under them (条款累计).
    #[schema(max_items = 9)]
    pub clauses: Vec<ClauseCount>,
    /// Counted violations (计入的违规), oldest first.
    #[schema(max_items = 100_000)]
    pub violations: Vec<CountedViolation>,
    /// Measures due (应采取的措施), without those outside the reader's territory.
    #[schema(max_items = 100_000)]
    pub consequences: Vec<DueMeasure>,
    /// Number of measures due outside the reader's territory (辖区外措施数).
    #[schema(example = 0, minimum = 0)]
    pub consequences_outside: u32,
    /// Credit score (信用评分).
    pub credit: Credit,
    /// First day on which the level is lower if nothing else happens (级别下降日); null at level 0.
    #[schema(example = "2029-03-03")]
    pub next_change_on: Option<NaiveDate>,
}

/// A measure on file. Reversals are among them, with key `reversal:{measure}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingMeasure {
    pub id: Uuid,
    pub key: String,
    pub kind: MeasureKind,
    pub state: MeasureState,
    /// Violations that it rests on.
    pub grounds: Vec<Uuid>,
    /// Rests on something beside violations too (a rating): the ladder moves its grounds and never ends it.
    pub other_grounds: bool,
    /// Cancelled by `reconcile` and not by a person.
    pub cancelled_by_system: bool,
}

/// What must happen to the measures on file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Put a new measure on file, in [`MeasureState::initial`].
    Create(Box<DueMeasure>),
    AddGrounds {
        measure: Uuid,
        violations: Vec<Uuid>,
    },
    DropGrounds {
        measure: Uuid,
        violations: Vec<Uuid>,
    },
    /// Cancel by the system.
    Cancel(Withdrawal),
    /// Put a task on file to undo a measure that was carried out, with key `reversal:{measure}` and the office, place
    /// and complex of that measure.
    Reverse {
        key: String,
        withdrawal: Withdrawal,
    },
}

/// Why a measure no longer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    pub measure: Uuid,
    /// The revoked violations that it, or the level it belongs to, rested on.
    pub revoked: Vec<Uuid>,
    pub reason_zh: String,
    pub reason_en: String,
}
