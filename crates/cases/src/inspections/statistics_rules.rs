//! Pure rules: counts from a few columns of each row, one result for each part of the area.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::HazardState;
use super::rules::is_overdue;
use crate::db::Id;
use crate::figures::percent;
use crate::input_error::InputError;
use crate::problem::Problem;

/// The requested period. It ends today and starts on 1 January of its last year by default.
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
    Ok((from, to))
}

/// A part of an inspection: with a result, or overdue.
pub struct PartFact {
    pub community: String,
    pub checklist: String,
    pub complex: Id,
    pub done: bool,
}

/// A hazard that was found.
pub struct Found {
    pub community: String,
    pub state: HazardState,
    pub due_on: NaiveDate,
    pub missed: bool,
}

/// Counts by checklist (按检查表统计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistCount {
    /// Code of the checklist.
    #[schema(max_length = 40, example = "safety")]
    pub checklist: String,
    /// Results in the period.
    #[schema(minimum = 0)]
    pub done: i64,
    /// Parts planned for a past day of the period that have no result.
    #[schema(minimum = 0)]
    pub overdue: i64,
}

/// Hazards found in the period, by their state today (隐患统计).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HazardCounts {
    /// All hazards found: `open` plus `closed_in_time` plus `closed_late`.
    #[schema(minimum = 0)]
    pub found: i64,
    /// Hazards not closed yet.
    #[schema(minimum = 0)]
    pub open: i64,
    /// Overdue: open hazards that are not rectified and past their deadline.
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// Closed hazards that were rectified within every deadline.
    #[schema(minimum = 0)]
    pub closed_in_time: i64,
    /// Closed hazards that missed a deadline.
    #[schema(minimum = 0)]
    pub closed_late: i64,
}

impl HazardCounts {
    pub fn add(&mut self, found: &Found, today: NaiveDate) {
        self.found += 1;
        match (found.state, found.missed) {
            (HazardState::Closed, true) => self.closed_late += 1,
            (HazardState::Closed, false) => self.closed_in_time += 1,
            _ => self.open += 1,
        }
        self.overdue += i64::from(is_overdue(found.state, found.due_on, today));
    }
}

/// Counts of an area (检查统计).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AreaInspections {
    /// Code of the area.
    #[schema(max_length = 12, example = "640121102001")]
    pub division: String,
    /// Name of the area.
    #[schema(max_length = 100, example = "望远镇")]
    pub name: String,
    /// Complexes that a company served on a day of the period (在管小区).
    #[schema(minimum = 0)]
    pub complexes: i64,
    /// Complexes of these that were inspected at least once in the period (已检查小区).
    #[schema(minimum = 0)]
    pub inspected: i64,
    /// `inspected` as a percentage of `complexes`, with one decimal (检查覆盖率); null if there are no complexes.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "66.7")]
    pub coverage_percent: Option<String>,
    /// Counts of each checklist that has anything to count.
    #[schema(max_items = 100)]
    pub checklists: Vec<ChecklistCount>,
    pub hazards: HazardCounts,
}

#[derive(Default)]
struct Counting {
    complexes: i64,
    inspected: i64,
    checklists: BTreeMap<String, (i64, i64)>,
    hazards: HazardCounts,
}

impl Counting {
    fn counted(self, division: String) -> AreaInspections {
        let Counting { complexes, inspected, checklists, hazards } = self;
        let checklists = checklists.into_iter();
        let checklists = checklists.map(|(checklist, (done, overdue))| ChecklistCount { checklist, done, overdue });
        AreaInspections {
            division,
            name: String::new(),
            complexes,
            inspected,
            coverage_percent: percent(inspected, complexes),
            checklists: checklists.collect(),
            hazards,
        }
    }
}

/// Counts of the whole area, and of each part that has anything to count, by code. A community has no parts.
pub fn count(
    division: &str,
    served: &BTreeMap<Id, String>,
    parts: &[PartFact],
    hazards: &[Found],
    today: NaiveDate,
) -> (AreaInspections, Vec<AreaInspections>) {
    let digits = match division.len() {
        6 => 9,
        9 => 12,
        _ => 0,
    };
    let part_of = |community: &str| community.get(..digits).unwrap_or(community).to_owned();
    let mut areas: BTreeMap<String, Counting> = BTreeMap::new();
    let mut whole = Counting::default();
    let inspected: BTreeSet<Id> = parts.iter().filter(|part| part.done).map(|part| part.complex).collect();
    let mut each = |community: &str, add: &dyn Fn(&mut Counting)| {
        add(&mut whole);
        if digits > 0 {
            add(areas.entry(part_of(community)).or_default());
        }
    };
    for (complex, community) in served {
        let seen = i64::from(inspected.contains(complex));
        each(community, &|counting| {
            counting.complexes += 1;
            counting.inspected += seen;
        });
    }
    for part in parts {
        each(&part.community, &|counting| {
            let (done, overdue) = counting.checklists.entry(part.checklist.clone()).or_default();
            *if part.done { done } else { overdue } += 1;
        });
    }
    for found in hazards {
        each(&found.community, &|counting| counting.hazards.add(found, today));
    }
    (whole.counted(division.to_owned()), areas.into_iter().map(|(code, one)| one.counted(code)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_period_ends_after_it_begins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-03-12");
        assert_eq!(period(None, None, today).ok(), Some((day("2026-01-01"), today)));
        assert!(period(Some(today), Some(today), today).is_ok());
        assert!(period(Some(day("2026-03-13")), None, today).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        #[test]
        fn the_parts_add_up_to_the_whole(
            complexes in proptest::collection::vec(0usize..4, 0..40),
            parts in proptest::collection::vec((0usize..60, 0usize..4, 0usize..2, any::<bool>()), 0..60),
            hazards in proptest::collection::vec((0usize..4, 0usize..3, 0u64..20, any::<bool>()), 0..60),
        ) {
            const COMMUNITIES: [&str; 4] = ["640121102001", "640121102002", "640121100200", "640121100201"];
            let id = |n: usize| Id(uuid::Uuid::from_u128(n as u128));
            let today: NaiveDate = "2026-03-12".parse().unwrap();
            let served = complexes.iter().enumerate().map(|(n, at)| (id(n), COMMUNITIES[*at].to_owned())).collect();
            let parts: Vec<PartFact> = parts.into_iter().map(|(complex, at, list, done)| PartFact {
                community: COMMUNITIES[complexes.get(complex).copied().unwrap_or(at)].to_owned(),
                checklist: ["general", "safety"][list].to_owned(), complex: id(complex), done,
            }).collect();
            let hazards: Vec<Found> = hazards.into_iter().map(|(at, state, due, missed)| Found {
                community: COMMUNITIES[at].to_owned(), state: HazardState::ALL[state],
                due_on: today - chrono::Days::new(10) + chrono::Days::new(due), missed,
            }).collect();
            let (whole, areas) = count("640121", &served, &parts, &hazards, today);
            let sum = |of: &dyn Fn(&AreaInspections) -> i64| areas.iter().map(of).sum::<i64>();
            prop_assert_eq!(whole.complexes, sum(&|a| a.complexes));
            prop_assert_eq!(whole.inspected, sum(&|a| a.inspected));
            prop_assert!(whole.inspected <= whole.complexes);
            prop_assert_eq!(whole.hazards.found, sum(&|a| a.hazards.found));
            let HazardCounts { found, open, overdue, closed_in_time, closed_late } = whole.hazards;
            prop_assert_eq!(found, open + closed_in_time + closed_late);
            prop_assert!(overdue <= open);
            let done = |a: &AreaInspections| a.checklists.iter().map(|c| c.done + c.overdue).sum::<i64>();
            prop_assert_eq!(done(&whole), sum(&done));
            prop_assert_eq!(done(&whole), parts.len() as i64);
            prop_assert!(count("640121102001", &served, &parts, &hazards, today).1.is_empty());
        }
    }
}
