//! Public revenue as bars: income and expense side by side, period by period. A picture in the page itself; the numbers stand
//! in the table beneath it.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};

use crate::disclosures::public::{PublicDisclosure, PublicRevenueTotals};
use crate::documents::chinese_day;

/// Units of the picture; the page scales it.
const WIDTH: usize = 288;
const HEIGHT: usize = 170;
/// The line that the bars stand on, and the highest that they reach.
const GROUND: usize = 130;
const TOP: usize = 8;
/// The widest that a bar gets, and what is left free on each side of a pair.
const WIDEST: usize = 24;
const FREE: usize = 3;

/// A text inside of a picture.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A name that fits the room of so many letters.
pub fn fitting(name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return escaped(name);
    }
    let short: String = name.chars().take(letters - 1).collect();
    format!("{}…", escaped(&short))
}

/// The totals of all periods that are shown, oldest first.
pub fn periods(disclosures: &[PublicDisclosure]) -> Vec<PublicRevenueTotals> {
    let with_revenue = disclosures.iter().find_map(|one| Some((one, one.content.as_ref()?.public_revenue.as_ref()?)));
    let Some((disclosure, current)) = with_revenue else { return Vec::new() };
    let mut all = vec![PublicRevenueTotals::from(current)];
    all.extend(disclosure.earlier.iter().cloned());
    all.reverse();
    all
}

/// Bars of income and expense of the periods, oldest first; none where there is none.
pub fn revenue(periods: &[PublicRevenueTotals]) -> Option<String> {
    let (first, last) = (periods.first()?, periods.last()?);
    let of = |one: &PublicRevenueTotals| period(one.period_from, one.period_to);
    let highest = periods.iter().map(|one| one.income_total_fen.max(one.expense_total_fen)).max()?.max(1);
    let mut svg = format!(
        "<svg class=\"chart\" role=\"img\" aria-label=\"公共收益的收入与支出，{}至{}，数字见下表\" viewBox=\"0 0 {WIDTH} {HEIGHT}\">",
        of(first),
        of(last)
    );
    let room = WIDTH / periods.len();
    let wide = (room.saturating_sub(2 * FREE) / 2).clamp(2, WIDEST);
    for (at, one) in periods.iter().enumerate() {
        let middle = at * room + room / 2;
        for (class, x, fen) in
            [("income", middle - wide, one.income_total_fen), ("expense", middle, one.expense_total_fen)]
        {
            let tall = height(fen, highest);
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{tall}\"/>",
                GROUND - tall,
                wide - 1
            );
        }
        let (short, year) = short(one.period_from, one.period_to);
        let _ = write!(
            svg,
            "<text x=\"{middle}\" y=\"{}\">{short}</text><text x=\"{middle}\" y=\"{}\">{year}</text>",
            GROUND + 16,
            GROUND + 32
        );
    }
    let _ = write!(svg, "<path class=\"ground\" d=\"M0 {GROUND}h{WIDTH}\"/></svg>");
    Some(svg)
}

/// A bar that is not nothing is seen.
fn height(fen: i64, highest: i64) -> usize {
    let tall = i128::from(fen.max(0)) * (GROUND - TOP) as i128 / i128::from(highest);
    let least = usize::from(fen > 0);
    usize::try_from(tall).unwrap_or_default().max(least)
}

/// What a period of the calendar is called.
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

/// `2025年第四季度`; a period that is none of the calendar by its days.
pub fn period(from: NaiveDate, to: NaiveDate) -> String {
    match name(from, to) {
        Some(name) => format!("{}年{name}", from.year()),
        None => format!("{}至{}", chinese_day(from), chinese_day(to)),
    }
}

/// The same in two short lines, for under a bar.
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

    #[test]
    fn bars_are_in_proportion_and_a_fen_is_seen() {
        let most = GROUND - TOP;
        assert_eq!(height(0, 100), 0);
        assert_eq!(height(100, 100), most);
        assert_eq!(height(50, 100), most / 2);
        assert_eq!(height(1, i64::MAX), 1);
        assert_eq!(height(i64::MAX, i64::MAX), most);
    }
}
