//! Which periods are allowed in queries. Pure.

use chrono::{Datelike, NaiveDate};

use crate::input_error::InputError;
use crate::problem::Problem;

/// Rated periods end with a half-year or a year.
pub fn require_period_end(day: NaiveDate) -> Result<(), Problem> {
    if matches!((day.month(), day.day()), (6, 30) | (12, 31)) {
        return Ok(());
    }
    let (zh, en) = ("须为半年或者年度的最后一日", "must be the last day of a half-year or year");
    Err(Problem::input_errors(vec![InputError::new("query/period_to", "not_a_period", zh, en)]))
}

/// The last day must not be before the first.
pub fn require_span(from: NaiveDate, to: NaiveDate) -> Result<(), Problem> {
    if from <= to {
        return Ok(());
    }
    let (zh, en) = ("不得早于开始日期", "must not be earlier than the first day");
    Err(Problem::input_errors(vec![InputError::new("query/to", "before_start", zh, en)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_with_a_half_year_and_not_before_it_begins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (last, good) in [("2026-06-30", true), ("2026-12-31", true), ("2026-06-29", false), ("2026-03-31", false)] {
            assert_eq!(require_period_end(day(last)).is_ok(), good, "{last}");
        }
        assert!(require_span(day("2026-01-01"), day("2026-01-01")).is_ok());
        assert!(require_span(day("2026-01-02"), day("2026-01-01")).is_err());
    }
}
