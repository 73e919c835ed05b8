//! What a case or a measure waits for, and from whom. Pure: rows and the caller in, kinds and days out.

use chrono::NaiveDate;

use super::model::InboxKind;
use crate::access::{Caller, Role};
use crate::complaints::model::{ComplaintRow, ComplaintState};
use crate::contracts::model::ContractRow;
use crate::db::Instant;
use crate::disclosures::model::DisclosureState;
use crate::disclosures::state_rules::Assessment;
use crate::inspections::model::HazardState;
use crate::measures::model::MeasureRow;
use crate::policy::model::MeasureKind;
use crate::violations::model::ViolationRow;

type Waiting = (InboxKind, Option<NaiveDate>);

/// Whose it is to verify a disclosure.
pub fn verifies(role: Role) -> bool {
    matches!(role, Role::Community | Role::SocialAffairsOffice)
}

/// What a hazard that an office has found waits for from it: to be looked at again, or, where it is late, to be seen to.
pub fn of_hazard(state: HazardState) -> Option<InboxKind> {
    match state {
        HazardState::Open => Some(InboxKind::PursueHazard),
        HazardState::Rectified => Some(InboxKind::RecheckHazard),
        HazardState::Closed => None,
    }
}

/// Its next deadline: until it is accepted the one, then the other.
fn next_due(row: &ComplaintRow) -> Instant {
    let course = &row.course.0;
    if course.accepted_at.is_none() { course.accept_due } else { row.resolve_due }
}

/// What a ticket waits for from whoever handles it; while it waits for the complainant, nothing.
pub fn of_handled_complaint(row: &ComplaintRow) -> Option<(InboxKind, Instant)> {
    use ComplaintState::*;
    let kind = match ComplaintState::from_code(&row.state)? {
        // It came back to its supervisor.
        Returned => InboxKind::AssignComplaint,
        Submitted | Assigned | Reopened if row.course.0.accepted_at.is_none() => InboxKind::AcceptComplaint,
        Submitted | Accepted | Assigned | Reopened | InMediation => InboxKind::AnswerComplaint,
        WaitingForComplainant | Replied | Closed | Rejected | Merged => return None,
    };
    Some((kind, next_due(row)))
}

/// What an open ticket waits for from its supervisor, while another handles it: whether it gets more time, and, where it was
/// late, that somebody sees to it.
pub fn of_supervised_complaint(row: &ComplaintRow) -> Vec<(InboxKind, Option<Instant>)> {
    let course = &row.course.0;
    let stands = course.paused_at.is_some();
    let asked = course.extension.as_ref().is_some_and(|one| one.granted.is_none());
    // Once the old time is over no more is given; while it stands still it is never over.
    let decide = asked.then(|| (InboxKind::DecideExtension, Some(row.resolve_due).filter(|_| !stands)));
    let late = course.escalated_at.is_some() && !stands;
    let pursue = late.then(|| (InboxKind::PursueComplaint, Some(next_due(row))));
    decide.into_iter().chain(pursue).collect()
}

/// What a kind of disclosure waits for from the company that owes it.
pub fn of_disclosure(assessment: &Assessment) -> Option<Waiting> {
    match assessment.state {
        DisclosureState::Overdue => Some((InboxKind::SubmitDisclosure, assessment.due_on)),
        DisclosureState::Rejected => Some((InboxKind::CorrectDisclosure, assessment.due_on)),
        DisclosureState::Missing | DisclosureState::Submitted | DisclosureState::Verified => None,
    }
}

/// What a violation waits for from this caller.
pub fn of_violation(row: &ViolationRow, caller: &Caller, today: NaiveDate) -> Option<Waiting> {
    let steps = &row.proceedings.0;
    if caller.role == Role::PropertyCompany {
        row.company_id?;
        return match row.state.as_str() {
            "notified" if steps.delivery.is_none() => Some((InboxKind::OpenNotice, None)),
            "notified" if steps.statement.is_none() && row.statement_due_on >= Some(today) => {
                Some((InboxKind::MakeStatement, row.statement_due_on))
            }
            "confirmed" if steps.decision_delivery.is_none() => Some((InboxKind::OpenDecision, None)),
            "confirmed" if row.appeal_due_on >= Some(today) => Some((InboxKind::Appeal, row.appeal_due_on)),
            _ => None,
        };
    }
    if row.state == "appealed" {
        let confirmed_by = steps.confirmation.as_ref().map(|c| c.by.role.rank());
        let above = confirmed_by.is_some_and(|rank| caller.role.rank() > rank);
        return (above && caller.is_government()).then_some((InboxKind::DecideAppeal, None));
    }
    if row.lead_role != caller.role.code() {
        return None;
    }
    match row.state.as_str() {
        "reported" => Some((InboxKind::NotifyViolation, None)),
        "notified" if steps.delivery.is_none() => Some((InboxKind::RecordDelivery, None)),
        "notified" if steps.statement.is_some() && steps.statement_answer.is_none() => {
            Some((InboxKind::AnswerStatement, row.statement_due_on))
        }
        "notified" if row.statement_due_on < Some(today) => Some((InboxKind::DecideViolation, None)),
        "confirmed" if row.company_id.is_some() && steps.decision_delivery.is_none() => {
            Some((InboxKind::RecordDelivery, None))
        }
        _ => None,
    }
}

/// What a measure waits for from this caller.
pub fn of_measure(row: &MeasureRow, caller: &Caller, today: NaiveDate) -> Option<Waiting> {
    let steps = &row.proceedings.0;
    let kind = MeasureKind::from_code(&row.kind)?;
    let due = Some(row.due_on);
    if caller.role == Role::PropertyCompany {
        return match row.state.as_str() {
            "proposed" if row.notified && steps.delivery.is_none() => Some((InboxKind::OpenMeasureNotice, None)),
            "proposed" if row.hearing_request_due_on >= Some(today) => {
                Some((InboxKind::AnswerMeasureNotice, row.hearing_request_due_on))
            }
            "approved" if kind == MeasureKind::RectificationOrder => Some((InboxKind::FulfilMeasure, due)),
            _ => None,
        };
    }
    let division = caller.division.as_deref().unwrap_or_default();
    let own = row.office_role == caller.role.code() && row.office_division == division;
    if row.state == "approved" {
        return own.then_some((InboxKind::CarryOutMeasure, due));
    }
    if row.state != "proposed" {
        return None;
    }
    let hearing_waits = steps.hearing_request.is_some() && steps.hearing.is_none();
    if own && !row.notified {
        return Some((InboxKind::NotifyMeasure, due));
    }
    if own && row.notified && steps.delivery.is_none() {
        return Some((InboxKind::RecordDelivery, due));
    }
    if own && steps.statement.is_some() && steps.statement_answer.is_none() {
        return Some((InboxKind::AnswerStatement, due));
    }
    if own && hearing_waits {
        return Some((InboxKind::HoldHearing, due));
    }
    let ripe = row.hearing_request_due_on.is_some_and(|last| today > last) && !hearing_waits;
    let approver = row.approver_role.as_deref() == Some(caller.role.code());
    (approver && ripe).then_some((InboxKind::ApproveMeasure, due))
}

/// What a contract waits for from this caller.
pub fn of_contract(row: &ContractRow, caller: &Caller, files: bool, today: NaiveDate) -> Option<Waiting> {
    let company = caller.role == Role::PropertyCompany;
    match row.state.as_str() {
        "submitted" if files => return Some((InboxKind::ReviewContract, row.review_due_on)),
        "refused" if company && row.entered_by == "company" => return Some((InboxKind::MendContract, None)),
        _ => {}
    }
    if row.removal_id.is_some() && row.proceedings.0.ending.is_none() && caller.role == Role::SocialAffairsOffice {
        return Some((InboxKind::EndContract, None));
    }
    // A contract that still runs is not handed over yet.
    let over = row.counts && row.serves_until().is_some_and(|last| last < today);
    let open = over && row.handover_due_on.is_some() && row.handover_done_on.is_none();
    match caller.role {
        Role::PropertyCompany if open => Some((InboxKind::HandOver, row.handover_due_on)),
        Role::SocialAffairsOffice if open => Some((InboxKind::ReceiveHandover, row.handover_due_on)),
        _ => None,
    }
}
