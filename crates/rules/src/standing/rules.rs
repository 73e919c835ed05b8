//! Computes the standing of a company on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::credit::{Points, credit, points};
use super::due::{Live, due_measures};
use super::ladder::{Known, Tally, known_on, last_day, tally, window};
use super::model::{ClauseCount, CompanyFacts, CountedViolation, Standing};
use crate::policy::versions::Policies;

/// Computes and explains the standing of a company on a day, from violations found within the window, confirmed by then
/// and not revoked by then.
///
/// Acts outside the nine prohibitions do not count. Their deductions, orders and referrals are listed for the same
/// window, so that a standing does not grow with the whole history of a company.
pub fn compute_standing(facts: &CompanyFacts, policies: &Policies, as_of: NaiveDate) -> Standing {
    let known = known_on(facts, policies, as_of);
    let tally = tally(&known, policies, as_of, as_of);
    let rules = &tally.policy.document().ladder;
    let window = window(as_of, rules.window_months);
    let with_points = known.iter().map(|one| (*one, points(one, policies, as_of))).collect::<Vec<_>>();
    let live = live(&with_points, &tally, as_of);
    Standing {
        company_id: facts.company_id,
        as_of,
        policy_version: tally.policy.version,
        level: tally.level,
        count: tally.count,
        count_by: rules.count,
        area: rules.area,
        thresholds: rules.thresholds,
        clauses: clauses(&tally),
        violations: violations(&tally),
        consequences: due_measures(&live, &tally, &window),
        consequences_outside: 0,
        credit: credit(&with_points, facts.listed, policies, as_of),
        next_change_on: tally.falls_on,
        window,
    }
}

/// The known violations within the window of the ladder, with act and deduction.
pub(super) fn live<'a>(known: &[(Known<'a>, Points)], tally: &Tally<'a>, as_of: NaiveDate) -> Vec<Live<'a>> {
    let months = tally.policy.document().ladder.window_months;
    // Both are in the order of finding, and every counted violation is known.
    let mut counted = tally.counted.iter().peekable();
    known
        .iter()
        .filter(|(one, _)| last_day(one.fact.found_on, months) >= as_of)
        .map(|(one, points)| {
            let clause = counted.next_if(|next| next.fact.id == one.fact.id).map(|next| next.clause);
            Live { fact: one.fact, act: one.act, clause, points: *points }
        })
        .collect()
}

fn clauses(tally: &Tally) -> Vec<ClauseCount> {
    let mut clauses: BTreeMap<u8, ClauseCount> = BTreeMap::new();
    for one in &tally.counted {
        let clause = clauses.entry(one.clause).or_insert_with(|| ClauseCount {
            clause: one.clause,
            act: one.fact.act.clone(),
            count: 0,
            violations: Vec::new(),
        });
        clause.count += 1;
        clause.violations.push(one.fact.id);
    }
    clauses.into_values().collect()
}

fn violations(tally: &Tally) -> Vec<CountedViolation> {
    let counted = tally.counted.iter().map(|one| CountedViolation {
        violation: Some(one.fact.id),
        clause: one.clause,
        act: Some(one.fact.act.clone()),
        found_on: one.fact.found_on,
        decided_on: Some(one.fact.decided_on),
        complex_id: one.fact.complex_id,
        place: one.fact.place.clone(),
        window_last_day: one.last_day,
    });
    counted.collect()
}
