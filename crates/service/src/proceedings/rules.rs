//! When each step of due process is permitted. Pure functions.

use chrono::NaiveDate;

use crate::access::Role;
use crate::coded::Label;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::new(Code::StateConflict).detail(zh, en)
}

/// A step is permitted only in one of these states.
pub fn require_state<S: Copy + PartialEq>(
    now: S,
    allowed: &[S],
    label: fn(S) -> &'static Label,
) -> Result<(), Problem> {
    if allowed.contains(&now) {
        return Ok(());
    }
    let names =
        |pick: fn(&Label) -> &'static str| allowed.iter().map(|one| pick(label(*one))).collect::<Vec<_>>().join(" / ");
    Err(conflict(
        format!("当前状态为“{}”，须为“{}”。", label(now).zh, names(|label| label.zh)),
        format!("The state is {}. It must be {}.", label(now).code, names(|label| label.code)),
    ))
}

/// A notice is delivered after it was issued, and not in the future.
pub fn check_delivery_day(
    today: NaiveDate,
    day: NaiveDate,
    issued_on: Option<NaiveDate>,
    faults: &mut Vec<InputError>,
) {
    if day > today {
        faults.push(InputError::new("/delivered_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    } else if issued_on.is_some_and(|issued| day < issued) {
        let (zh, en) = ("不得早于告知日期", "must not be earlier than the notice");
        faults.push(InputError::new("/delivered_on", "before_start", zh, en));
    }
}

/// Refuses an action after the last day of its period.
pub fn require_before(today: NaiveDate, last_day: Option<NaiveDate>) -> Result<(), Problem> {
    match last_day {
        Some(last) if today > last => Err(Problem::new(Code::DeadlinePassed)
            .detail(format!("期限已于{}届满。", chinese_day(last)), format!("The deadline was {last}."))),
        _ => Ok(()),
    }
}

/// A notice that has not been delivered to the company yet. Until then, the company sees only that there is one, and
/// the committee of the complex cannot read it either.
pub fn is_unopened(role: Role, against_company: bool, undelivered: bool) -> bool {
    matches!(role, Role::PropertyCompany | Role::ComplexCommittee) && against_company && undelivered
}

/// Reading with the company's own token delivers the notice. A committee's reading does not.
pub fn awaits_opening(counts_as_delivery: bool, role: Role, unopened: bool) -> bool {
    counts_as_delivery && role == Role::PropertyCompany && unopened
}

/// Only one statement may be made.
pub fn may_make_statement(made: bool) -> Result<(), Problem> {
    if made {
        Err(conflict("陈述申辩已经提交，不得重复提交。", "A statement has been submitted already."))
    } else {
        Ok(())
    }
}

/// A statement can be answered once.
pub fn may_answer_statement(made: bool, answered: bool) -> Result<(), Problem> {
    if made && !answered {
        return Ok(());
    }
    Err(conflict("没有待答复的陈述申辩。", "There is no statement to answer."))
}

/// A statement must be answered before the decision.
pub fn require_answered(made: bool, answered: bool) -> Result<(), Problem> {
    if made && !answered { Err(Problem::new(Code::StatementUnanswered)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn code(result: Result<(), Problem>) -> Option<Code> {
        result.err().map(|problem| problem.code)
    }

    #[test]
    fn a_period_includes_its_last_day() {
        let last = Some(day("2026-03-05"));
        assert_eq!(code(require_before(day("2026-03-05"), last)), None);
        assert_eq!(code(require_before(day("2026-03-06"), last)), Some(Code::DeadlinePassed));
        assert_eq!(code(require_before(day("2026-03-06"), None)), None);
        let over = require_before(day("2026-03-06"), last).unwrap_err();
        let detail = |language| over.body(language, None).detail.unwrap();
        assert_eq!(detail(Language::Zh), "期限已于2026年3月5日届满。");
        assert_eq!(detail(Language::En), "The deadline was 2026-03-05.");
    }

    #[test]
    fn a_delivery_is_neither_before_the_notice_nor_in_the_future() {
        for (delivered, expected) in [
            ("2026-03-01", Some("before_start")),
            ("2026-03-02", None),
            ("2026-03-03", None),
            ("2026-03-04", Some("in_the_future")),
        ] {
            let mut faults = Vec::new();
            check_delivery_day(day("2026-03-03"), day(delivered), Some(day("2026-03-02")), &mut faults);
            assert_eq!(faults.first().map(|fault| fault.code), expected, "{delivered}");
        }
    }

    #[test]
    fn what_was_not_served_is_hidden_from_the_company_and_its_committee_and_opened_by_the_company() {
        use Role::{ComplexCommittee, PropertyCompany, SocialAffairsOffice};
        for (role, against_company, undelivered, hidden, opened) in [
            (PropertyCompany, true, true, true, true),
            (ComplexCommittee, true, true, true, false),
            (SocialAffairsOffice, true, true, false, false),
            (PropertyCompany, false, true, false, false),
            (PropertyCompany, true, false, false, false),
        ] {
            let unopened = is_unopened(role, against_company, undelivered);
            assert_eq!((unopened, awaits_opening(true, role, unopened)), (hidden, opened), "{role:?}");
            assert!(!awaits_opening(false, role, unopened), "a list opens nothing");
        }
    }

    #[test]
    fn a_statement_is_made_once_and_answered_once() {
        assert_eq!(code(may_make_statement(false)), None);
        assert_eq!(code(may_make_statement(true)), Some(Code::StateConflict));
        for (made, answered, answer, heard) in [
            (false, false, Some(Code::StateConflict), None),
            (true, false, None, Some(Code::StatementUnanswered)),
            (true, true, Some(Code::StateConflict), None),
        ] {
            assert_eq!(code(may_answer_statement(made, answered)), answer);
            assert_eq!(code(require_answered(made, answered)), heard);
        }
    }

    #[test]
    fn a_step_names_the_states_that_it_is_taken_in() {
        static OF: [Label; 3] = [
            Label { code: "a", zh: "甲", en: "A" },
            Label { code: "b", zh: "乙", en: "B" },
            Label { code: "c", zh: "丙", en: "C" },
        ];
        let allowed = [&OF[1], &OF[2]];
        assert!(require_state(&OF[1], &allowed, |label| label).is_ok());
        let refused = require_state(&OF[0], &allowed, |label| label).unwrap_err();
        assert_eq!(refused.code, Code::StateConflict);
    }
}
