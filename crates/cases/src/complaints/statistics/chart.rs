//! The charts of the complaint report, as inline SVG. The tables below them contain the same numbers.

use std::fmt::Write;

use super::model::{ComplaintCounts, ComplaintLine};
use crate::render::chart::{escaped, fitting};

/// Width in SVG units; the page scales the chart.
const WIDTH: i64 = 560;
/// Space for the names to the left of the bars, and for the figures to the right.
const NAMES: i64 = 170;
const FIGURES: i64 = 60;
const ROW: i64 = 26;
const BAR: i64 = 16;
/// Most letters of a name.
const LETTERS: usize = 12;

/// The complaints of a line by outcome: CSS class, Chinese name and count. The counts add up to `received`.
pub fn outcomes(counts: &ComplaintCounts) -> [(&'static str, &'static str, i64); 5] {
    let resolution = &counts.resolution;
    [
        ("done", "按期办结", resolution.on_time),
        ("done-late", "逾期办结", resolution.late),
        ("open", "在办未逾期", resolution.open_in_time),
        ("open-late", "在办已逾期", resolution.open_late),
        ("aside", "合并或不予受理", counts.merged + counts.rejected),
    ]
}

/// Start and length of each part of a bar, in proportion to the counts. The parts fill the bar without gaps.
fn parts<const N: usize>(counts: [i64; N], length: i64) -> [(i64, i64); N] {
    let all = counts.iter().sum::<i64>().max(1);
    let mut before = 0;
    counts.map(|count| {
        let (from, to) = (before * length / all, (before + count) * length / all);
        before += count;
        (from, to - from)
    })
}

fn open(svg: &mut String, label: &str, rows: usize) {
    let (label, height) = (escaped(label), rows as i64 * ROW + 4);
    let _ = write!(
        svg,
        "<svg class=\"chart\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {WIDTH} {height}\"><title>{label}</title>"
    );
}

fn name_and_figure(svg: &mut String, name: &str, figure: &str, y: i64) {
    let (at, under) = (NAMES - 8, y + 13);
    let _ = write!(
        svg,
        "<text class=\"end\" x=\"{at}\" y=\"{under}\">{}</text><text x=\"{}\" y=\"{under}\">{figure}</text>",
        fitting(name, LETTERS),
        WIDTH - FIGURES + 6
    );
}

/// One bar for each line, with its length by `received` and its parts by outcome.
pub fn complaints(lines: &[ComplaintLine], label: &str) -> String {
    let mut svg = String::new();
    open(&mut svg, label, lines.len());
    let most = lines.iter().map(|line| line.counts.received).max().unwrap_or_default().max(1);
    for (at, line) in lines.iter().enumerate() {
        let y = at as i64 * ROW + 4;
        let received = line.counts.received;
        // At least one unit, so that a small count is visible.
        let length = (received * (WIDTH - NAMES - FIGURES) / most).max(i64::from(received > 0));
        let outcomes = outcomes(&line.counts);
        for ((class, _, _), (from, long)) in outcomes.iter().zip(parts(outcomes.map(|one| one.2), length)) {
            if long > 0 {
                let x = NAMES + from;
                let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"{BAR}\"/>");
            }
        }
        name_and_figure(&mut svg, &line.name, &received.to_string(), y);
    }
    svg.push_str("</svg>");
    svg
}

/// One bar for each line, with the share of satisfied ratings.
pub fn satisfaction(lines: &[ComplaintLine], label: &str) -> String {
    let mut svg = String::new();
    open(&mut svg, label, lines.len());
    let length = WIDTH - NAMES - FIGURES;
    for (at, line) in lines.iter().enumerate() {
        let y = at as i64 * ROW + 4;
        let satisfaction = &line.counts.satisfaction;
        let long = satisfaction.satisfied * length / satisfaction.rated.max(1);
        let _ = write!(
            svg,
            "<rect class=\"rest\" x=\"{NAMES}\" y=\"{y}\" width=\"{length}\" height=\"{BAR}\"/>\
             <rect class=\"done\" x=\"{NAMES}\" y=\"{y}\" width=\"{long}\" height=\"{BAR}\"/>"
        );
        let percent = satisfaction.satisfied_percent.as_ref();
        let figure = percent.map_or_else(|| "—".to_owned(), |percent| format!("{percent}%"));
        name_and_figure(&mut svg, &line.name, &figure, y);
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_fill_the_bar_in_order_and_leave_no_gap(counts in prop::array::uniform5(0..5000_i64), length in 1..400_i64) {
            let mut reached = 0;
            for (from, long) in parts(counts, length) {
                prop_assert_eq!(from, reached);
                prop_assert!(long >= 0);
                reached += long;
            }
            prop_assert_eq!(reached, if counts.iter().sum::<i64>() == 0 { 0 } else { length });
        }
    }

    #[test]
    fn a_name_with_marks_of_markup_stays_a_name() {
        assert_eq!(fitting("<望远>&镇", LETTERS), "&lt;望远&gt;&amp;镇");
        assert_eq!(fitting("一二三四五六七八九十一二三", LETTERS), "一二三四五六七八九十一…");
    }
}
