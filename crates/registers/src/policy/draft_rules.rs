//! Decides when a policy version may be submitted, withdrawn and approved, and by whom. Pure.

use chrono::{Months, NaiveDate};

use super::model::PolicyState;
use super::store::PolicyRow;
use crate::access::Caller;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;
use crate::words::days::chinese_day;

/// A version must take effect between tomorrow and twelve months from today.
pub fn check_first_day(first: NaiveDate, today: NaiveDate, faults: &mut Vec<InputError>) {
    let latest = today.checked_add_months(Months::new(12)).unwrap_or(today);
    if first <= today {
        let (zh, en) = (
            "不得早于明日；政策须先经另一人批准",
            "must not be earlier than tomorrow; a second person must approve the policy first",
        );
        faults.push(InputError::new("/effective_from", "out_of_range", zh, en));
    } else if first > latest {
        let (zh, en) = (format!("不得晚于{}", chinese_day(latest)), format!("must not be later than {latest}"));
        faults.push(InputError::new("/effective_from", "out_of_range", zh, en));
    }
}

/// Rejects a draft that is identical to the newest version.
pub fn may_submit(row: &PolicyRow, newest: Option<&PolicyRow>) -> Result<(), Problem> {
    if newest.is_some_and(|last| last.digest == row.digest && last.effective_from == row.effective_from) {
        let (zh, en) = ("与最新政策版本完全相同。", "This is the same as the newest policy version.");
        return Err(Problem::new(Code::AlreadyExists).detail(zh, en));
    }
    Ok(())
}

/// Only the county authority may handle the drafts of its county.
pub fn require_own(county: &str, own: Option<&str>) -> Result<(), Problem> {
    if own == Some(county) {
        return Ok(());
    }
    let (zh, en) = match county {
        "" => ("该政策为内置默认政策，不属于任何县。", "This is the built-in policy and belongs to no county."),
        _ => ("该政策属于其他县。", "This is the policy of another county."),
    };
    Err(Problem::new(Code::Forbidden).detail(zh, en))
}

pub fn require_draft(state: PolicyState) -> Result<(), Problem> {
    match state {
        PolicyState::Draft => Ok(()),
        PolicyState::Approved => Err(conflict("该政策版本已批准。", "The policy version has been approved already.")),
        PolicyState::Withdrawn => Err(conflict("该政策草案已撤回。", "The policy draft has been withdrawn.")),
    }
}

/// The approver must not be the person who submitted the draft, and must act at the latest on the day before it takes
/// effect.
pub fn may_approve(row: &PolicyRow, caller: &Caller, today: NaiveDate) -> Result<(), Problem> {
    if caller.is_person(&row.submitted_iss, &row.submitted_sub) {
        let (zh, en) = (
            "提交人不得批准该政策版本，请由另一人批准。",
            "The person who submitted the policy version must not approve it. Another person must approve it.",
        );
        return Err(Problem::new(Code::SamePerson).detail(zh, en));
    }
    if row.effective_from <= today {
        return Err(conflict(
            "施行日期已到。请以之后的施行日期另行提交。",
            "The effective date has come. Submit the policy again with a later date.",
        ));
    }
    Ok(())
}

/// If two versions take effect on the same day, the one with the higher number governs, so an earlier draft would never
/// be in force. `approved` are version and first day of each published version.
pub fn require_last_of_its_day(
    row: &PolicyRow,
    mut approved: impl Iterator<Item = (i64, NaiveDate)>,
) -> Result<(), Problem> {
    if approved.any(|(version, first)| first == row.effective_from && version > row.version) {
        return Err(conflict(
            "同日施行的后续政策版本已批准。",
            "A later policy version for the same day has been approved.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Actor, Role};
    use crate::db::Instant;
    use crate::policy::store::draft;
    use crate::policy::versions::built_in;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row(version: i64, text: &str) -> PolicyRow {
        let mut row = draft(version, "640121", day("2027-01-01"), built_in(), text.into(), Instant::now());
        (row.submitted_iss, row.submitted_sub) = ("urn:test".into(), "first".into());
        row
    }

    fn caller(sub: &str) -> Caller {
        let actor = Actor { iss: "urn:test".into(), sub: sub.into(), role: Role::CountyAuthority, division: None };
        Caller::acting(&actor, None)
    }

    #[test]
    fn a_version_begins_between_tomorrow_and_a_year_from_now() {
        for (first, good) in [("2026-03-02", false), ("2026-03-03", true), ("2027-03-02", true), ("2027-03-03", false)]
        {
            let mut faults = Vec::new();
            check_first_day(day(first), day("2026-03-02"), &mut faults);
            assert_eq!(faults.is_empty(), good, "{first}");
        }
    }

    #[test]
    fn a_draft_is_of_its_county_and_new() {
        assert!(require_own("640121", Some("640121")).is_ok());
        for (county, own) in [("640121", Some("640122")), ("640121", None), ("", Some("640121"))] {
            assert_eq!(require_own(county, own).unwrap_err().code, Code::Forbidden);
        }
        assert!(may_submit(&row(2, "b"), Some(&row(1, "a"))).is_ok() && may_submit(&row(1, "a"), None).is_ok());
        assert_eq!(may_submit(&row(2, "a"), Some(&row(1, "a"))).unwrap_err().code, Code::AlreadyExists);
    }

    #[test]
    fn a_second_person_approves_a_draft_before_its_first_day() {
        assert!(require_draft(PolicyState::Draft).is_ok());
        for state in [PolicyState::Approved, PolicyState::Withdrawn] {
            assert_eq!(require_draft(state).unwrap_err().code, Code::StateConflict);
        }
        let may = |sub, today| may_approve(&row(2, "a"), &caller(sub), day(today)).err().map(|problem| problem.code);
        assert_eq!(may("second", "2026-12-31"), None);
        assert_eq!(may("first", "2026-12-31"), Some(Code::SamePerson));
        assert_eq!(may("second", "2027-01-01"), Some(Code::StateConflict));
        for (version, first, good) in [(3, "2027-01-01", false), (1, "2027-01-01", true), (3, "2027-01-02", true)] {
            let approved = [(version, day(first))].into_iter();
            assert_eq!(require_last_of_its_day(&row(2, "a"), approved).is_ok(), good, "{version} {first}");
        }
    }
}
