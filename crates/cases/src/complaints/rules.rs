//! States of a complaint, its cards, and its next deadline check. Pure functions.

use chrono::{Datelike, Months, NaiveDate};

use super::clock_rules::{Clock, Limit};
use super::model::*;
use crate::db::Instant;
use crate::policy::complaints::ComplaintRules;
use crate::problem::{Code, Problem};

/// The states in which a step is allowed; all states for a step that does not change the state.
pub fn allowed(step: StepKind) -> &'static [ComplaintState] {
    use ComplaintState::*;
    match step {
        StepKind::Accepted | StepKind::Rejected => &[Submitted, Assigned, Reopened],
        StepKind::Transferred => &[Submitted, Accepted, Assigned, Returned, Reopened],
        StepKind::Returned => &[Submitted, Accepted, Assigned],
        StepKind::ExtensionRequested => &[Accepted, Assigned, InMediation, Reopened],
        StepKind::ExtensionGranted | StepKind::ExtensionRefused => {
            &[Accepted, Assigned, InMediation, Reopened, WaitingForComplainant, Returned]
        }
        StepKind::InformationRequested => &[Accepted, Assigned, Reopened],
        StepKind::InformationGiven => &[WaitingForComplainant],
        StepKind::MediationStarted => &[Accepted, Assigned, Reopened],
        StepKind::MediationEnded => &[InMediation],
        StepKind::Replied => &[Submitted, Accepted, Assigned, Reopened, InMediation],
        StepKind::Satisfaction => &[Replied, Closed],
        StepKind::Reopened => &[Replied, Closed, Rejected],
        StepKind::Closed => &[Replied],
        StepKind::Merged => &[Submitted, Accepted, Assigned, Returned, WaitingForComplainant, Reopened, InMediation],
        _ => ComplaintState::ALL,
    }
}

/// A state conflict unless the state allows the step.
pub fn require_state(step: StepKind, state: ComplaintState) -> Result<(), Problem> {
    if allowed(step).contains(&state) { Ok(()) } else { Err(refused(state)) }
}

/// A state conflict unless the complaint is open. Only an open complaint can be followed or be the target of a merge.
pub fn require_open(row: &ComplaintRow) -> Result<(), Problem> {
    if row.is_open { Ok(()) } else { Err(refused(row.state)) }
}

fn refused(state: ComplaintState) -> Problem {
    let (zh, en) = (
        format!("当前状态为“{}”，不允许此操作。", state.zh()),
        format!("The state is {}, which does not allow this operation.", state.code()),
    );
    Problem::new(Code::StateConflict).detail(zh, en)
}

/// Closes the complaint.
pub fn close(row: &mut ComplaintRow, now: Instant) {
    row.state = ComplaintState::Closed;
    row.is_open = false;
    row.course.0.closed_at = Some(now);
}

/// A card of a deadline, given from `at` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Card {
    pub at: Instant,
    pub deadline: DeadlineKind,
    pub colour: CardColour,
    pub due: Instant,
}

/// The cards of a complaint by its current deadlines, earliest first; none during a pause or once it is not open. The
/// red card is given at the deadline, from which on the complaint is overdue.
pub fn cards(row: &ComplaintRow, rules: &ComplaintRules, clock: &Clock) -> Vec<Card> {
    let course = &row.course.0;
    if !row.is_open || course.paused_at.is_some() {
        return Vec::new();
    }
    let mut all = Vec::with_capacity(3);
    if course.accepted_at.is_none() {
        let due = course.accept_due;
        all.push(Card { at: due, deadline: DeadlineKind::Accept, colour: CardColour::Red, due });
    }
    let due = row.resolve_due;
    let yellow = clock.yellow_at(due, course.clock, rules.yellow_working_days, rules.yellow_hours);
    // If the time limit is not longer than the warning, the yellow card would be given at submission: leave it out.
    if yellow.0 > row.submitted_at.0 {
        all.push(Card { at: yellow, deadline: DeadlineKind::Resolve, colour: CardColour::Yellow, due });
    }
    all.push(Card { at: due, deadline: DeadlineKind::Resolve, colour: CardColour::Red, due });
    all.sort_unstable();
    all
}

/// The next deadline check: for the next card of an open complaint, the automatic closure after a reply, or the erasure
/// of personal data after the end. None if nothing is left to do.
pub fn next_check_at(
    row: &ComplaintRow,
    given: &[(DeadlineKind, CardColour, Instant)],
    rules: &ComplaintRules,
    clock: &Clock,
) -> Option<Instant> {
    let course = &row.course.0;
    if row.is_open {
        let open = cards(row, rules, clock);
        return open.iter().find(|card| !given.contains(&(card.deadline, card.colour, card.due))).map(|card| card.at);
    }
    if row.state == ComplaintState::Replied {
        return course.resolved_at.map(|at| reopening_ends(at, rules, clock));
    }
    let kept = course.erased_at.is_none();
    course.closed_at.filter(|_| kept).map(|at| kept_until(at, rules, clock))
}

/// The deadline for reopening, exclusive.
pub fn reopening_ends(replied_at: Instant, rules: &ComplaintRules, clock: &Clock) -> Instant {
    clock.due(replied_at, Limit::WorkingDays(rules.reopening_within_working_days))
}

/// The end of the retention period of personal data (PIPL 19): the end of its last day.
pub fn kept_until(closed_at: Instant, rules: &ComplaintRules, clock: &Clock) -> Instant {
    let day = clock.day_of(closed_at);
    let last = day.checked_add_months(Months::new(rules.retention_months)).unwrap_or(NaiveDate::MAX);
    // The last years of the calendar do not fit into an instant of the database.
    clock.end_of_day(if last.year() > 9000 { day } else { last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_from_a_complaint_that_was_merged() {
        for step in StepKind::ALL {
            let changes = allowed(*step).len() < ComplaintState::ALL.len();
            assert!(!changes || !allowed(*step).contains(&ComplaintState::Merged), "{step:?}");
        }
    }

    #[test]
    fn what_is_answered_is_not_open() {
        for state in ComplaintState::ALL {
            assert_eq!(state.is_open(), allowed(StepKind::Merged).contains(state), "{state:?}");
        }
    }

    #[test]
    fn a_step_is_refused_with_the_state() {
        assert!(require_state(StepKind::Accepted, ComplaintState::Submitted).is_ok());
        let refused = require_state(StepKind::Accepted, ComplaintState::Closed).expect_err("it is closed");
        assert_eq!(refused.code, Code::StateConflict);
        assert!(format!("{refused:?}").contains("closed"));
    }

    #[test]
    fn what_is_closed_is_open_to_nobody() {
        let mut row = super::super::rules_tests::a_complaint();
        assert!(require_open(&row).is_ok());
        let now = row.updated_at;
        close(&mut row, now);
        assert!(require_open(&row).is_err());
        assert_eq!(row.course.0.closed_at, Some(now));
    }
}
