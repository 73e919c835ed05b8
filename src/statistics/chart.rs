//! Charts of the report as inline SVG. The tables below them contain the numbers.

use std::fmt::Write;

use super::model::{AreaRatings, PeriodStars, StarCount};
use crate::inspections::statistics::AreaInspections;
use crate::render::chart::{escaped, fitting, short};

/// Width in SVG units; the page scales the picture.
const WIDTH: i64 = 560;
/// Space for the names to the left of the bars, and for the figures to the right.
const NAMES: i64 = 150;
const FIGURES: i64 = 60;
const ROW: i64 = 26;
const BAR: i64 = 16;
/// Number of letters of a name that fit.
const LETTERS: usize = 11;

fn open(svg: &mut String, label: &str, height: i64) {
    let _ = write!(svg, "<svg class=\"chart\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {WIDTH} {height}\">");
}

/// Divides a length in proportion to the counts, so that the parts fill it exactly.
fn parts(counts: &[StarCount], length: i64) -> Vec<(&'static str, i64, i64)> {
    let all: i64 = counts.iter().map(|one| one.count).sum();
    let mut before = 0;
    let mut drawn = Vec::new();
    for one in counts.iter().filter(|one| one.count > 0) {
        let (from, to) = (before * length / all, (before + one.count) * length / all);
        drawn.push((one.star.code(), from, to - from));
        before += one.count;
    }
    drawn
}

/// One column for each period, with its stars on top of each other; its height is the number of ratings.
pub fn periods(periods: &[PeriodStars]) -> String {
    const HEIGHT: i64 = 220;
    const GROUND: i64 = 180;
    const TALL: i64 = 150;
    let rated = |one: &PeriodStars| one.stars.iter().map(|star| star.count).sum::<i64>();
    let most = periods.iter().map(rated).max().unwrap_or_default().max(1);
    let mut svg = String::new();
    open(&mut svg, "各期各星级小区数的柱形图，数字见下表", HEIGHT);
    let room = WIDTH / (periods.len() as i64).max(1);
    let wide = (room * 3 / 5).min(72);
    for (at, one) in periods.iter().enumerate() {
        let middle = at as i64 * room + room / 2;
        let all = rated(one);
        let tall = (all * TALL / most).max(i64::from(all > 0));
        for (class, from, length) in parts(&one.stars, tall) {
            let (x, y) = (middle - wide / 2, GROUND - tall + from);
            let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{length}\"/>");
        }
        let (name, year) = short(one.period_from, one.period_to);
        let _ = write!(
            svg,
            "<text class=\"middle\" x=\"{middle}\" y=\"{}\">{all}</text><text class=\"middle\" x=\"{middle}\" y=\"{}\">{name}</text>\
             <text class=\"middle\" x=\"{middle}\" y=\"{}\">{year}</text>",
            GROUND - tall - 6,
            GROUND + 16,
            GROUND + 32
        );
    }
    svg.push_str("</svg>");
    svg
}

/// One bar for each part of the area, with the shares of its stars.
pub fn areas(areas: &[AreaRatings], label: &str) -> String {
    let mut svg = String::new();
    open(&mut svg, &escaped(label), areas.len() as i64 * ROW + 4);
    let length = WIDTH - NAMES - FIGURES;
    for (at, area) in areas.iter().enumerate() {
        let y = at as i64 * ROW + 4;
        row_name(&mut svg, &area.name, &area.division, y);
        if area.counts.rated == 0 {
            let _ = write!(svg, "<rect class=\"rest\" x=\"{NAMES}\" y=\"{y}\" width=\"{length}\" height=\"{BAR}\"/>");
        }
        for (class, from, long) in parts(&area.counts.stars, length) {
            let x = NAMES + from;
            let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"{BAR}\"/>");
        }
        row_figure(&mut svg, &area.counts.rated.to_string(), y);
    }
    svg.push_str("</svg>");
    svg
}

/// One bar for each part of the area, with the share of its complexes that was inspected.
pub fn coverage(areas: &[AreaInspections], label: &str) -> String {
    let mut svg = String::new();
    open(&mut svg, &escaped(label), areas.len() as i64 * ROW + 4);
    let length = WIDTH - NAMES - FIGURES;
    for (at, area) in areas.iter().enumerate() {
        let y = at as i64 * ROW + 4;
        row_name(&mut svg, &area.name, &area.division, y);
        let long = area.inspected * length / area.complexes.max(1);
        let _ = write!(
            svg,
            "<rect class=\"rest\" x=\"{NAMES}\" y=\"{y}\" width=\"{length}\" height=\"{BAR}\"/>\
             <rect class=\"bar\" x=\"{NAMES}\" y=\"{y}\" width=\"{long}\" height=\"{BAR}\"/>"
        );
        let figure = area.coverage_percent.as_ref().map_or_else(|| "—".to_owned(), |percent| format!("{percent}%"));
        row_figure(&mut svg, &figure, y);
    }
    svg.push_str("</svg>");
    svg
}

fn row_name(svg: &mut String, name: &str, division: &str, y: i64) {
    let name = if name.is_empty() { division } else { name };
    let _ = write!(svg, "<text class=\"end\" x=\"{}\" y=\"{}\">{}</text>", NAMES - 8, y + 13, fitting(name, LETTERS));
}

fn row_figure(svg: &mut String, figure: &str, y: i64) {
    let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{figure}</text>", WIDTH - FIGURES + 6, y + 13);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::ratings::Star;

    proptest! {
        #[test]
        fn parts_fill_the_bar_in_order_and_leave_no_gap(counts in prop::collection::vec(0..5000_i64, 6), length in 1..600_i64) {
            let stars: Vec<StarCount> =
                Star::ALL.iter().rev().zip(&counts).map(|(star, count)| StarCount { star: *star, count: *count }).collect();
            let drawn = parts(&stars, length);
            let mut reached = 0;
            for (_, from, long) in &drawn {
                prop_assert_eq!(*from, reached);
                reached += long;
            }
            prop_assert_eq!(reached, if drawn.is_empty() { 0 } else { length });
        }
    }

    #[test]
    fn a_name_with_marks_of_markup_stays_a_name() {
        assert_eq!(fitting("<望远>&镇", LETTERS), "&lt;望远&gt;&amp;镇");
        assert_eq!(fitting("一二三四五六七八九十一二三", LETTERS), "一二三四五六七八九十…");
    }
}
