//! Tasks of offices with violations, measures and contracts: their deadlines under the policy, and who supervises them
//! when they are overdue. Nothing is stored: each deadline follows from the day of the step before and the policy in
//! force. Pure.

use chrono::NaiveDate;

use super::model::{EscalationLevel, InboxKind};
use super::rules;
use crate::access::{Caller, Role};
use crate::calendar::rules::WorkCalendar;
use crate::clock::Clock;
use crate::complaints::model::CardColour;
use crate::contracts::model::ContractRow;
use crate::db::Instant;
use crate::measures::model::MeasureRow;
use crate::policy::office_deadlines::OfficeDeadlines;
use crate::standing::model::{MeasureState, OfficeRef};
use crate::violations::model::{ViolationRow, ViolationState};

/// Parameters for counting deadlines.
pub struct Timing<'a> {
    pub rules: &'a OfficeDeadlines,
    pub calendar: &'a WorkCalendar,
    pub clock: &'a Clock,
    pub today: NaiveDate,
}

/// A task of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub kind: InboxKind,
    pub office: OfficeRef,
    pub due_on: Option<NaiveDate>,
}

/// A task as one caller sees it: their own, or an overdue one of an office below them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingItem {
    pub kind: InboxKind,
    pub due_on: Option<NaiveDate>,
    pub card: Option<CardColour>,
    pub level: EscalationLevel,
    /// The overdue step and its office, if the caller is above that office.
    pub late: Option<(InboxKind, OfficeRef)>,
}

impl Timing<'_> {
    pub fn days_after(&self, day: NaiveDate, working_days: u32) -> Option<NaiveDate> {
        Some(self.calendar.add_working_days(day, working_days))
    }

    pub fn after(&self, at: Instant, working_days: u32) -> Option<NaiveDate> {
        self.days_after(self.clock.day_of(at), working_days)
    }

    pub fn card(&self, due_on: Option<NaiveDate>) -> Option<CardColour> {
        let due = due_on?;
        if due < self.today {
            return Some(CardColour::Red);
        }
        let left = self.calendar.working_days_between(self.today, due);
        (left <= self.rules.yellow_card_working_days).then_some(CardColour::Yellow)
    }

    /// Level that a task with this due date has reached.
    pub fn level(&self, due_on: Option<NaiveDate>) -> EscalationLevel {
        match due_on {
            Some(due) if due < self.today => {
                let late = self.calendar.working_days_between(due, self.today);
                if late > self.rules.county_after_working_days {
                    EscalationLevel::County
                } else {
                    EscalationLevel::Leader
                }
            }
            _ => EscalationLevel::Office,
        }
    }

    /// The item for the office that has the task.
    pub fn own(&self, kind: InboxKind, due_on: Option<NaiveDate>) -> PendingItem {
        PendingItem { kind, due_on, card: self.card(due_on), level: self.level(due_on), late: None }
    }

    /// The item for a caller in whose territory the case is; `None` if the caller has nothing to do with the task.
    pub fn seen_by(&self, task: Task, caller: &Caller) -> Option<PendingItem> {
        if caller.role == task.office.role && caller.division.as_deref() == Some(&task.office.division) {
            return Some(self.own(task.kind, task.due_on));
        }
        self.supervised_by(task, caller)
    }

    /// The item for a caller above the office of an overdue task; `None` if the caller is not above it, or the task has
    /// not reached the caller's level.
    pub fn supervised_by(&self, task: Task, caller: &Caller) -> Option<PendingItem> {
        let Task { kind, office, due_on } = task;
        let above = is_above(caller.role, office.role, self.level(due_on));
        above.then(|| PendingItem { late: Some((kind, office)), ..self.own(InboxKind::SuperviseOffice, due_on) })
    }
}

/// Roles that are above other offices and supervise their overdue tasks.
pub fn sees_to_offices(role: Role) -> bool {
    matches!(role, Role::TownshipLeader | Role::CountyAuthority)
}

/// True if a role supervises an overdue task of an office at this level: first the leader, then the county. Without a
/// leader between them, or if the leader is overdue, it is the county at once. No role is above the county here.
fn is_above(role: Role, office: Role, level: EscalationLevel) -> bool {
    let has_leader = rules::has_leader(office);
    match (role, level) {
        (_, EscalationLevel::Office) => false,
        (Role::TownshipLeader, _) => has_leader,
        (Role::CountyAuthority, EscalationLevel::Leader) => !has_leader && office != Role::CountyAuthority,
        (Role::CountyAuthority, EscalationLevel::County) => office != Role::CountyAuthority,
        _ => false,
    }
}

/// The pending task of an office in a violation.
pub fn of_violation(row: &ViolationRow, timing: &Timing) -> Option<Task> {
    let steps = &row.proceedings.0;
    let rules = timing.rules;
    if row.state == ViolationState::Appealed {
        // The county authority decides appeals.
        let office = OfficeRef { role: Role::CountyAuthority, division: row.county.clone() };
        let due_on = timing.after(steps.appeal.as_ref()?.at, rules.decide_appeal_working_days);
        return Some(Task { kind: InboxKind::DecideAppeal, office, due_on });
    }
    let (kind, due_on) = match row.state {
        ViolationState::Reported => {
            (InboxKind::NotifyViolation, timing.after(row.reported_at, rules.notify_working_days))
        }
        ViolationState::Notified if steps.delivery.is_none() => {
            let issued = steps.notification.as_ref()?.at;
            (InboxKind::RecordDelivery, timing.after(issued, rules.deliver_working_days))
        }
        ViolationState::Notified if steps.statement.is_some() && steps.statement_answer.is_none() => {
            let said = steps.statement.as_ref()?.at;
            (InboxKind::AnswerStatement, timing.after(said, rules.answer_statement_working_days))
        }
        ViolationState::Notified if row.statement_due_on < Some(timing.today) => {
            (InboxKind::DecideViolation, timing.days_after(row.statement_due_on?, rules.decide_working_days))
        }
        // A statement after an urgent decision must be answered, too.
        ViolationState::Confirmed if steps.statement.is_some() && steps.statement_answer.is_none() => {
            let made = steps.statement.as_ref()?.at;
            (InboxKind::AnswerStatement, timing.after(made, rules.answer_statement_working_days))
        }
        ViolationState::Confirmed if row.company_id.is_some() && steps.decision_delivery.is_none() => {
            let decided = steps.confirmation.as_ref()?.at;
            (InboxKind::RecordDelivery, timing.after(decided, rules.deliver_working_days))
        }
        _ => return None,
    };
    let role = row.lead_role;
    let division = role.area_of(&row.county, &row.township).to_owned();
    Some(Task { kind, office: OfficeRef { role, division }, due_on })
}

/// A handover that the social affairs office follows up. `confirm_by` is the last day to confirm what the company
/// recorded.
pub fn of_handover(row: &ContractRow, confirm_by: Option<NaiveDate>, today: NaiveDate) -> Option<Task> {
    let office = OfficeRef { role: Role::SocialAffairsOffice, division: row.township.clone() };
    row.awaits_handover(today).then(|| Task {
        kind: InboxKind::ReceiveHandover,
        office,
        due_on: confirm_by.or(row.handover_due_on),
    })
}

/// The pending task of an office in a measure. `final_since` is the day after which its grounds are final; `None` if
/// they are not, and then nobody can decide.
pub fn of_measure(row: &MeasureRow, final_since: Option<NaiveDate>, timing: &Timing) -> Option<Task> {
    let steps = &row.proceedings.0;
    let rules = timing.rules;
    if row.suspended_on.is_some() {
        return None;
    }
    let own = || OfficeRef { role: row.office_role, division: row.office_division.clone() };
    let task = |kind, due_on| Some(Task { kind, office: own(), due_on });
    match row.state {
        MeasureState::Approved => return task(InboxKind::CarryOutMeasure, Some(row.due_on)),
        MeasureState::Proposed => {}
        _ => return None,
    }
    if !row.notified {
        return task(InboxKind::NotifyMeasure, timing.after(row.created_at, rules.notify_working_days));
    }
    if steps.delivery.is_none() {
        let issued = steps.notification.as_ref()?.at;
        return task(InboxKind::RecordDelivery, timing.after(issued, rules.deliver_working_days));
    }
    if let (Some(statement), None) = (&steps.statement, &steps.statement_answer) {
        let due_on = timing.after(statement.at, rules.answer_statement_working_days);
        return task(InboxKind::AnswerStatement, due_on);
    }
    if let (Some(request), None) = (&steps.hearing_request, &steps.hearing) {
        return task(InboxKind::HoldHearing, timing.after(request.at, rules.hold_hearing_working_days));
    }
    let heard = row.hearing_request_due_on.filter(|last| *last < timing.today)?;
    let held = steps.hearing.as_ref().map(|hearing| hearing.held_on);
    let ripe = heard.max(final_since?).max(held.unwrap_or(heard));
    let role = row.approver_role?;
    let division = if role == Role::CountyAuthority { row.county.clone() } else { row.township.clone() };
    let due_on = timing.days_after(ripe, rules.decide_measure_working_days);
    Some(Task { kind: InboxKind::ApproveMeasure, office: OfficeRef { role, division }, due_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn cards_and_levels_follow_from_the_last_day() {
        let rules = OfficeDeadlines::built_in();
        let clock = Clock::real(chrono_tz::Asia::Shanghai);
        let due = Some(day("2026-03-12"));
        let mut seen = Vec::new();
        for today in ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13", "2026-03-19", "2026-03-20"] {
            let timing = Timing { rules: &rules, calendar: WorkCalendar::built_in(), clock: &clock, today: day(today) };
            seen.push((timing.card(due), timing.level(due)));
        }
        use CardColour::{Red, Yellow};
        use EscalationLevel::{County, Leader, Office};
        assert_eq!(
            seen,
            [
                (None, Office),
                (Some(Yellow), Office),
                (Some(Yellow), Office),
                (Some(Red), Leader),
                (Some(Red), Leader),
                (Some(Red), County)
            ]
        );
    }

    #[test]
    fn nobody_sees_to_an_office_that_is_not_late_and_each_level_has_one_above_it() {
        use EscalationLevel::{County, Leader};
        let above = |office| {
            [Leader, County].map(|level| {
                [Role::TownshipLeader, Role::CountyAuthority, Role::SocialAffairsOffice]
                    .into_iter()
                    .filter(|role| is_above(*role, office, level))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            above(Role::SocialAffairsOffice),
            [vec![Role::TownshipLeader], vec![Role::TownshipLeader, Role::CountyAuthority]]
        );
        assert_eq!(above(Role::TownshipLeader), [vec![Role::CountyAuthority], vec![Role::CountyAuthority]]);
        assert_eq!(above(Role::DisciplineOffice), [vec![Role::CountyAuthority], vec![Role::CountyAuthority]]);
        assert_eq!(above(Role::CountyAuthority), [vec![], vec![]]);
        assert!(!is_above(Role::TownshipLeader, Role::SocialAffairsOffice, EscalationLevel::Office));
    }
}
