//! Measures: the stored row with its steps, what callers send, and the list filters.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Actor, Role};
use crate::contracts::model::TerminationGround;
use crate::db::Id;
use crate::db::schema::measures;
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts, evidence};
use crate::proceedings::model::{Delivery, Evidence, Notification, Statement, Step};
use crate::proceedings::rules::require_state;
use crate::standing::model::MeasureState;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    pub held_on: NaiveDate,
    pub record: String,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    pub completed_on: NaiveDate,
    pub outcome: String,
    pub evidence: Vec<Evidence>,
    pub removal_ground: Option<TerminationGround>,
    pub in_time: bool,
    pub at: Instant,
    pub by: Actor,
}

/// Cancellation of a measure; `by` is empty if its grounds no longer apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cancellation {
    pub reason_zh: String,
    pub reason_en: String,
    pub revoked: Vec<Id>,
    pub at: Instant,
    pub by: Option<Actor>,
}

/// Every step of a measure, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proceedings {
    pub notification: Option<Notification>,
    /// Violations and ratings that the notice named as grounds.
    pub notified_grounds: Vec<Id>,
    pub delivery: Option<Delivery>,
    pub statement: Option<Statement>,
    pub statement_answer: Option<Step>,
    pub hearing_request: Option<Step>,
    pub hearing: Option<Hearing>,
    pub approval: Option<Step>,
    pub rejection: Option<Step>,
    pub completion: Option<Completion>,
    pub cancellation: Option<Cancellation>,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = measures)]
pub struct MeasureRow {
    pub id: Id,
    pub version: i64,
    pub key: String,
    pub kind: MeasureKind,
    pub state: MeasureState,
    pub company_id: Id,
    pub complex_id: Option<Id>,
    pub violation_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub office_role: Role,
    pub office_division: String,
    pub approver_role: Option<Role>,
    pub level: Option<i64>,
    pub legal_basis: Option<String>,
    pub policy_version: i64,
    pub reason_zh: String,
    pub reason_en: String,
    pub due_on: NaiveDate,
    pub cancelled_by_system: bool,
    pub reverses: Option<Id>,
    pub notified: bool,
    pub hearing_request_due_on: Option<NaiveDate>,
    pub proceedings: Json<Proceedings>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Day since which an appeal against one of its grounds suspends it.
    pub suspended_on: Option<NaiveDate>,
}

impl MeasureRow {
    pub fn require_state(&self, allowed: &[MeasureState]) -> Result<(), Problem> {
        require_state(self.state, allowed, MeasureState::label)
    }

    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// Record of a hearing (听证笔录).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HearingRecordIn {
    /// Day of the hearing (听证日期); must not be in the future.
    #[schema(example = "2026-06-20")]
    pub held_on: NaiveDate,
    /// Text of the hearing record.
    #[schema(
        min_length = 2,
        max_length = 20000,
        example = "企业陈述：押金已全部退还，门禁卡已恢复。业主委员会陈述：保洁和秩序仍无改善。"
    )]
    pub record: String,
}

/// Completion of a measure, or the referred agency's report on a referral (办理结果).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionIn {
    /// Day of completion (执行日期); must not be in the future.
    #[schema(example = "2026-03-20")]
    pub completed_on: NaiveDate,
    /// Outcome: what was done.
    #[schema(min_length = 2, max_length = 5000, example = "已整改到位，经复查合格")]
    pub outcome: String,
    /// Evidence: texts, links or attachments.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Required for `removal`: termination ground of the contract (合同终止依据). Attach its document as evidence.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub removal_ground: Option<TerminationGround>,
    /// For `removal` of a company whose contract has not ended: the day of the notice of termination, if the ground
    /// requires one. `completed_on` is then the last day of the contract.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub notice_given_on: Option<NaiveDate>,
}

impl LedgerTexts for HearingRecordIn {
    fn texts(&self) -> Texts {
        vec![("record", self.record.clone())]
    }
}

impl LedgerTexts for CompletionIn {
    fn texts(&self) -> Texts {
        vec![("outcome", self.outcome.clone()), evidence(&self.evidence)]
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListMeasures {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only measures in this state.
    pub state: Option<MeasureState>,
    /// Only measures of this kind.
    pub kind: Option<MeasureKind>,
    /// Only measures of this company.
    pub company_id: Option<Id>,
    /// Only measures about this complex.
    pub complex_id: Option<Id>,
    /// Only measures of this responsible office.
    pub office_role: Option<Role>,
    /// Only measures that are about this one violation.
    pub violation_id: Option<Id>,
}
