//! Turns the counts of the database into the figures of the statistics. Pure functions.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};

use super::model::*;
use crate::complaints::model::ComplaintState;
use crate::db::Id;
use crate::figures::{percent, ratio};
use crate::input_error::InputError;
use crate::problem::Problem;

/// Longest period in months.
const MOST_MONTHS: u32 = 36;

/// The period with its defaults: from 1 January of the year of `to` until today. An input error if it is longer than
/// three years or ends before it starts.
pub fn period(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), Problem> {
    let to = to.unwrap_or(today);
    let from = from.or_else(|| NaiveDate::from_ymd_opt(to.year(), 1, 1)).unwrap_or(to);
    if from > to {
        let (zh, en) = ("不得早于开始日期", "must not be earlier than the first day");
        return Err(Problem::input_errors(vec![InputError::new("query/to", "before_start", zh, en)]));
    }
    if from.checked_add_months(Months::new(MOST_MONTHS)).is_some_and(|end| end <= to) {
        let (zh, en) = ("统计期间不得超过三年", "the period must not be longer than three years");
        return Err(Problem::input_errors(vec![InputError::new("query/to", "out_of_range", zh, en)]));
    }
    Ok((from, to))
}

/// The key of a line, as returned by the database; none for complaints that belong to no line.
pub type Line = Option<String>;

/// Figures of one line and one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub line: Line,
    pub state: ComplaintState,
    pub count: i64,
    pub accepted_on_time: i64,
    pub accepted_late: i64,
    pub resolved_on_time: i64,
    /// Number of satisfaction ratings, by score from 1 to 5.
    pub marks: [i64; 5],
    pub reopened: i64,
    pub red_cards: i64,
    /// Complaints with a reply; `minutes` is the sum of their working minutes.
    pub replies: i64,
    pub minutes: i64,
}

/// Open complaints of a line that are overdue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    pub line: Line,
    /// Past the resolution deadline.
    pub count: i64,
    /// Never accepted, and past the acceptance deadline.
    pub unaccepted: i64,
    /// Accepted on time before a reopening, and now past the new acceptance deadline.
    pub unaccepted_again: i64,
}

/// Number of complaints of a line whose reply took this many working minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Took {
    pub line: Line,
    pub minutes: i64,
    pub count: i64,
}

/// Running sums of a line.
#[derive(Clone, Debug, Default)]
struct Tally {
    merged: i64,
    rejected: i64,
    handled: i64,
    open: i64,
    open_late: i64,
    unaccepted: i64,
    unaccepted_again: i64,
    accepted_on_time: i64,
    accepted_late: i64,
    resolved_on_time: i64,
    marks: [i64; 5],
    reopened: i64,
    red_cards: i64,
    replies: i64,
    minutes: i64,
    /// Number of replies by working minutes.
    took: BTreeMap<i64, i64>,
}

impl Tally {
    fn add(&mut self, cell: &Cell) {
        match cell.state {
            ComplaintState::Merged => return self.merged += cell.count,
            ComplaintState::Rejected => return self.rejected += cell.count,
            state if state.is_open() => self.open += cell.count,
            // A reply without a recorded result counts as late, by subtraction in `counts`.
            _ => self.resolved_on_time += cell.resolved_on_time,
        }
        self.handled += cell.count;
        self.accepted_on_time += cell.accepted_on_time;
        self.accepted_late += cell.accepted_late;
        for (sum, count) in self.marks.iter_mut().zip(cell.marks) {
            *sum += count;
        }
        self.reopened += cell.reopened;
        self.red_cards += cell.red_cards;
        self.replies += cell.replies;
        self.minutes += cell.minutes;
    }

    fn counts(self, satisfied_from: u32) -> ComplaintCounts {
        // An overdue acceptance counts as late, even if it is still missing.
        let on_time = self.accepted_on_time - self.unaccepted_again;
        let late = self.accepted_late + self.unaccepted + self.unaccepted_again;
        let acceptance = AcceptanceCounts {
            on_time,
            late,
            pending: self.handled - on_time - late,
            on_time_percent: percent(on_time, on_time + late),
        };
        let resolution = ResolutionCounts {
            on_time: self.resolved_on_time,
            late: self.handled - self.open - self.resolved_on_time,
            open_in_time: self.open - self.open_late,
            open_late: self.open_late,
            on_time_percent: percent(self.resolved_on_time, self.handled - self.open + self.open_late),
        };
        ComplaintCounts {
            received: self.handled + self.merged + self.rejected,
            merged: self.merged,
            rejected: self.rejected,
            handled: self.handled,
            open: self.open,
            acceptance,
            resolution,
            reply: ReplyTimes {
                replies: self.replies,
                mean_hours: ratio(self.minutes, self.replies.saturating_mul(60), 2),
                median_hours: percentile(&self.took, 50).and_then(hours),
                p90_hours: percentile(&self.took, 90).and_then(hours),
            },
            satisfaction: satisfaction(self.marks, satisfied_from),
            reopened: self.reopened,
            red_cards: self.red_cards,
        }
    }
}

fn hours(minutes: i64) -> Option<String> {
    ratio(minutes, 60, 2)
}

/// Percentile by nearest rank: the smallest value that `percent` of the values do not exceed. `values` maps each value
/// to its count. None if empty.
pub fn percentile(values: &BTreeMap<i64, i64>, percent: i64) -> Option<i64> {
    let all: i64 = values.values().sum();
    let rank = (all.saturating_mul(percent) + 99) / 100;
    let mut reached = 0;
    let found = values.iter().find(|(_, count)| {
        reached += **count;
        reached >= rank
    });
    found.map(|(value, _)| *value)
}

fn satisfaction(marks: [i64; 5], satisfied_from: u32) -> SatisfactionCounts {
    let by_mark = || (1_i64..).zip(marks);
    let rated = marks.iter().sum();
    let satisfied = by_mark().filter(|(mark, _)| *mark >= i64::from(satisfied_from)).map(|(_, count)| count).sum();
    let sum = by_mark().map(|(mark, count)| mark * count).sum();
    SatisfactionCounts { rated, satisfied, satisfied_percent: percent(satisfied, rated), mean: ratio(sum, rated, 2) }
}

/// The total, and the figures of each line. Complaints of no line form a line of their own.
pub fn count(
    cells: &[Cell],
    late: &[Late],
    took: Vec<Took>,
    satisfied_from: u32,
) -> (ComplaintCounts, BTreeMap<Line, ComplaintCounts>) {
    let mut whole = Tally::default();
    let mut lines: BTreeMap<Line, Tally> = BTreeMap::new();
    for cell in cells {
        whole.add(cell);
        lines.entry(cell.line.clone()).or_default().add(cell);
    }
    for one in late {
        for tally in [&mut whole, lines.entry(one.line.clone()).or_default()] {
            tally.open_late += one.count;
            tally.unaccepted += one.unaccepted;
            tally.unaccepted_again += one.unaccepted_again;
        }
    }
    for one in took {
        *whole.took.entry(one.minutes).or_default() += one.count;
        *lines.entry(one.line).or_default().took.entry(one.minutes).or_default() += one.count;
    }
    let counts = |(line, tally): (Line, Tally)| (line, tally.counts(satisfied_from));
    (whole.counts(satisfied_from), lines.into_iter().map(counts).collect())
}

/// Sorts the lines: parts of the area by code, all others by `received`, highest first.
pub fn in_order(by: StatisticsBreakdown, lines: &mut [ComplaintLine]) {
    let key = |line: &ComplaintLine| {
        let which = (line.role, line.organisation, line.category.clone(), line.company_id);
        // Complaints in no part come last.
        (line.division.is_none(), line.division.clone(), which)
    };
    lines.sort_by(|one, other| {
        let most = other.counts.received.cmp(&one.counts.received);
        let most = if by == StatisticsBreakdown::Area { Ordering::Equal } else { most };
        most.then_with(|| key(one).cmp(&key(other)))
    });
}

/// A complex of the area, with its complaints by category.
#[derive(Clone, Debug)]
pub struct Warm {
    pub complex: Id,
    pub name: String,
    pub township: String,
    pub community: String,
    pub households: Option<i64>,
    pub categories: BTreeMap<String, i64>,
}

/// The sort key of a complex: complaints, households and id.
pub type HeatKey = (i64, Option<i64>, Id);

impl Warm {
    pub fn complaints(&self) -> i64 {
        self.categories.values().sum()
    }

    pub fn key(&self) -> HeatKey {
        (self.complaints(), self.households, self.complex)
    }

    /// The category with the most complaints; the first by code if several are equal.
    fn top(&self) -> Option<(&String, i64)> {
        let mut top: Option<(&String, i64)> = None;
        for (category, complaints) in &self.categories {
            if top.is_none_or(|(_, most)| *complaints > most) {
                top = Some((category, *complaints));
            }
        }
        top
    }

    pub fn view(self, name_of: impl Fn(&str) -> Option<String>) -> ComplexHeat {
        let complaints = self.complaints();
        let top = self.top().map(|(category, complaints)| (category.clone(), complaints));
        let per_hundred = self.households.and_then(|households| ratio(complaints.saturating_mul(100), households, 2));
        ComplexHeat {
            complex_id: self.complex,
            complaints,
            per_hundred_households: per_hundred,
            top_category_zh: top.as_ref().and_then(|(category, _)| name_of(category)),
            top_category_complaints: top.as_ref().map_or(0, |(_, complaints)| *complaints),
            top_category: top.map(|(category, _)| category),
            name: self.name,
            township: self.township,
            community: self.community,
            households: self.households,
        }
    }
}

/// Orders by complaints per household, highest first, comparing exact fractions instead of rounded values. Complexes
/// with an unknown number of households come last, by complaints.
pub fn hotter(one: &HeatKey, other: &HeatKey) -> Ordering {
    let by_heat = match (one.1, other.1) {
        (Some(a), Some(b)) => {
            let (a, b) = (i128::from(other.0) * i128::from(a), i128::from(one.0) * i128::from(b));
            a.cmp(&b)
        }
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => other.0.cmp(&one.0),
    };
    by_heat.then_with(|| one.2.cmp(&other.2))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
