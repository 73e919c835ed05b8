//! Decides what a listing forbids, and which steps its state permits. Pure.

use chrono::NaiveDate;

use super::model::{ListingKind, ListingRow, ListingState};
use crate::policy::model::MeasureKind;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

/// The kind of listing that a measure leads to.
pub fn kind_of(measure: MeasureKind) -> Result<ListingKind, Problem> {
    match measure {
        MeasureKind::Blacklist => Ok(ListingKind::Blacklist),
        MeasureKind::Restriction => Ok(ListingKind::Restriction),
        _ => Err(Problem::broken("a measure that creates no listing must create one")),
    }
}

/// The dates that determine the state of a listing.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub until: NaiveDate,
    pub delisted_on: Option<NaiveDate>,
    pub suspended_on: Option<NaiveDate>,
}

impl From<&ListingRow> for Term {
    fn from(row: &ListingRow) -> Term {
        Term { until: row.listed_until, delisted_on: row.delisted_on, suspended_on: row.suspended_on }
    }
}

pub fn state_of(term: &Term, today: NaiveDate) -> ListingState {
    match term.delisted_on {
        Some(_) => ListingState::Delisted,
        None if term.until < today => ListingState::Expired,
        None if term.suspended_on.is_some() => ListingState::Suspended,
        None => ListingState::InForce,
    }
}

/// A company that is blacklisted or restricted in a county must not take on a new complex there.
pub fn may_take_on(on: &[ListingKind]) -> Result<(), Problem> {
    if on.contains(&ListingKind::Blacklist) {
        return Err(Problem::new(Code::CompanyBlacklisted));
    }
    if on.contains(&ListingKind::Restriction) {
        return Err(Problem::new(Code::CompanyRestricted));
    }
    Ok(())
}

/// Fails if the listing has expired or was removed. A suspended listing still exists.
pub fn require_in_force(term: &Term, today: NaiveDate) -> Result<(), Problem> {
    match state_of(term, today) {
        ListingState::InForce | ListingState::Suspended => Ok(()),
        ListingState::Delisted | ListingState::Expired => {
            Err(conflict("该列入记录已移出或者已期满。", "The listing has been delisted or has expired."))
        }
    }
}

/// Only one application may be pending. After a refusal, the company may apply again.
pub fn may_apply(applied: bool, refused: bool) -> Result<(), Problem> {
    if applied && !refused {
        return Err(conflict(
            "已提出的信用修复申请尚未作出决定，请待决定后再申请。",
            "An application for credit repair is pending. Wait for its decision before you apply again.",
        ));
    }
    Ok(())
}

pub fn may_refuse(applied: bool, refused: bool) -> Result<(), Problem> {
    if applied && !refused {
        Ok(())
    } else {
        Err(conflict("没有待决定的信用修复申请。", "No application for credit repair is pending."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<(), Problem>) -> Option<Code> {
        result.err().map(|problem| problem.code)
    }

    #[test]
    fn a_listed_company_takes_on_nothing_new() {
        use ListingKind::{Blacklist, Restriction};
        assert_eq!(code(may_take_on(&[])), None);
        assert_eq!(code(may_take_on(&[Restriction])), Some(Code::CompanyRestricted));
        assert_eq!(code(may_take_on(&[Restriction, Blacklist])), Some(Code::CompanyBlacklisted));
    }

    #[test]
    fn an_entry_is_over_when_it_is_removed_or_has_expired() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let term = Term { until: day("2026-03-05"), delisted_on: None, suspended_on: None };
        let removed = Term { delisted_on: Some(day("2026-03-01")), ..term };
        let suspended = Term { suspended_on: Some(day("2026-03-01")), ..term };
        for (term, today, state, open) in [
            (term, "2026-03-05", ListingState::InForce, true),
            (term, "2026-03-06", ListingState::Expired, false),
            (suspended, "2026-03-05", ListingState::Suspended, true),
            (suspended, "2026-03-06", ListingState::Expired, false),
            (removed, "2026-03-05", ListingState::Delisted, false),
        ] {
            assert_eq!(state_of(&term, day(today)), state);
            assert_eq!(require_in_force(&term, day(today)).is_ok(), open, "{state:?}");
        }
    }

    #[test]
    fn an_application_waits_for_one_answer() {
        for (applied, refused, again, answered) in [
            (false, false, None, Some(Code::StateConflict)),
            (true, false, Some(Code::StateConflict), None),
            (true, true, None, Some(Code::StateConflict)),
        ] {
            assert_eq!(code(may_apply(applied, refused)), again);
            assert_eq!(code(may_refuse(applied, refused)), answered);
        }
    }
}
