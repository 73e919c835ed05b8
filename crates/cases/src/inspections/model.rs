//! Stored inspections, their parts and hazards, and their enumerations.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::{Actor, Role};
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::{hazards, inspection_keys, inspection_parts, inspections};
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::proceedings::model::{Evidence, Step};

coded_enum! {
    /// State of an inspection (检查状态).
    #[schema(example = "planned")]
    pub stored enum InspectionState {
        Planned "planned" "已计划" "Planned"
        InProgress "in_progress" "进行中" "In progress: some results submitted"
        Done "done" "已完成" "Done"
        Cancelled "cancelled" "已取消" "Cancelled"
    }
}

coded_enum! {
    /// State of the part of one office (单位检查状态).
    #[schema(example = "done")]
    pub stored enum InspectionPartState {
        Planned "planned" "待检查" "Planned"
        Done "done" "已提交结果" "Result submitted"
        Cancelled "cancelled" "已取消" "Cancelled"
    }
}

coded_enum! {
    /// Outcome of a checklist item (检查结果).
    #[schema(example = "pass")]
    pub enum ItemOutcome {
        Pass "pass" "合格" "Pass"
        Fail "fail" "不合格" "Fail"
        NotApplicable "not_applicable" "不适用" "Not applicable"
    }
}

coded_enum! {
    /// State of a hazard (隐患状态).
    #[schema(example = "open")]
    pub stored enum HazardState {
        Open "open" "待整改" "To be rectified"
        Rectified "rectified" "已整改待复查" "Rectification reported, re-check pending"
        Closed "closed" "已销号" "Closed"
    }
}

coded_enum! {
    /// Severity of a hazard (隐患等级).
    #[schema(example = "general")]
    pub stored enum HazardSeverity {
        Major "major" "重大隐患" "Major"
        General "general" "一般隐患" "General"
    }
}

coded_enum! {
    /// Outcome of a re-check (复查结果).
    #[schema(example = "closed")]
    pub enum RecheckOutcome {
        Closed "closed" "复查合格，予以销号" "Rectified and closed"
        NotRectified "not_rectified" "整改不到位" "Not rectified"
    }
}

coded_enum! {
    /// Outcome of an offline result (接收结果).
    #[schema(example = "created")]
    pub enum SubmissionOutcome {
        Created "created" "已接收" "Received"
        AlreadyReceived "already_received" "此前已接收" "Received before, counted once"
        Refused "refused" "未接收" "Refused because of input errors"
    }
}

coded_enum! {
    /// Reason for the inspection frequency of a complex (频次依据).
    #[schema(example = "not_rated")]
    pub enum FrequencyReason {
        Star "star" "按星级" "By its star"
        NotRated "not_rated" "未评级" "Not rated"
        FocusList "focus_list" "重点整治名单" "On the focus list"
    }
}

impl InspectionState {
    /// At least one office has not submitted its result yet.
    pub const OPEN: [InspectionState; 2] = [InspectionState::Planned, InspectionState::InProgress];
}

/// An inspection of a complex, planned or unplanned.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = inspections, treat_none_as_null = true)]
pub struct InspectionRow {
    pub id: Id,
    pub version: i64,
    pub state: InspectionState,
    /// It was planned. An unplanned one is created by its result.
    pub planned: bool,
    /// It has a result. From then on the company can see it.
    pub inspected: bool,
    pub complex_id: Id,
    /// The company that served on the day of the inspection; before that, the one serving on the planned day.
    pub company_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub planned_on: NaiveDate,
    pub done_on: Option<NaiveDate>,
    pub purpose: Option<String>,
    pub planned_by: Json<Actor>,
    pub cancellation: Json<Option<Step>>,
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl InspectionRow {
    pub fn is_open(&self) -> bool {
        InspectionState::OPEN.contains(&self.state)
    }

    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// The part of one office in an inspection.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = inspection_parts, treat_none_as_null = true)]
pub struct PartRow {
    pub id: Id,
    pub inspection_id: Id,
    pub role: Role,
    pub division: String,
    pub checklist: String,
    pub state: InspectionPartState,
    pub complex_id: Id,
    pub company_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub planned_on: NaiveDate,
    pub inspected_at: Option<Instant>,
    pub inspected_on: Option<NaiveDate>,
    /// The last result of this checklist at this complex, from which the plan computes the next due date.
    pub is_last: bool,
    pub passed: i64,
    pub failed: i64,
    pub not_applicable: i64,
    pub result: Json<PartResult>,
    pub submitted_by: Json<Option<Actor>>,
    pub submitted_at: Option<Instant>,
    /// The policy version in force on the day of the inspection, whose checklist applies.
    pub policy_version: i64,
}

impl PartRow {
    pub fn is_done(&self) -> bool {
        self.state == InspectionPartState::Done
    }

    pub fn is_planned(&self) -> bool {
        self.state == InspectionPartState::Planned
    }

    pub fn is_of(&self, role: Role, division: &str) -> bool {
        self.role == role && self.division == division
    }
}

/// The result of a part, as stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartResult {
    pub note: Option<String>,
    pub items: Vec<ItemResult>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemResult {
    pub item: String,
    pub outcome: ItemOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<HazardSeverity>,
    pub note: Option<String>,
    pub evidence: Vec<Evidence>,
    pub hazard_id: Option<Id>,
    pub violation_id: Option<Id>,
}

/// A hazard: a failed item to be rectified by a deadline. It stays with the complex when the company changes.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = hazards, treat_none_as_null = true)]
pub struct HazardRow {
    pub id: Id,
    pub version: i64,
    pub inspection_id: Id,
    pub part_id: Id,
    pub checklist: String,
    pub item: String,
    pub state: HazardState,
    pub complex_id: Id,
    /// The company that served when it was found.
    pub company_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    /// The office that found it.
    pub role: Role,
    pub division: String,
    pub found_on: NaiveDate,
    pub due_on: NaiveDate,
    /// Day of the current rectification.
    pub rectified_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    /// A deadline passed before the rectification.
    pub missed: bool,
    pub description: String,
    pub evidence: Json<Vec<Evidence>>,
    pub steps: Json<Vec<HazardStep>>,
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub severity: HazardSeverity,
}

impl HazardRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// A step of a hazard after it was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HazardStep {
    Rectification {
        text: String,
        evidence: Vec<Evidence>,
        company_id: Id,
        on: NaiveDate,
        at: Instant,
        by: Actor,
    },
    Recheck {
        outcome: RecheckOutcome,
        text: String,
        evidence: Vec<Evidence>,
        due_on: Option<NaiveDate>,
        on: NaiveDate,
        at: Instant,
        by: Actor,
    },
    Extension {
        text: String,
        due_on: NaiveDate,
        on: NaiveDate,
        at: Instant,
        by: Actor,
    },
}

/// A key with which an office sent a result, and the digest of that result.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = inspection_keys)]
pub struct KeyRow {
    pub office: String,
    pub key: Id,
    pub digest: String,
    pub inspection_id: Id,
    pub received_at: Instant,
}
