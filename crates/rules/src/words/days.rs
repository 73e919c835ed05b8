//! Days and times as official documents and pages write them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// A day in Chinese (成文日期): Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.4).
pub fn chinese_day(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

pub fn chinese_time(at: NaiveDateTime) -> String {
    let minutes = if at.minute() == 0 { String::new() } else { format!("{:02}分", at.minute()) };
    format!("{}{}时{minutes}", chinese_day(at.date()), at.hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_written_as_documents_write_them() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        assert_eq!(chinese_day(day), "2026年3月2日");
        assert_eq!(chinese_time(day.and_hms_opt(9, 0, 0).unwrap()), "2026年3月2日9时");
        assert_eq!(chinese_time(day.and_hms_opt(14, 5, 30).unwrap()), "2026年3月2日14时05分");
    }
}
