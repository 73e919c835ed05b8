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

/// Why a measure was cancelled; `by` is empty where its grounds fell away.
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
    /// The violations and ratings that the notice told the company of.
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
    /// Since when an appeal against one of its grounds suspends it.
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

/// The record of a hearing (听证笔录).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HearingRecordIn {
    /// Day on which it was held; not in the future.
    #[schema(example = "2026-06-20")]
    pub held_on: NaiveDate,
    /// What was said.
    #[schema(min_length = 2, max_length = 20000, example = "当事人陈述……")]
    pub record: String,
}

/// The carrying out of a measure, or an agency's answer to a referral (办理结果).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionIn {
    /// Day on which it was done; not in the future.
    #[schema(example = "2026-03-20")]
    pub completed_on: NaiveDate,
    /// What was done.
    #[schema(min_length = 2, max_length = 5000, example = "已整改到位，经复查合格")]
    pub outcome: String,
    /// Documents: texts, links and attachments.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// For `removal`: the lawful ground on which the contract ended; its document is among the evidence.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub removal_ground: Option<TerminationGround>,
    /// For `removal` where the contract still runs: the day on which the written notice was given, if the ground asks for
    /// one. `completed_on` is then the contract's last day.
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
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this state.
    pub state: Option<MeasureState>,
    /// Only this kind.
    pub kind: Option<MeasureKind>,
    /// Only this company's.
    pub company_id: Option<Id>,
    /// Only about this complex.
    pub complex_id: Option<Id>,
    /// Only those that this office must carry out.
    pub office_role: Option<Role>,
    /// Only those that rest on one violation, this one.
    pub violation_id: Option<Id>,
}
