//! Counts working days (CC 200 to 204): the day of the event is not counted, and a deadline on a day off moves to the
//! next working day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::holidays;
use super::model::{CalendarDay, CalendarYearIn};
use crate::input_error::InputError;
use crate::words::days::chinese_day;

const BUILT_IN: &str = include_str!("../../../../data/cn-workdays.csv");

/// Years for which a calendar can be registered.
pub const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// Knows which days are working days. In unregistered years, weekends and statutory public holidays are days off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Mondays to Fridays that are days off.
    weekdays_off: BTreeSet<NaiveDate>,
    /// Saturdays and Sundays that are working days.
    weekends_worked: BTreeSet<NaiveDate>,
    years: BTreeSet<i32>,
    /// Public holiday of each day off and each make-up working day.
    names: BTreeMap<NaiveDate, String>,
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl WorkCalendar {
    pub fn new(
        holidays: impl IntoIterator<Item = NaiveDate>,
        workdays: impl IntoIterator<Item = NaiveDate>,
        years: impl IntoIterator<Item = i32>,
    ) -> WorkCalendar {
        WorkCalendar {
            weekdays_off: holidays.into_iter().filter(|day| !is_weekend(*day)).collect(),
            weekends_worked: workdays.into_iter().filter(|day| is_weekend(*day)).collect(),
            years: years.into_iter().collect(),
            names: BTreeMap::new(),
        }
    }

    pub fn from_years<'a>(years: impl IntoIterator<Item = (i32, &'a CalendarYearIn)>) -> WorkCalendar {
        let mut calendar = WorkCalendar::default();
        for (year, days) in years {
            let dates = |days: &'a [CalendarDay]| days.iter().map(|day| day.date);
            let one = WorkCalendar::new(dates(&days.holidays), dates(&days.workdays), [year]);
            calendar.weekdays_off.extend(one.weekdays_off);
            calendar.weekends_worked.extend(one.weekends_worked);
            calendar.years.extend(one.years);
            let named = days.holidays.iter().chain(&days.workdays);
            calendar.names.extend(named.map(|day| (day.date, day.name.clone())));
        }
        // A statutory public holiday is never a working day, whatever the input says.
        for (day, name) in holidays::years().flat_map(holidays::statutory) {
            if !is_weekend(day) {
                calendar.weekdays_off.insert(day);
            }
            calendar.names.entry(day).or_insert_with(|| name.to_owned());
        }
        calendar
    }

    /// The built-in calendar.
    pub fn built_in() -> &'static WorkCalendar {
        static CALENDAR: LazyLock<WorkCalendar> =
            LazyLock::new(|| WorkCalendar::from_years(built_in_years().iter().map(|(y, d)| (*y, d))));
        &CALENDAR
    }

    pub fn is_year_covered(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The public holiday that a day off or make-up working day belongs to, if known.
    pub fn name_of(&self, day: NaiveDate) -> Option<&str> {
        self.names.get(&day).map(String::as_str)
    }

    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        if is_weekend(day) { self.weekends_worked.contains(&day) } else { !self.weekdays_off.contains(&day) }
    }

    /// The last day of a period of `n` working days. Counting starts on the next day (CC 201), and the last day is a
    /// working day (CC 203). With `n` = 0 it is `from` or, if that is a day off, the next working day.
    pub fn add_working_days(&self, from: NaiveDate, n: u32) -> NaiveDate {
        let mut day = from;
        let mut left = n;
        if left == 0 && self.is_working_day(day) {
            return day;
        }
        while let Some(next) = day.succ_opt() {
            day = next;
            if self.is_working_day(day) {
                left = left.saturating_sub(1);
                if left == 0 {
                    break;
                }
            }
        }
        day
    }

    /// A period that ends on a day off ends on the next working day (CC 203).
    pub fn end_of_period(&self, day: NaiveDate) -> NaiveDate {
        if self.is_working_day(day) { day } else { self.add_working_days(day, 1) }
    }

    /// Working days after `from` up to and including `to`; 0 if `to` is not after `from`.
    ///
    /// Whole weeks are computed without a loop, because the caller chooses the days.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let Some(first) = from.succ_opt().filter(|first| *first <= to) else {
            return 0;
        };
        let days = (to - from).num_days();
        let rest = (0..days % 7).filter_map(|n| first.checked_add_days(Days::new(n as u64)));
        let weekdays = days / 7 * 5 + rest.filter(|day| !is_weekend(*day)).count() as i64;
        let off = self.weekdays_off.range(first..=to).count() as i64;
        let worked = self.weekends_worked.range(first..=to).count() as i64;
        u32::try_from(weekdays - off + worked).unwrap_or(0)
    }
}

/// The built-in years, which fill an empty database.
pub fn built_in_years() -> &'static BTreeMap<i32, CalendarYearIn> {
    static YEARS: LazyLock<BTreeMap<i32, CalendarYearIn>> = LazyLock::new(|| {
        parse_years(BUILT_IN).expect("data/cn-workdays.csv is part of the program, and a test reads it")
    });
    &YEARS
}

#[derive(serde::Deserialize)]
struct Row {
    date: NaiveDate,
    kind: RowKind,
    name_zh: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum RowKind {
    Holiday,
    Workday,
}

/// Parses CSV rows `date,kind,name_zh` with kind `holiday` or `workday`, and groups them by year.
pub fn parse_years(text: &str) -> Result<BTreeMap<i32, CalendarYearIn>, csv::Error> {
    let mut years: BTreeMap<i32, CalendarYearIn> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let Row { date, kind, name_zh: name } = row?;
        let year = years.entry(date.year()).or_default();
        match kind {
            RowKind::Holiday => year.holidays.push(CalendarDay { date, name }),
            RowKind::Workday => year.workdays.push(CalendarDay { date, name }),
        }
    }
    Ok(years)
}

/// All input errors in the calendar of a year.
pub fn check_year(year: i32, input: &CalendarYearIn) -> Vec<InputError> {
    let mut faults = Vec::new();
    if !YEARS.contains(&year) {
        let (from, to) = (YEARS.start(), YEARS.end());
        faults.push(InputError::new(
            "",
            "year_out_of_range",
            format!("年份须在{from}年至{to}年之间"),
            format!("the year must be from {from} to {to}"),
        ));
    }
    if input.holidays.is_empty() {
        faults.push(InputError::new(
            "/holidays",
            "no_holidays",
            "每年均有法定节假日，此列表不得为空",
            "every year has public holidays; the list must not be empty",
        ));
    }
    let mut seen = BTreeSet::new();
    check_days("holidays", year, &input.holidays, &mut seen, &mut faults);
    let holidays = seen;
    let mut seen = BTreeSet::new();
    check_days("workdays", year, &input.workdays, &mut seen, &mut faults);
    for (index, day) in input.workdays.iter().enumerate() {
        let (date, pointer) = (day.date, format!("/workdays/{index}/date"));
        if holidays.contains(&date) {
            faults.push(InputError::new(
                &pointer,
                "holiday_and_workday",
                format!("{}不得既为法定节假日又为调休工作日", chinese_day(date)),
                format!("{date} must not be both a public holiday and a make-up working day"),
            ));
        }
        if !is_weekend(date) {
            faults.push(InputError::new(
                &pointer,
                "workday_not_weekend",
                format!("{}不是星期六或者星期日，本为工作日，请删除", chinese_day(date)),
                format!("{date} is not a Saturday or Sunday and is a working day anyway; remove it"),
            ));
        }
    }
    faults
}

fn check_days(
    list: &str,
    year: i32,
    days: &[CalendarDay],
    seen: &mut BTreeSet<NaiveDate>,
    faults: &mut Vec<InputError>,
) {
    for (index, CalendarDay { date, name }) in days.iter().enumerate() {
        let pointer = format!("/{list}/{index}/date");
        if date.year() != year {
            faults.push(InputError::new(
                &pointer,
                "date_outside_year",
                format!("{}不在{year}年内", chinese_day(*date)),
                format!("{date} is not in {year}"),
            ));
        }
        if !seen.insert(*date) {
            faults.push(InputError::new(
                &pointer,
                "duplicate_date",
                format!("{}重复，请删除其一", chinese_day(*date)),
                format!("{date} is listed twice; remove one"),
            ));
        }
        if name.trim().is_empty() || name.chars().count() > 40 {
            faults.push(InputError::new(
                format!("/{list}/{index}/name"),
                "name_length",
                "节日名称须为1至40个字符",
                "the name of the holiday must have 1 to 40 characters",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_built_in_calendar_is_sound() {
        let years = built_in_years();
        assert_eq!(years.keys().copied().collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
        for (year, input) in years {
            assert_eq!(check_year(*year, input), []);
        }
        let calendar = WorkCalendar::built_in();
        assert!(calendar.is_year_covered(2026) && !calendar.is_year_covered(2027));
        assert!(!calendar.is_working_day(day("2026-10-05")), "Monday of the National Day holiday");
        assert!(calendar.is_working_day(day("2026-10-10")), "make-up Saturday");
        assert!(!calendar.is_working_day(day("2026-10-11")));
        assert!(!calendar.is_working_day(day("2027-10-01")), "not on file: a statutory holiday all the same");
        assert!(calendar.is_working_day(day("2027-10-04")), "what is not statutory is not known yet");
        assert!(!calendar.is_working_day(day("2027-10-02")));
    }

    #[test]
    fn a_period_starts_on_the_next_day_and_ends_on_a_working_day() {
        let calendar = WorkCalendar::built_in();
        for (from, n, to) in [
            ("2026-03-02", 3, "2026-03-05"),
            ("2026-04-03", 1, "2026-04-07"), // Qingming
            ("2026-05-08", 1, "2026-05-09"), // make-up Saturday
            ("2026-09-30", 3, "2026-10-10"), // National Day, make-up Saturday
            ("2026-10-03", 1, "2026-10-08"), // an event on a day off
            ("2026-03-02", 0, "2026-03-02"),
            ("2026-10-01", 0, "2026-10-08"),
        ] {
            assert_eq!(calendar.add_working_days(day(from), n), day(to), "{from} + {n}");
        }
        assert_eq!(calendar.working_days_between(day("2026-09-30"), day("2026-10-10")), 3);
        assert_eq!(calendar.working_days_between(day("2026-10-10"), day("2026-09-30")), 0);
        assert_eq!(calendar.add_working_days(NaiveDate::MAX, 3), NaiveDate::MAX);
        assert!(calendar.working_days_between(NaiveDate::MIN, NaiveDate::MAX) > 1_000_000);
    }

    #[test]
    fn every_fault_of_a_year_is_named_with_its_place() {
        let on = |date: &str, name: &str| CalendarDay { date: day(date), name: name.into() };
        let input = CalendarYearIn {
            holidays: vec![
                on("2026-10-01", "国庆节"),
                on("2026-10-01", "国庆节"),
                on("2025-12-31", "元旦"),
                on("2026-10-10", " "),
            ],
            workdays: vec![on("2026-10-10", "国庆节"), on("2026-10-09", "国庆节")],
        };
        let found: Vec<_> = check_year(2026, &input).into_iter().map(|f| (f.pointer, f.code)).collect();
        let expected = [
            ("/holidays/1/date", "duplicate_date"),
            ("/holidays/2/date", "date_outside_year"),
            ("/holidays/3/name", "name_length"),
            ("/workdays/0/date", "holiday_and_workday"),
            ("/workdays/1/date", "workday_not_weekend"),
        ];
        assert_eq!(found, expected.map(|(p, c)| (p.to_owned(), c)));
        let codes: Vec<_> = check_year(1999, &CalendarYearIn::default()).iter().map(|f| f.code).collect();
        assert_eq!(codes, ["year_out_of_range", "no_holidays"]);
    }

    #[test]
    fn a_file_with_a_bad_row_is_refused() {
        assert!(parse_years("date,kind,name_zh\n2026-13-01,holiday,元旦\n").is_err());
        assert!(parse_years("date,kind,name_zh\n2026-01-01,feast,元旦\n").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        #[test]
        fn counting_inverts_adding(offset in 0u64..2000, n in 1u32..80) {
            let calendar = WorkCalendar::built_in();
            let from = day("2022-12-01") + Days::new(offset);
            let to = calendar.add_working_days(from, n);
            prop_assert!(calendar.is_working_day(to));
            prop_assert_eq!(calendar.working_days_between(from, to), n);
            let walked = from.iter_days().skip(1).take_while(|d| *d <= to);
            prop_assert_eq!(walked.filter(|d| calendar.is_working_day(*d)).count(), n as usize);
        }
    }
}
