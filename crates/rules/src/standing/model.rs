//! The facts that a standing is computed from, the standing itself, and changes of measures.

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
        Done "done" "已执行" "Completed"
        Cancelled "cancelled" "已取消" "Cancelled"
    }
}

impl MeasureState {
    /// The state in which a measure is created.
    pub fn initial(rule: &MeasureRule) -> MeasureState {
        match rule.approver {
            _ if rule.self_executing => MeasureState::Done,
            Some(_) => MeasureState::Proposed,
            None => MeasureState::Approved,
        }
    }

    /// States in which a measure still has to be decided or completed.
    pub const OPEN: [MeasureState; 2] = [MeasureState::Proposed, MeasureState::Approved];

    pub fn is_open(self) -> bool {
        MeasureState::OPEN.contains(&self)
    }
}

/// Territory of a record (行政区划): codes of GB/T 2260 and of the statistical divisions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// County (县级), 6 digits.
    #[schema(example = "640104", min_length = 6, max_length = 6, pattern = "^[0-9]{6}$")]
    pub county: String,
    /// Township (乡级), 9 digits; null if it concerns the whole county.
    #[schema(example = "640104001", min_length = 9, max_length = 9, pattern = "^[0-9]{9}$")]
    pub township: Option<String>,
    /// Community (村级), 12 digits; null if it concerns the whole township.
    #[schema(example = "640104001001", min_length = 12, max_length = 12, pattern = "^[0-9]{12}$")]
    pub community: Option<String>,
}

/// Serialises a shared place like the place itself.
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

/// A confirmed violation, including a later revocation.
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
    /// Shared, because several rows of a standing repeat it.
    pub place: Arc<Territory>,
    pub found_on: NaiveDate,
    /// Day of the confirmation.
    pub decided_on: NaiveDate,
    pub revoked_on: Option<NaiveDate>,
    pub appeal_pending: bool,
    pub rectified_in_time_on: Option<NaiveDate>,
    /// Lead office.
    pub lead_role: Role,
}

/// All facts that a standing depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyFacts {
    pub company_id: Uuid,
    /// True if the company is blacklisted on the requested day.
    pub listed: bool,
    pub violations: Vec<ViolationFact>,
}

/// Window (累计期限).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Window {
    /// First day (起): violations found from then on count.
    #[schema(example = "2023-06-21")]
    pub from: NaiveDate,
    /// Last day (止): the day of the standing.
    #[schema(example = "2026-06-20")]
    pub to: NaiveDate,
    /// Length in months (月数).
    #[schema(example = 36, minimum = 1, maximum = 120)]
    pub months: u32,
}

/// Cumulative count for a clause of the nine prohibitions (条款累计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClauseCount {
    /// Clause (条款).
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub clause: u8,
    /// Code of the act (行为代码).
    #[schema(example = "nine.staff_not_in_uniform", max_length = 64)]
    pub act: String,
    /// Number of counted violations (违规次数), including those outside your territory.
    #[schema(example = 2, minimum = 1)]
    pub count: u32,
    /// Ids of the violations (违规编号), without those outside your territory.
    #[schema(max_items = 100_000)]
    pub violations: Vec<Uuid>,
}

/// A violation that the ladder counts (计入的违规).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedViolation {
    /// Violation id (编号); null outside your territory.
    pub violation: Option<Uuid>,
    /// Clause (条款).
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub clause: u8,
    /// Code of the act (行为代码); null outside your territory.
    #[schema(example = "nine.staff_not_in_uniform", max_length = 64)]
    pub act: Option<String>,
    /// Day found (发现日期).
    #[schema(example = "2026-03-02")]
    pub found_on: NaiveDate,
    /// Day of the confirmation (认定日期); null outside your territory.
    #[schema(example = "2026-03-06")]
    pub decided_on: Option<NaiveDate>,
    /// Complex (小区); null if none, or outside your territory.
    pub complex_id: Option<Uuid>,
    /// Territory of the violation (地点).
    #[serde(with = "shared")]
    #[schema(value_type = Territory)]
    pub place: Arc<Territory>,
    /// Last day on which it counts (累计截止日).
    #[schema(example = "2029-03-02")]
    pub window_last_day: NaiveDate,
}

/// An office (单位): role and division.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct OfficeRef {
    /// Role of the office (角色).
    pub role: Role,
    /// Division code (行政区划代码) of 6, 9 or 12 digits; empty for a company.
    #[schema(example = "640121102", max_length = 12, pattern = "^([0-9]{6,12})?$")]
    pub division: String,
}

impl OfficeRef {
    pub fn new(role: Role, division: &str) -> OfficeRef {
        OfficeRef { role, division: division.to_owned() }
    }
}

/// A due measure (应采取的措施), with the facts and the rule behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueMeasure {
    /// Kind (措施种类).
    pub kind: MeasureKind,
    /// Key (标识), stable for the same measure.
    #[schema(example = "interview", max_length = 120)]
    pub key: String,
    /// Ladder level (级别); null for measures that follow from each violation.
    #[schema(example = 1, minimum = 1, maximum = 4)]
    pub level: Option<u8>,
    /// Complex of the measure (小区); null if none.
    pub complex_id: Option<Uuid>,
    /// Referred agency (受移交单位); null if this is not a referral.
    pub agency: Option<Role>,
    /// Responsible office (承办单位).
    pub office: OfficeRef,
    /// Territory of the measure (地点); for a measure about the company, the division responsible for it.
    #[serde(with = "shared")]
    #[schema(value_type = Territory)]
    pub place: Arc<Territory>,
    /// Ids of the violations that are its grounds (依据的违规), in ascending order, without those outside your territory.
    #[schema(max_items = 100_000)]
    pub grounds: Vec<Uuid>,
    /// Number of its grounds (依据数), including those outside your territory.
    #[schema(example = 1, minimum = 1)]
    pub ground_count: u32,
    /// True if the measure is irreversible and an appeal against one of its grounds is pending (申诉期间暂缓).
    #[schema(example = false)]
    pub waits_for_appeal: bool,
    /// Legal basis (法律依据); null if none is named.
    #[schema(example = "《中华人民共和国民法典》第九百四十四条", max_length = 300)]
    pub legal_basis: Option<String>,
    /// Policy version under which it is due (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
    /// Reason in Chinese (理由): clauses, days, rule and window.
    #[schema(
        example = "2026年3月2日发现的行为违反“九不准”第3条（从业人员不按岗位统一着装），扣3分。",
        max_length = 100_000
    )]
    pub reason_zh: String,
    /// Reason in English.
    #[schema(
        example = "Clause 3 of the nine prohibitions (Staff not in the uniform of their post), found on 2026-03-02: 3 points are deducted (policy version 1).",
        max_length = 100_000
    )]
    pub reason_en: String,
}

/// Credit deduction for one violation (扣分明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreditDeduction {
    /// Violation id (违规编号); null outside your territory.
    pub violation: Option<Uuid>,
    /// Code of the act (行为代码); null outside your territory.
    #[schema(example = "nine.staff_not_in_uniform", max_length = 64)]
    pub act: Option<String>,
    /// Territory of the violation (地点).
    #[serde(with = "shared")]
    #[schema(value_type = Territory)]
    pub place: Arc<Territory>,
    /// Day found (发现日期).
    #[schema(example = "2026-03-02")]
    pub found_on: NaiveDate,
    /// Last day of the deduction (扣分截止日).
    #[schema(example = "2027-03-02")]
    pub window_last_day: NaiveDate,
    /// Points deducted (扣分).
    #[schema(example = 3, minimum = 1, maximum = 100)]
    pub points: u32,
    /// Points restored for timely rectification (返还分).
    #[schema(example = 0, minimum = 0, maximum = 100)]
    pub restored: u32,
    /// Policy version of the deduction (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
}

/// Credit score with its components (信用分).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credit {
    /// Score without deductions (基础分).
    #[schema(example = 100, minimum = 1, maximum = 1000)]
    pub base: u32,
    /// Deductions within the window (扣分明细).
    #[schema(max_items = 100_000)]
    pub deductions: Vec<CreditDeduction>,
    /// Sum of the deductions (扣分合计).
    #[schema(example = 3, minimum = 0)]
    pub total_deducted: u32,
    /// Sum of the restored points (返还合计).
    #[schema(example = 0, minimum = 0)]
    pub restored: u32,
    /// Score (得分): base minus deductions plus restored points, at least the floor.
    #[schema(example = 97, minimum = 0, maximum = 1000)]
    pub score: u32,
    /// Credit band (信用等级).
    pub band: CreditBand,
    /// True if blacklisted (已列入黑名单); the band is then D.
    #[schema(example = false)]
    pub listed: bool,
    /// Window of the deductions (扣分期限).
    pub window: Window,
    /// Policy version of base, window and bands (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
}

/// Standing of a company on a day (惩戒状态), with its explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// Company (物业服务企业).
    pub company_id: Uuid,
    /// Day of the standing (日期).
    #[schema(example = "2026-06-20")]
    pub as_of: NaiveDate,
    /// Policy version applied to the ladder (政策版本).
    #[schema(example = 1, minimum = 1)]
    pub policy_version: i64,
    /// Ladder level (级别); 0 is no level.
    #[schema(example = 1, minimum = 0, maximum = 4)]
    pub level: u8,
    /// Cumulative count (累计数) in the area with the highest level.
    #[schema(example = 1, minimum = 0)]
    pub count: u32,
    /// What is counted (累计方式).
    pub count_by: LadderCount,
    /// Area for which is counted (累计范围).
    pub area: LadderArea,
    /// Lowest count of each level (各级起点).
    pub thresholds: LadderThresholds,
    /// Window of the ladder (累计期限).
    pub window: Window,
    /// Cumulative counts by clause (条款累计).
    #[schema(max_items = 9)]
    pub clauses: Vec<ClauseCount>,
    /// Counted violations (计入的违规), oldest first.
    #[schema(max_items = 100_000)]
    pub violations: Vec<CountedViolation>,
    /// Due measures (应采取的措施), without those outside your territory.
    #[schema(max_items = 100_000)]
    pub consequences: Vec<DueMeasure>,
    /// Number of due measures outside your territory (辖区外措施数).
    #[schema(example = 0, minimum = 0)]
    pub consequences_outside: u32,
    /// Credit score (信用分).
    pub credit: Credit,
    /// First day on which the level falls if nothing else happens (级别下降日); null at level 0.
    #[schema(example = "2029-03-03")]
    pub next_change_on: Option<NaiveDate>,
}

/// An existing measure. Reversals are measures, too, with key `reversal:{measure}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingMeasure {
    pub id: Uuid,
    pub key: String,
    pub kind: MeasureKind,
    pub state: MeasureState,
    /// Ids of the violations that are its grounds.
    pub grounds: Vec<Uuid>,
    /// True if it has other grounds than violations (a rating). The ladder then changes its grounds and never ends it.
    pub other_grounds: bool,
    /// True if `reconcile` cancelled it, false if a person did.
    pub cancelled_by_system: bool,
}

/// A change of the existing measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Create a measure in [`MeasureState::initial`].
    Create(Box<DueMeasure>),
    AddGrounds {
        measure: Uuid,
        violations: Vec<Uuid>,
    },
    DropGrounds {
        measure: Uuid,
        violations: Vec<Uuid>,
    },
    /// Cancel a measure by the system.
    Cancel(Withdrawal),
    /// Create a task to undo a completed measure, with key `reversal:{measure}` and the office, place and complex of
    /// that measure.
    Reverse {
        key: String,
        withdrawal: Withdrawal,
    },
}

/// Why a measure is no longer justified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    pub measure: Uuid,
    /// The revoked violations that the measure or its ladder level was based on.
    pub revoked: Vec<Uuid>,
    pub reason_zh: String,
    pub reason_en: String,
}
