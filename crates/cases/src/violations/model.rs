//! Violations: the stored row with its steps, what callers send, and the list filters.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Actor, Role};
use crate::coded_enum;
use crate::complexes::model::{Point, PointIn};
use crate::db::Id;
use crate::db::schema::violations;
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::policy::model::ActSubject;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::proceedings::model::{Delivery, Evidence, Notification, Statement, Step};
use crate::proceedings::rules::require_state;

coded_enum! {
    /// State of a violation (办理状态).
    pub stored enum ViolationState {
        Reported "reported" "已上报" "Reported"
        Notified "notified" "已告知" "Notified"
        Confirmed "confirmed" "已认定" "Confirmed"
        Dismissed "dismissed" "不予认定" "Dismissed"
        Appealed "appealed" "申诉中" "Appealed"
        Upheld "upheld" "申诉后维持" "Upheld"
        Revoked "revoked" "已撤销" "Revoked"
    }
}

coded_enum! {
    /// Source of the report (来源).
    pub stored enum ViolationSource {
        Inspection "inspection" "检查" "Inspection"
        Complaint "complaint" "诉求" "Complaint"
        Referral "referral" "移交" "Referral"
        Survey "survey" "摸底排查" "Survey"
        SelfReport "self_report" "企业自报" "Self-report"
    }
}

coded_enum! {
    /// Outcome of an appeal (申诉结果).
    pub enum AppealOutcome {
        Upheld "upheld" "维持" "Upheld"
        Revoked "revoked" "撤销" "Revoked"
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    pub reasons: String,
    pub urgent_reason: Option<String>,
    pub policy_version: i64,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppealDecision {
    pub outcome: AppealOutcome,
    pub reasons: String,
    /// True if the body that confirmed the violation also decided the appeal, through another person: this system has
    /// no higher body.
    #[serde(default)]
    pub same_body: bool,
    pub at: Instant,
    pub by: Actor,
}

/// Every step of a case, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proceedings {
    pub notification: Option<Notification>,
    pub delivery: Option<Delivery>,
    pub statement: Option<Statement>,
    pub statement_answer: Option<Step>,
    pub confirmation: Option<Confirmation>,
    /// Delivery of the confirmation; the appeal period starts with it.
    pub decision_delivery: Option<Delivery>,
    pub dismissal: Option<Step>,
    pub appeal: Option<Statement>,
    pub appeal_decision: Option<AppealDecision>,
    pub revocation: Option<Step>,
}

/// Parts of a report that are stored as JSON because no query filters by them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub by: Actor,
    pub distinct_fact_reason: Option<String>,
    pub stopped_and_reported: bool,
    #[serde(default)]
    pub point: Option<Point>,
    /// Officer who found the violation, if somebody else reported it. Neither of them may confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_by: Option<Actor>,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = violations)]
pub struct ViolationRow {
    pub id: Id,
    pub version: i64,
    pub act: String,
    pub clause: Option<i64>,
    pub subject_kind: ActSubject,
    pub subject_name: Option<String>,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub lead_role: Role,
    pub state: ViolationState,
    pub found_on: NaiveDate,
    pub reported_at: Instant,
    pub reporter_iss: String,
    pub reporter_sub: String,
    pub source: ViolationSource,
    pub description: String,
    pub evidence: Json<Vec<Evidence>>,
    pub report: Json<Report>,
    pub policy_version: i64,
    pub notified: bool,
    pub statement_due_on: Option<NaiveDate>,
    pub appeal_due_on: Option<NaiveDate>,
    pub decided_on: Option<NaiveDate>,
    pub revoked_on: Option<NaiveDate>,
    pub rectified_on: Option<NaiveDate>,
    pub proceedings: Json<Proceedings>,
    pub updated_at: Instant,
}

impl ViolationState {
    /// States of a violation whose confirmation is in effect: confirmed and not revoked.
    pub const STANDING: [ViolationState; 3] =
        [ViolationState::Confirmed, ViolationState::Appealed, ViolationState::Upheld];
}

impl ViolationRow {
    /// Refuses the step unless the violation is in one of these states.
    pub fn require_state(&self, allowed: &[ViolationState]) -> Result<(), Problem> {
        require_state(self.state, allowed, ViolationState::label)
    }

    pub fn confirmed_by(&self) -> Option<&Actor> {
        self.proceedings.0.confirmation.as_ref().map(|confirmation| &confirmation.by)
    }

    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// Report of a violation (违规上报).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViolationIn {
    /// Code of the act; `GET /v1/acts` lists them.
    #[schema(min_length = 3, max_length = 80, example = "nine.staff_not_in_uniform")]
    pub act: String,
    /// Company that committed the act; required for acts of companies, and only for them.
    #[serde(default)]
    pub company_id: Option<Id>,
    /// Name of the developer, business, utility operator or committee, for their acts. Do not name natural persons.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 200, example = json!(null))]
    pub subject_name: Option<String>,
    /// Complex where it happened.
    #[serde(default)]
    pub complex_id: Option<Id>,
    /// Township (9 digits) or community (12 digits), if it happened outside a complex.
    #[serde(default)]
    #[schema(pattern = "^([0-9]{9}|[0-9]{12})$", example = json!(null))]
    pub division: Option<String>,
    /// Point of a place outside a complex.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub point: Option<PointIn>,
    /// Day found (发现日期); must not be in the future.
    #[schema(example = "2026-03-02")]
    pub found_on: NaiveDate,
    pub source: ViolationSource,
    /// Description of the facts found.
    #[schema(min_length = 5, max_length = 5000, example = "保洁、秩序维护人员未按岗位统一着装")]
    pub description: String,
    /// Evidence: texts, links or attachments.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Why this is a different fact, if the same company, complex and day are already recorded under an overlapping
    /// act.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 1000, example = json!(null))]
    pub distinct_fact_reason: Option<String>,
    /// Only for a company that reports acts of others: it stopped the act and reported it in time (Civil Code 942).
    #[serde(default)]
    #[schema(example = false)]
    pub stopped_and_reported: bool,
}

/// A confirmation (认定).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationIn {
    /// Reasons for the confirmation; they are notified to the company.
    #[schema(min_length = 2, max_length = 5000, example = "事实清楚，陈述申辩期内未提出异议")]
    pub reasons: String,
    /// Why the decision cannot wait for the end of the statement period (紧急情形); null if it is not urgent.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 1000, example = json!(null))]
    pub urgent_reason: Option<String>,
}

/// Decision on an appeal (申诉决定).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecisionIn {
    pub outcome: AppealOutcome,
    /// Reasons for the decision; they are notified to the company.
    #[schema(min_length = 2, max_length = 5000, example = "收费项目已按规定公示，原认定证据不足")]
    pub reasons: String,
}

impl LedgerTexts for ConfirmationIn {
    fn texts(&self) -> Texts {
        let urgent = self.urgent_reason.clone().map(|text| ("urgent_reason", text));
        std::iter::once(("reasons", self.reasons.clone())).chain(urgent).collect()
    }
}

impl LedgerTexts for AppealDecisionIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListViolations {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only violations in this state.
    pub state: Option<ViolationState>,
    /// Only violations of this company.
    pub company_id: Option<Id>,
    /// Only violations at this complex.
    pub complex_id: Option<Id>,
    /// Only violations of this act.
    #[param(max_length = 80, example = "nine.staff_not_in_uniform")]
    pub act: Option<String>,
    /// Only violations found on this day or later.
    pub found_from: Option<NaiveDate>,
    /// Only violations found on this day or earlier.
    pub found_to: Option<NaiveDate>,
}

/// True for subjects that are organisations. Only these may be named.
pub fn names_an_organisation(subject: ActSubject) -> bool {
    matches!(subject, ActSubject::Developer | ActSubject::Business | ActSubject::Utility | ActSubject::Committee)
}
