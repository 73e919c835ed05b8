//! Public holidays that are known before the State Council announces the arrangement of a year: 《全国年节及纪念日放假办法》 (State
//! Council Order 795, in force since 1 January 2025), article 2. The order does not say which weekends become working
//! days, so a year with these days only does not count as registered.

use chrono::{Days, NaiveDate};

/// Increase this whenever the result of [`statutory`] changes, so that open deadlines are recomputed.
pub const VERSION: u32 = 1;
pub const ORDER: u32 = 795;

/// First year of the order.
const FIRST: i32 = 2025;

/// Month and day.
type Day = (u32, u32);

/// By year: the first day of the lunar year, the day in April of Qingming, and the days of the Dragon Boat and
/// Mid-Autumn festivals (5th of the 5th, 15th of the 8th lunar month). Three independent libraries agree on all of them
/// (lunardate 0.3, sxtwl 2.0, lunar_python 1.4).
const LUNAR: &[(i32, Day, u32, Day, Day)] = &[
    (2025, (1, 29), 4, (5, 31), (10, 6)),
    (2026, (2, 17), 5, (6, 19), (9, 25)),
    (2027, (2, 6), 5, (6, 9), (9, 15)),
    (2028, (1, 26), 4, (5, 28), (10, 3)),
    (2029, (2, 13), 4, (6, 16), (9, 22)),
    (2030, (2, 3), 5, (6, 5), (9, 12)),
    (2031, (1, 23), 5, (6, 24), (10, 1)),
    (2032, (2, 11), 4, (6, 12), (9, 19)),
    (2033, (1, 31), 4, (6, 1), (9, 8)),
    (2034, (2, 19), 5, (6, 20), (9, 27)),
    (2035, (2, 8), 5, (6, 10), (9, 16)),
    (2036, (1, 28), 4, (5, 30), (10, 4)),
    (2037, (2, 15), 4, (6, 18), (9, 24)),
    (2038, (2, 4), 5, (6, 7), (9, 13)),
    (2039, (1, 24), 5, (5, 27), (10, 2)),
    (2040, (2, 12), 4, (6, 14), (9, 20)),
    (2041, (2, 1), 4, (6, 3), (9, 10)),
    (2042, (1, 22), 4, (6, 22), (9, 28)),
    (2043, (2, 10), 5, (6, 11), (9, 17)),
    (2044, (1, 30), 4, (5, 31), (10, 5)),
    (2045, (2, 17), 4, (6, 19), (9, 25)),
    (2046, (2, 6), 4, (6, 8), (9, 15)),
    (2047, (1, 26), 5, (5, 29), (10, 4)),
    (2048, (2, 14), 4, (6, 15), (9, 22)),
    (2049, (2, 2), 4, (6, 4), (9, 11)),
    (2050, (1, 23), 4, (6, 23), (9, 30)),
];

/// The years of the order for which a calendar can be registered.
pub fn years() -> std::ops::RangeInclusive<i32> {
    FIRST..=*super::rules::YEARS.end()
}

/// The public holidays of a year with their names. Years without lunar data in the table have only those of the solar
/// calendar.
pub fn statutory(year: i32) -> Vec<(NaiveDate, &'static str)> {
    if !years().contains(&year) {
        return Vec::new();
    }
    let day = |(month, day): Day| NaiveDate::from_ymd_opt(year, month, day);
    let run = |first: Option<NaiveDate>, length: u64| {
        (0..length).filter_map(move |n| first.and_then(|first| first.checked_add_days(Days::new(n))))
    };
    let mut all: Vec<(NaiveDate, &'static str)> = Vec::new();
    all.extend(run(day((1, 1)), 1).map(|day| (day, "元旦")));
    all.extend(run(day((5, 1)), 2).map(|day| (day, "劳动节")));
    all.extend(run(day((10, 1)), 3).map(|day| (day, "国庆节")));
    if let Some((_, spring, qingming, dragon_boat, mid_autumn)) = LUNAR.iter().find(|row| row.0 == year) {
        // Lunar New Year's Eve and the first three days of the lunar year.
        let eve = day(*spring).and_then(|first| first.pred_opt());
        all.extend(run(eve, 4).map(|day| (day, "春节")));
        all.extend(run(day((4, *qingming)), 1).map(|day| (day, "清明节")));
        all.extend(run(day(*dragon_boat), 1).map(|day| (day, "端午节")));
        all.extend(run(day(*mid_autumn), 1).map(|day| (day, "中秋节")));
    }
    all.sort_unstable();
    all
}

/// The English name of a statutory public holiday. Other names are returned unchanged.
pub fn english(name: &str) -> &str {
    match name {
        "元旦" => "New Year's Day",
        "春节" => "Spring Festival",
        "清明" | "清明节" => "Qingming Festival",
        "劳动节" => "Labour Day",
        "端午" | "端午节" => "Dragon Boat Festival",
        "中秋" | "中秋节" => "Mid-Autumn Festival",
        "国庆" | "国庆节" => "National Day",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::{WorkCalendar, built_in_years};
    use super::*;

    #[test]
    fn the_announced_years_hold_every_statutory_holiday() {
        for (year, announced) in built_in_years().iter().filter(|(year, _)| **year >= FIRST) {
            let off: Vec<NaiveDate> = announced.holidays.iter().map(|day| day.date).collect();
            for (day, name) in statutory(*year) {
                let named = announced.holidays.iter().find(|one| one.date == day).map(|one| one.name.as_str());
                assert!(
                    off.contains(&day) && named.is_some_and(|named| named.contains(&name[..6])),
                    "{day} {name} {named:?}"
                );
            }
        }
        assert_eq!(statutory(2024), []);
    }

    #[test]
    fn the_table_has_each_year_once_and_thirteen_days_of_it() {
        let years: Vec<i32> = LUNAR.iter().map(|row| row.0).collect();
        assert_eq!(years, (2025..=2050).collect::<Vec<_>>());
        for year in years {
            assert_eq!(statutory(year).len(), 13, "{year}");
        }
        // In 2031 Mid-Autumn is also National Day, so one day has two holidays.
        assert_eq!(statutory(2031).iter().filter(|(day, _)| day.to_string() == "2031-10-01").count(), 2);
        assert_eq!(statutory(2051).len(), 6);
        assert_eq!(statutory(2101), []);
    }

    #[test]
    fn a_year_that_is_not_on_file_has_its_statutory_holidays() {
        let calendar = WorkCalendar::from_years([]);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for off in ["2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05", "2027-06-09", "2027-09-15", "2027-10-01"] {
            assert!(!calendar.is_working_day(day(off)), "{off}");
        }
        assert_eq!(calendar.name_of(day("2027-02-05")), Some("春节"));
        assert!(calendar.is_working_day(day("2027-02-09")) && !calendar.is_year_covered(2027));
        assert_eq!(calendar.working_days_between(day("2027-09-30"), day("2027-10-04")), 1);
        // A notice opened on 29 December 2026: the three working days are 30 and 31 December and 4 January.
        assert_eq!(calendar.add_working_days(day("2026-12-29"), 3), day("2027-01-04"));
    }
}
