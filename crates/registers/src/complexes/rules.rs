//! Validation of complexes. Pure.

use chrono::NaiveDate;

use crate::input_error::InputError;

/// The division must be a community in the caller's territory. `level` is `None` if there is no such division.
pub fn check_community(level: Option<&str>, inside: bool, faults: &mut Vec<InputError>) {
    faults.push(match level {
        Some("community") if inside => return,
        Some("community") => {
            let (zh, en) = ("该村（社区）不在您的辖区内", "outside your territory");
            InputError::new("/community", "unknown_reference", zh, en)
        }
        Some(_) => InputError::new(
            "/community",
            "not_a_community",
            "须为村（社区）的区划代码",
            "must be the division code of a community",
        ),
        None => InputError::new("/community", "unknown_reference", "没有此行政区划", "unknown division"),
    });
}

/// Exactly one of `/complex_id` and `/division` must be present.
pub fn check_named(complex: bool, division: bool) -> Result<(), InputError> {
    match (complex, division) {
        (false, false) => {
            let (zh, en) = ("须填写 complex_id 或 division", "state complex_id or division");
            Err(InputError::new("/complex_id", "required", zh, en))
        }
        (true, true) => Err(InputError::new(
            "/division",
            "conflict",
            "已填写小区的，不得填写行政区划",
            "leave the division out if you name the complex",
        )),
        _ => Ok(()),
    }
}

pub fn check_delivery(delivered_on: Option<NaiveDate>, today: NaiveDate, faults: &mut Vec<InputError>) {
    if delivered_on.is_some_and(|day| day > today) {
        faults.push(InputError::new("/delivered_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complex_lies_in_a_community_of_the_caller() {
        for (level, inside, expected) in [
            (Some("community"), true, None),
            (Some("community"), false, Some("unknown_reference")),
            (Some("township"), true, Some("not_a_community")),
            (None, false, Some("unknown_reference")),
        ] {
            let mut faults = Vec::new();
            check_community(level, inside, &mut faults);
            assert_eq!(faults.first().map(|fault| fault.code), expected);
        }
    }

    #[test]
    fn a_place_is_a_complex_or_a_division() {
        let code = |complex, division| check_named(complex, division).err().map(|fault| fault.code);
        assert_eq!([code(true, false), code(false, true)], [None, None]);
        assert_eq!([code(false, false), code(true, true)], [Some("required"), Some("conflict")]);
    }

    #[test]
    fn a_complex_was_delivered_today_at_the_latest() {
        let today: NaiveDate = "2026-03-02".parse().unwrap();
        for (day, refused) in [(None, false), (Some(today), false), (today.succ_opt(), true)] {
            let mut faults = Vec::new();
            check_delivery(day, today, &mut faults);
            assert_eq!(!faults.is_empty(), refused);
        }
    }
}
