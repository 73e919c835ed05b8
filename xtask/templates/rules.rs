//! When __a_feature__ may be planned and reported. Pure functions.

use chrono::{Days, NaiveDate};

use super::model::__Feature__State;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};

/// How far in the future the planned day may be.
const AHEAD: Days = Days::new(366);

/// The planned day must be today or later.
pub fn check_day(planned_on: NaiveDate, today: NaiveDate, faults: &mut Vec<InputError>) {
    if planned_on < today {
        faults.push(InputError::new("/planned_on", "before_start", "不得早于今日", "must not be in the past"));
    } else if planned_on > today + AHEAD {
        faults.push(InputError::new(
            "/planned_on",
            "out_of_range",
            "须在今日起一年之内",
            "must not be more than a year ahead",
        ));
    }
}

/// Only a planned one can be reported, once.
pub fn may_report(state: __Feature__State) -> Result<(), Problem> {
    match state {
        __Feature__State::Planned => Ok(()),
        __Feature__State::Done => {
            let (zh, en) = ("已上报结果，不得重复上报。", "The result has been reported already.");
            Err(Problem::new(Code::StateConflict).detail(zh, en))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_planned_for_a_day_of_the_coming_year() {
        let today: NaiveDate = "2026-03-02".parse().unwrap();
        for (day, code) in [
            ("2026-03-01", Some("before_start")),
            ("2026-03-02", None),
            ("2027-03-03", None),
            ("2027-03-04", Some("out_of_range")),
        ] {
            let mut faults = Vec::new();
            check_day(day.parse().unwrap(), today, &mut faults);
            assert_eq!(faults.first().map(|fault| fault.code), code, "{day}");
        }
    }

    #[test]
    fn it_is_reported_once() {
        assert!(may_report(__Feature__State::Planned).is_ok());
        assert_eq!(may_report(__Feature__State::Done).unwrap_err().code, Code::StateConflict);
    }
}
