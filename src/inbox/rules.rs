//! The pending step of a case, hazard, complaint or contract, and who must take it. Pure: rows and the caller in, kinds
//! and days out.

use chrono::NaiveDate;

use super::model::{EscalationLevel, InboxKind};
use crate::access::{Caller, Role};
use crate::complaints::model::{ComplaintRow, ComplaintState};
use crate::contracts::model::{ContractRow, ContractState, EnteredBy};
use crate::db::Instant;
use crate::disclosures::model::DisclosureState;
use crate::disclosures::state_rules::Assessment;
use crate::inspections::model::HazardState;
use crate::measures::model::MeasureRow;
use crate::policy::model::MeasureKind;
use crate::standing::model::MeasureState;
use crate::violations::model::{ViolationRow, ViolationState};

type Waiting = (InboxKind, Option<NaiveDate>);

/// Roles that verify disclosures.
pub fn verifies(role: Role) -> bool {
    matches!(role, Role::Community | Role::SocialAffairsOffice)
}

/// The pending step of the office that found a hazard: to re-check it; to follow it up if it is overdue, or at once if
/// the complex has no company.
pub fn of_hazard(state: HazardState, late: bool, served: bool) -> Option<InboxKind> {
    match state {
        HazardState::Open if late || !served => Some(InboxKind::SuperviseHazard),
        HazardState::Open => None,
        HazardState::Rectified => Some(InboxKind::RecheckHazard),
        HazardState::Closed => None,
    }
}

/// The next deadline: for the acceptance, then for the resolution.
pub fn next_due(row: &ComplaintRow) -> Instant {
    let course = &row.course.0;
    if course.accepted_at.is_none() { course.accept_due } else { row.resolve_due }
}

/// The pending step of a complaint for its handler. While an information request pauses it, there is none.
pub fn of_handled_complaint(row: &ComplaintRow) -> Option<(InboxKind, Instant)> {
    use ComplaintState::*;
    let kind = match row.state {
        // A returned complaint is handled by its supervising office, which assigns it again.
        Returned => InboxKind::AssignComplaint,
        Submitted | Assigned | Reopened if row.course.0.accepted_at.is_none() => InboxKind::AcceptComplaint,
        Submitted | Accepted | Assigned | Reopened | InMediation => InboxKind::AnswerComplaint,
        WaitingForComplainant | Replied | Closed | Rejected | Merged => return None,
    };
    Some((kind, next_due(row)))
}

/// The pending steps of a complaint for its supervising office while another office handles it: an extension decision,
/// and the supervision if it became overdue.
pub fn of_supervised_complaint(row: &ComplaintRow) -> Vec<(InboxKind, Option<Instant>)> {
    let course = &row.course.0;
    let stands = course.paused_at.is_some();
    let asked = course.extension.as_ref().is_some_and(|one| one.granted.is_none());
    // An extension is decided before the deadline that it moves. During a pause no deadline passes.
    let decide = asked.then(|| (InboxKind::DecideExtension, Some(row.resolve_due).filter(|_| !stands)));
    let late = course.escalated_at.is_some() && !stands;
    let supervise = late.then(|| (InboxKind::SuperviseComplaint, Some(next_due(row))));
    decide.into_iter().chain(supervise).collect()
}

/// The pending step of a disclosure for the company that must make it.
pub fn of_disclosure(assessment: &Assessment) -> Option<Waiting> {
    match assessment.state {
        DisclosureState::Overdue => Some((InboxKind::SubmitDisclosure, assessment.due_on)),
        DisclosureState::Rejected => Some((InboxKind::CorrectDisclosure, assessment.due_on)),
        DisclosureState::Missing | DisclosureState::Submitted | DisclosureState::Verified => None,
    }
}

/// The pending step of a violation for the company in whose case it is.
pub fn of_own_violation(row: &ViolationRow, today: NaiveDate) -> Option<Waiting> {
    let steps = &row.proceedings.0;
    row.company_id?;
    match row.state {
        ViolationState::Notified if steps.delivery.is_none() => Some((InboxKind::OpenNotice, None)),
        ViolationState::Notified if steps.statement.is_none() && row.statement_due_on >= Some(today) => {
            Some((InboxKind::MakeStatement, row.statement_due_on))
        }
        ViolationState::Confirmed if steps.decision_delivery.is_none() => Some((InboxKind::OpenDecision, None)),
        ViolationState::Confirmed if row.appeal_due_on >= Some(today) => Some((InboxKind::Appeal, row.appeal_due_on)),
        _ => None,
    }
}

/// The pending step of a measure for its company. While an appeal suspends the measure, there is none.
pub fn of_own_measure(row: &MeasureRow, today: NaiveDate) -> Option<Waiting> {
    let steps = &row.proceedings.0;
    if row.suspended_on.is_some() {
        return None;
    }
    match row.state {
        MeasureState::Proposed if row.notified && steps.delivery.is_none() => {
            Some((InboxKind::OpenMeasureNotice, None))
        }
        MeasureState::Proposed if row.hearing_request_due_on >= Some(today) => {
            Some((InboxKind::AnswerMeasureNotice, row.hearing_request_due_on))
        }
        MeasureState::Approved if row.kind == MeasureKind::RectificationOrder => {
            Some((InboxKind::FulfilMeasure, Some(row.due_on)))
        }
        _ => None,
    }
}

/// The pending step of a contract for this caller. `confirm_by` is the last day to confirm the handover that the
/// company recorded, if that is the pending step.
pub fn of_contract(
    row: &ContractRow,
    caller: &Caller,
    confirm_by: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Waiting> {
    let company = caller.role == Role::PropertyCompany;
    if row.state == ContractState::Refused && company && row.entered_by == EnteredBy::Company {
        return Some((InboxKind::CorrectContract, None));
    }
    if row.removal_id.is_some() && row.proceedings.0.termination.is_none() && caller.role == Role::SocialAffairsOffice {
        return Some((InboxKind::TerminateContract, None));
    }
    let open = row.awaits_handover(today);
    match caller.role {
        // Once the company has recorded the handover in time, the receiving side must confirm it.
        Role::PropertyCompany if open && confirm_by.is_none() => Some((InboxKind::HandOver, row.handover_due_on)),
        // The roles that may record what was received.
        Role::SocialAffairsOffice | Role::Community | Role::ComplexCommittee if open => {
            Some((InboxKind::ReceiveHandover, confirm_by.or(row.handover_due_on)))
        }
        _ => None,
    }
}

/// True if a township leader is between an office and the county.
pub fn has_leader(office: Role) -> bool {
    office.row().division_digits > 6 && office != Role::TownshipLeader
}

/// A late ticket that its supervisor has not brought to an answer goes up: to the leader, and then to the county; a step that is
/// the supervisor's own is left out. `working_days` since it was first late; `step` is how many the policy gives each level.
pub fn of_late_complaint(
    supervising_office: Role,
    working_days: u32,
    step: u32,
    caller: Role,
) -> Option<EscalationLevel> {
    let leader_between = has_leader(supervising_office);
    let county_after = if leader_between { step.saturating_mul(2) } else { step };
    match caller {
        Role::TownshipLeader => (leader_between && working_days > step).then_some(EscalationLevel::Leader),
        Role::CountyAuthority if supervising_office != Role::CountyAuthority => {
            (working_days > county_after).then_some(EscalationLevel::County)
        }
        _ => None,
    }
}

/// The highest level that an overdue complaint has reached.
pub fn level_of_late_complaint(supervising_office: Role, working_days: u32, step: u32) -> EscalationLevel {
    let gone = |caller| of_late_complaint(supervising_office, working_days, step, caller).is_some();
    if gone(Role::CountyAuthority) {
        EscalationLevel::County
    } else if gone(Role::TownshipLeader) {
        EscalationLevel::Leader
    } else {
        EscalationLevel::Office
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_complaint_goes_up_one_level_after_the_other() {
        use EscalationLevel::{County, Leader};
        let seen = |supervising_office, days| {
            [Role::TownshipLeader, Role::CountyAuthority]
                .map(|role| of_late_complaint(supervising_office, days, 5, role))
        };
        assert_eq!(seen(Role::Community, 5), [None, None]);
        assert_eq!(seen(Role::Community, 6), [Some(Leader), None]);
        assert_eq!(seen(Role::Community, 11), [Some(Leader), Some(County)]);
        assert_eq!(seen(Role::TownshipLeader, 6), [None, Some(County)]);
        assert_eq!(seen(Role::CountyAuthority, 99), [None, None], "nobody is above the county here");
        assert_eq!(seen(Role::DisciplineOffice, 6), [None, Some(County)]);
    }
}
