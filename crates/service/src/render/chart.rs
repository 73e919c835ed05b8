//! Parts that the charts of several features share: row labels and period labels.

use chrono::{Datelike, Days, NaiveDate};

use crate::words::days::chinese_day;

/// Escapes a text for SVG.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Shortens a name to this number of characters.
pub fn fitting(name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return escaped(name);
    }
    let short: String = name.chars().take(letters - 1).collect();
    format!("{}…", escaped(&short))
}

/// The name of a calendar period; `None` if the days are not one.
fn name(from: NaiveDate, to: NaiveDate) -> Option<&'static str> {
    let next = to.checked_add_days(Days::new(1))?;
    let months = (next.year() - from.year()) * 12 + next.month() as i32 - from.month() as i32;
    if from.day() != 1 || next.day() != 1 {
        return None;
    }
    match (months, from.month()) {
        (3, 1) => Some("第一季度"),
        (3, 4) => Some("第二季度"),
        (3, 7) => Some("第三季度"),
        (3, 10) => Some("第四季度"),
        (6, 1) => Some("上半年"),
        (6, 7) => Some("下半年"),
        (12, 1) => Some("全年"),
        _ => None,
    }
}

/// `2025年第四季度`. A period that is not a calendar period shows its days.
pub fn period(from: NaiveDate, to: NaiveDate) -> String {
    match name(from, to) {
        Some(name) => format!("{}年{name}", from.year()),
        None => format!("{}至{}", chinese_day(from), chinese_day(to)),
    }
}

/// The same in two short lines, for the label below a bar.
pub fn short(from: NaiveDate, to: NaiveDate) -> (String, String) {
    match name(from, to) {
        Some(name) => (name.trim_start_matches('第').to_owned(), from.year().to_string()),
        None => (from.format("%-m.%-d").to_string(), from.year().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_of_the_calendar_have_names_and_others_their_days() {
        let said = |from, to| period(day(from), day(to));
        assert_eq!(said("2025-10-01", "2025-12-31"), "2025年第四季度");
        assert_eq!(said("2024-01-01", "2024-06-30"), "2024年上半年");
        assert_eq!(said("2024-01-01", "2024-12-31"), "2024年全年");
        assert_eq!(said("2024-02-01", "2024-04-30"), "2024年2月1日至2024年4月30日");
        assert_eq!(said("2024-01-02", "2024-03-31"), "2024年1月2日至2024年3月31日");
        assert_eq!(short(day("2025-10-01"), day("2025-12-31")), ("四季度".to_owned(), "2025".to_owned()));
    }
}
