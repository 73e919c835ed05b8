//! The credit score: the deduction of each violation, and the remaining score.

use chrono::NaiveDate;

use super::ladder::{Known, last_day, window};
use super::model::{Credit, CreditDeduction};
use crate::policy::model::CreditBand;
use crate::policy::versions::Policies;

/// The deduction for one violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Points {
    pub points: u32,
    pub restored: u32,
    pub policy_version: i64,
    pub window_last_day: NaiveDate,
}

/// The deduction for a violation. Of the policies in force from the day it was found up to `as_of` that list the act,
/// the one with the smallest deduction applies (从旧兼从轻, APL 37), with the shortest of their windows. So a later version
/// never makes the result worse.
pub fn points(known: &Known, policies: &Policies, as_of: NaiveDate) -> Points {
    let fact = known.fact;
    let rectified = fact.rectified_in_time_on.is_some_and(|on| on <= as_of);
    let under = |deduction: u32, policy: &crate::policy::versions::PolicyVersion| {
        let percent = policy.document().credit.restore_percent_on_timely_rectification;
        let restored = if rectified { deduction.saturating_mul(percent) / 100 } else { 0 };
        (deduction, restored.min(deduction), policy.version)
    };
    let own = known.act.map(|(policy, act)| under(act.deduction, policy));
    let mut best = own.unwrap_or((0, 0, policies.governing(fact.found_on).version));
    let mut months = u32::MAX;
    for policy in policies.in_force_between(fact.found_on, as_of) {
        months = months.min(policy.document().credit.window_months);
        if policy.version == best.2 {
            continue;
        }
        if let Some(act) = policy.act(&fact.act) {
            let other = under(act.deduction, policy);
            if other.0 - other.1 < best.0 - best.1 {
                best = other;
            }
        }
    }
    let (points, restored, policy_version) = best;
    Points { points, restored, policy_version, window_last_day: last_day(fact.found_on, months) }
}

/// The score on a day. Base, floor and bands come from the policy in force on that day.
pub fn credit(deductions: &[(Known, Points)], listed: bool, policies: &Policies, as_of: NaiveDate) -> Credit {
    let policy = policies.governing(as_of);
    let rules = &policy.document().credit;
    let deductions: Vec<CreditDeduction> = deductions
        .iter()
        .filter(|(_, one)| one.points > 0 && one.window_last_day >= as_of)
        .map(|(Known { fact, .. }, one)| CreditDeduction {
            violation: Some(fact.id),
            act: Some(fact.act.clone()),
            place: fact.place.clone(),
            found_on: fact.found_on,
            window_last_day: one.window_last_day,
            points: one.points,
            restored: one.restored,
            policy_version: one.policy_version,
        })
        .collect();
    let total_deducted: u32 = deductions.iter().map(|one| one.points).sum();
    let restored: u32 = deductions.iter().map(|one| one.restored).sum();
    let score = rules.base.saturating_sub(total_deducted - restored).max(rules.floor);
    let band = if listed { CreditBand::D } else { rules.bands.band(score) };
    Credit {
        base: rules.base,
        deductions,
        total_deducted,
        restored,
        score,
        band,
        listed,
        window: window(as_of, rules.window_months),
        policy_version: policy.version,
    }
}
