//! Public revenue as inline SVG bars: income and expense next to each other for each period. The table below contains
//! the numbers.

use std::fmt::Write;

use crate::disclosures::public::{PublicDisclosure, PublicRevenueTotals};
use crate::render::chart::{period, short};

/// Size in SVG units; the page scales the picture.
const WIDTH: usize = 288;
const HEIGHT: usize = 170;
/// Baseline of the bars, and the top of the highest bar.
const GROUND: usize = 130;
const TOP: usize = 8;
/// Maximum width of a bar, and the space on each side of a pair.
const WIDEST: usize = 24;
const FREE: usize = 3;

/// The totals of all shown periods, oldest first.
pub fn periods(disclosures: &[PublicDisclosure]) -> Vec<PublicRevenueTotals> {
    let with_revenue = disclosures.iter().find_map(|one| Some((one, one.content.as_ref()?.public_revenue.as_ref()?)));
    let Some((disclosure, current)) = with_revenue else { return Vec::new() };
    let mut all = vec![PublicRevenueTotals::from(current)];
    all.extend(disclosure.earlier.iter().cloned());
    all.reverse();
    all
}

/// Bars of income and expense for each period, oldest first; `None` without a period.
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

/// An amount above zero has a bar of at least one unit.
fn height(fen: i64, highest: i64) -> usize {
    let tall = i128::from(fen.max(0)) * (GROUND - TOP) as i128 / i128::from(highest);
    let least = usize::from(fen > 0);
    usize::try_from(tall).unwrap_or_default().max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

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
