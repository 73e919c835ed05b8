//! The ladder: which violations count on a day and in which areas, and the resulting level.

use std::collections::{BTreeMap, HashMap};

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::model::{CompanyFacts, ViolationFact, Window};
use crate::policy::model::{Act, LadderArea, LadderCount, MeasureKind};
use crate::policy::versions::{Policies, PolicyVersion};

/// Last day of a window that starts on a day. If the last month has no corresponding day, it is the last day of that
/// month (CC 202).
pub fn last_day(from: NaiveDate, months: u32) -> NaiveDate {
    from.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The window that ends on a day. `from` is the first day whose [`last_day`] is not before `to`.
pub fn window(to: NaiveDate, months: u32) -> Window {
    let mut from = to.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    while last_day(from, months) < to {
        from = from.succ_opt().unwrap_or(to);
    }
    Window { from, to, months }
}

/// A violation known on a day. Its act comes from the policy of the day it was found, or else from the policy under
/// which it was confirmed; `None` if neither lists it.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub fact: &'a ViolationFact,
    pub act: Option<(&'a PolicyVersion, &'a Act)>,
}

impl<'a> Known<'a> {
    pub fn new(fact: &'a ViolationFact, policies: &'a Policies) -> Known<'a> {
        let listed = |policy: &'a PolicyVersion| Some((policy, policy.act(&fact.act)?));
        let found = listed(policies.governing(fact.found_on));
        let act = found.or_else(|| listed(policies.get(fact.policy_version)?));
        Known { fact, act }
    }

    /// Clause of the nine prohibitions for the act on the day it was found.
    pub fn clause(&self) -> Option<u8> {
        self.act?.1.clause
    }

    /// The act under another policy.
    pub fn act_under<'p>(&self, policy: &'p PolicyVersion) -> Option<&'p Act>
    where
        'a: 'p,
    {
        match self.act {
            Some((own, act)) if own.version == policy.version => Some(act),
            _ => policy.act(&self.fact.act),
        }
    }
}

/// The violations that were confirmed by a day and not revoked by then, in the order of finding.
pub fn known_on<'a>(facts: &'a CompanyFacts, policies: &'a Policies, day: NaiveDate) -> Vec<Known<'a>> {
    let revoked = |fact: &ViolationFact| fact.revoked_on.is_some_and(|on| on <= day);
    let mut known: Vec<_> = facts
        .violations
        .iter()
        .filter(|fact| fact.decided_on <= day && fact.found_on <= day && !revoked(fact))
        .map(|fact| Known::new(fact, policies))
        .collect();
    known.sort_unstable_by_key(|one| (one.fact.found_on, one.fact.id));
    known
}

/// A counted violation.
pub struct Counted<'a> {
    pub fact: &'a ViolationFact,
    pub clause: u8,
    pub last_day: NaiveDate,
}

/// Violations of one area, which are counted together.
struct Group {
    level: u8,
    count: u32,
    /// Indexes in `Tally::counted`, in order.
    members: Vec<usize>,
    /// For each of the levels 1 to 4, the index of the violation with which the area reached it.
    raised_by: [Option<usize>; 4],
}

/// The ladder on a day under one policy.
pub struct Tally<'a> {
    pub policy: &'a PolicyVersion,
    pub level: u8,
    pub count: u32,
    pub counted: Vec<Counted<'a>>,
    /// First day on which the level falls because violations leave the window.
    pub falls_on: Option<NaiveDate>,
    groups: Vec<Group>,
}

/// Counts the known violations (sorted by the day found) on a day.
///
/// 从旧兼从轻 (APL 37, Legislation Law 104): of the policies in force on any day from the finding of the latest violation up
/// to `law_on`, the one with the lowest level applies, and the oldest of equal ones. Comparing only the first and the
/// last policy is not enough: a stricter third version could raise a level that the second had lowered, without a new
/// violation. For the same reason, an act counts only if it was among the nine prohibitions when it was found and still
/// is.
pub fn tally<'a>(known: &[Known<'a>], policies: &'a Policies, as_of: NaiveDate, law_on: NaiveDate) -> Tally<'a> {
    let candidates: Vec<(Known, u8)> = known.iter().filter_map(|one| Some((*one, one.clause()?))).collect();
    let latest = candidates.last().map_or(as_of, |(one, _)| one.fact.found_on);
    let mut lightest = Tally::under(policies.governing(latest), &candidates, as_of);
    let mut others = Vec::new();
    for policy in policies.in_force_between(latest, law_on) {
        if policy.version == lightest.policy.version {
            continue;
        }
        let tally = Tally::under(policy, &candidates, as_of);
        others.push(if tally.level < lightest.level { std::mem::replace(&mut lightest, tally) } else { tally });
    }
    let level = lightest.level;
    lightest.falls_on = others.iter().chain([&lightest]).filter_map(|tally| tally.falls_below(level)).min();
    lightest
}

impl<'a> Tally<'a> {
    fn under(policy: &'a PolicyVersion, candidates: &[(Known<'a>, u8)], as_of: NaiveDate) -> Tally<'a> {
        let rules = &policy.document().ladder;
        let counted: Vec<Counted> = candidates
            .iter()
            .filter(|(one, _)| one.act_under(policy).is_none_or(|act| act.clause.is_some()))
            .map(|(one, clause)| Counted {
                fact: one.fact,
                clause: *clause,
                last_day: last_day(one.fact.found_on, rules.window_months),
            })
            .filter(|one| one.last_day >= as_of)
            .collect();
        let mut areas: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, one) in counted.iter().enumerate() {
            areas.entry(area_key(rules.area, one.fact)).or_default().push(at);
        }
        let groups: Vec<Group> = areas.into_values().map(|members| Group::of(members, &counted, policy)).collect();
        let level = groups.iter().map(|group| group.level).max().unwrap_or(0);
        let count = groups.iter().map(|group| group.count).max().unwrap_or(0);
        Tally { policy, level, count, counted, falls_on: None, groups }
    }

    /// First day on which no area reaches a level any more.
    fn falls_below(&self, level: u8) -> Option<NaiveDate> {
        let rules = &self.policy.document().ladder;
        let needed = rules.thresholds.counts()[usize::from(level.checked_sub(1)?)] as usize;
        let falls = self.groups.iter().filter(|group| group.level >= level).filter_map(|group| {
            let members = group.members.iter().map(|at| &self.counted[*at]);
            let mut last_days: Vec<NaiveDate> = match rules.count {
                LadderCount::Violations => members.map(|one| one.last_day).collect(),
                LadderCount::DistinctClauses => {
                    members.map(|one| (one.clause, one.last_day)).collect::<BTreeMap<_, _>>().into_values().collect()
                }
            };
            last_days.sort_unstable();
            last_days[last_days.len().checked_sub(needed)?].succ_opt()
        });
        falls.max()
    }

    /// The counted violations of every area that has reached a level, in order.
    ///
    /// This includes areas that are not at the highest level. Otherwise a measure at a complex would depend on the
    /// order of confirmations, and another violation elsewhere could remove it.
    pub fn at_level(&self, level: u8) -> Vec<&Counted<'a>> {
        let mut members: Vec<usize> = self
            .groups
            .iter()
            .filter(|group| group.level >= level)
            .flat_map(|group| group.members.iter().copied())
            .collect();
        members.sort_unstable();
        members.into_iter().map(|at| &self.counted[at]).collect()
    }

    /// The violation with which the first area reached a level.
    pub fn raised_by(&self, level: u8) -> Option<&Counted<'a>> {
        let slot = usize::from(level.checked_sub(1)?);
        let first = self.groups.iter().filter_map(|group| *group.raised_by.get(slot)?).min()?;
        Some(&self.counted[first])
    }

    /// The level of the area of each counted violation.
    pub fn levels(&self) -> HashMap<Uuid, u8> {
        let groups = self.groups.iter();
        groups.flat_map(|group| group.members.iter().map(|at| (self.counted[*at].fact.id, group.level))).collect()
    }

    /// Lowest ladder level of a kind of measure.
    pub fn level_of(&self, kind: MeasureKind) -> Option<u8> {
        self.policy.measure(kind)?.level
    }
}

/// Key of the area in which a violation counts. Violations without a complex count together within their county.
fn area_key(area: LadderArea, fact: &ViolationFact) -> (&str, Option<&str>, Option<Uuid>) {
    let county = fact.place.county.as_str();
    match area {
        LadderArea::County => (county, None, None),
        LadderArea::Township => (county, fact.place.township.as_deref(), None),
        LadderArea::Complex if fact.complex_id.is_some() => ("", None, fact.complex_id),
        LadderArea::Complex => (county, None, None),
    }
}

impl Group {
    fn of(members: Vec<usize>, counted: &[Counted], policy: &PolicyVersion) -> Group {
        let rules = &policy.document().ladder;
        let needed = rules.thresholds.counts();
        let mut raised_by = [None; 4];
        let mut seen = [false; 256];
        let mut count = 0;
        for at in &members {
            let repeated = std::mem::replace(&mut seen[usize::from(counted[*at].clause)], true);
            if repeated && rules.count == LadderCount::DistinctClauses {
                continue;
            }
            count += 1;
            for (slot, needed) in raised_by.iter_mut().zip(needed) {
                if count == needed {
                    *slot = Some(*at);
                }
            }
        }
        Group { level: rules.thresholds.level(count), count, members, raised_by }
    }
}
