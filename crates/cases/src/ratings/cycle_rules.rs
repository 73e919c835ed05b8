//! What a rating cycle requires, who handles it, and which complexes it rates. Pure.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::input::CycleIn;
use super::model::{CycleKind, CycleState};
use super::rows::CycleRow;
use crate::access::Caller;
use crate::input_error::InputError;
use crate::ledger::Place;
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

/// The last day of a calendar period that starts on `from`. `None` if none starts on that day.
pub fn period_end(kind: CycleKind, from: NaiveDate) -> Option<NaiveDate> {
    let months = match (kind, from.month()) {
        (CycleKind::Year, 1) => 12,
        (CycleKind::HalfYear, 1 | 7) => 6,
        _ => return None,
    };
    let next = from.checked_add_months(Months::new(months)).filter(|_| from.day() == 1)?;
    next.checked_sub_days(Days::new(1))
}

pub fn check_cycle(input: &CycleIn, faults: &mut Vec<InputError>) {
    if period_end(input.kind, input.period_from).is_none() {
        let (zh, en) = ("须为年度或者半年的第一日", "must be the first day of a year or half-year");
        faults.push(InputError::new("/period_from", "not_a_period", zh, en));
    }
    if input.closes_on < input.opens_on {
        let (zh, en) = ("不得早于 opens_on", "must not be earlier than opens_on");
        faults.push(InputError::new("/closes_on", "before_start", zh, en));
    }
    if input.opens_on < input.period_from {
        let (zh, en) = ("不得早于 period_from", "must not be earlier than period_from");
        faults.push(InputError::new("/opens_on", "before_start", zh, en));
    }
}

/// The county or township that a caller opens cycles for.
pub fn own_place(caller: &Caller) -> Place {
    let division = caller.division.as_deref().unwrap_or_default();
    Place {
        county: division.get(..6).unwrap_or_default().to_owned(),
        township: division.get(..9).unwrap_or_default().to_owned(),
        community: String::new(),
    }
}

/// No complex is rated twice for the same day.
pub fn may_open(overlapping: Option<&CycleRow>) -> Result<(), Problem> {
    let Some(other) = overlapping else { return Ok(()) };
    let (from, to) = (chinese_day(other.period_from), chinese_day(other.period_to));
    let zh = format!("与评定周期“{}”（{from}至{to}）的评定期间重叠。", other.name);
    let en =
        format!("The period overlaps the rating cycle {} ({} to {}).", other.name, other.period_from, other.period_to);
    Err(Problem::new(Code::AlreadyExists).detail(zh, en))
}

/// Only the county or township that opened a cycle publishes or cancels it.
pub fn require_owner(caller: &Caller, area: &str) -> Result<(), Problem> {
    if caller.division.as_deref() == Some(area) {
        return Ok(());
    }
    let (zh, en) = ("该评定周期由其他单位组织。", "Another office runs this rating cycle.");
    Err(Problem::new(Code::Forbidden).detail(zh, en))
}

pub fn require_state(state: CycleState, needed: CycleState) -> Result<(), Problem> {
    if state == needed {
        return Ok(());
    }
    Err(Problem::new(Code::StateConflict).detail(
        format!("该评定周期的当前状态为“{}”，不允许此操作。", state.zh()),
        format!("The state of the rating cycle is {}, which does not allow this operation.", state.code()),
    ))
}

/// Requires an open or published cycle, because no step follows a cancellation.
pub fn require_live(state: CycleState) -> Result<(), Problem> {
    if state == CycleState::Cancelled { require_state(state, CycleState::Open) } else { Ok(()) }
}

/// A cycle with ratings cannot be cancelled.
pub fn may_cancel(all_withdrawn: bool) -> Result<(), Problem> {
    if all_withdrawn {
        return Ok(());
    }
    let (zh, en) = ("该评定周期已有星级评定。请先逐一撤回。", "The rating cycle has ratings. Withdraw them first.");
    Err(Problem::new(Code::StateConflict).detail(zh, en))
}

/// The cycle of a township (empty: of the whole county) rates only complexes of this township.
pub fn check_area(of_cycle: &str, of_complex: &str) -> Option<InputError> {
    (!of_cycle.is_empty() && of_cycle != of_complex).then(|| {
        let (zh, en) = ("该小区不在该评定周期的范围内", "the complex is outside the area of the rating cycle");
        InputError::new("/complex_id", "conflict", zh, en)
    })
}

/// A complex without a company cannot be rated.
pub fn not_serving() -> InputError {
    let (zh, en) = (
        "评定期末该小区没有物业服务企业，不参加评定",
        "no property service company served the complex at the end of the period; it is not rated",
    );
    InputError::new("/complex_id", "not_serving", zh, en)
}

/// A complex has at most one rating in a cycle that was not withdrawn.
pub fn may_begin(has_one: bool) -> Result<(), Problem> {
    if !has_one {
        return Ok(());
    }
    let (zh, en) = ("该小区在本评定周期已有星级评定。", "The complex has a rating in this cycle already.");
    Err(Problem::new(Code::AlreadyExists).detail(zh, en))
}

/// Requires that at least one reviewed rating was announced.
pub fn require_some_announced(announced: usize) -> Result<(), Problem> {
    let (zh, en) = ("没有已复核、待公示的星级评定。", "No reviewed rating is pending announcement.");
    require_some(announced, zh, en)
}

/// Requires that at least one rating was published: its announcement period over and no objection open.
pub fn require_some_published(published: usize) -> Result<(), Problem> {
    let (zh, en) = (
        "没有公示期届满且异议均已处理的星级评定。",
        "No rating has completed its announcement period without an open objection.",
    );
    require_some(published, zh, en)
}

fn require_some(count: usize, zh: &str, en: &str) -> Result<(), Problem> {
    if count > 0 { Ok(()) } else { Err(Problem::new(Code::StateConflict).detail(zh, en)) }
}

/// A rating cannot be announced before its period has ended, because later facts still count.
pub fn require_over(period_to: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    if today > period_to {
        return Ok(());
    }
    let zh = format!("评定期间至{}止，期满后方可公示。", chinese_day(period_to));
    let en = format!("The rated period lasts until {period_to}. Announce the ratings after that day.");
    Err(Problem::new(Code::StateConflict).detail(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Actor, Role};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_a_whole_one_of_the_calendar() {
        let end = |kind, from: &str| period_end(kind, day(from)).map(|day| day.to_string());
        assert_eq!(end(CycleKind::Year, "2026-01-01").as_deref(), Some("2026-12-31"));
        assert_eq!(end(CycleKind::HalfYear, "2026-01-01").as_deref(), Some("2026-06-30"));
        assert_eq!(end(CycleKind::HalfYear, "2024-07-01").as_deref(), Some("2024-12-31"));
        for (kind, from) in
            [(CycleKind::Year, "2026-07-01"), (CycleKind::HalfYear, "2026-04-01"), (CycleKind::HalfYear, "2026-01-02")]
        {
            assert_eq!(end(kind, from), None);
        }
    }

    #[test]
    fn the_days_of_a_cycle_are_in_order() {
        let faults = |opens_on, closes_on| {
            let (opens_on, closes_on) = (day(opens_on), day(closes_on));
            let input = CycleIn {
                name: "评定".into(),
                kind: CycleKind::HalfYear,
                period_from: day("2026-01-01"),
                opens_on,
                closes_on,
            };
            let mut faults = Vec::new();
            check_cycle(&input, &mut faults);
            faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        assert_eq!(faults("2026-06-15", "2026-07-31"), [""; 0]);
        assert_eq!(faults("2026-06-15", "2026-06-14"), ["/closes_on"]);
        assert_eq!(faults("2025-12-31", "2026-07-31"), ["/opens_on"]);
    }

    #[test]
    fn whoever_opened_a_cycle_carries_it_through() {
        let of = |division: Option<&str>| {
            let division = division.map(str::to_owned);
            let role = Role::SocialAffairsOffice;
            Caller::acting(&Actor { iss: "urn:test".into(), sub: "officer".into(), role, division }, None)
        };
        assert!(require_owner(&of(Some("640121102")), "640121102").is_ok());
        for division in [Some("640121"), Some("640121103"), None] {
            assert_eq!(require_owner(&of(division), "640121102").unwrap_err().code, Code::Forbidden);
        }
        let place = own_place(&of(Some("640121")));
        assert_eq!((place.county.as_str(), place.township.as_str()), ("640121", ""));
    }

    #[test]
    fn a_cycle_that_was_cancelled_takes_no_step() {
        use CycleState::*;
        for (state, open, live) in [(Open, true, true), (Published, false, true), (Cancelled, false, false)] {
            assert_eq!(require_state(state, Open).is_ok(), open, "{state:?}");
            assert_eq!(require_live(state).is_ok(), live, "{state:?}");
        }
    }

    #[test]
    fn what_is_there_already_or_not_there_yet_is_refused() {
        assert!(may_begin(false).is_ok() && may_cancel(true).is_ok() && may_open(None).is_ok());
        assert_eq!(may_begin(true).unwrap_err().code, Code::AlreadyExists);
        assert_eq!(may_cancel(false).unwrap_err().code, Code::StateConflict);
        assert!(require_some_announced(1).is_ok() && require_some_published(1).is_ok());
        assert_eq!(require_some_announced(0).unwrap_err().code, Code::StateConflict);
        assert_eq!(require_some_published(0).unwrap_err().code, Code::StateConflict);
        assert!(check_area("", "640121102").is_none() && check_area("640121102", "640121102").is_none());
        assert!(check_area("640121103", "640121102").is_some());
        let last = day("2026-06-30");
        assert!(require_over(last, last).is_err() && require_over(last, day("2026-07-01")).is_ok());
    }
}
