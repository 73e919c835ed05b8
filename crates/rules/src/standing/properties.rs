//! Properties of standings and measures for random histories.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

use super::ladder::{last_day, window};
use super::model::{CompanyFacts, ViolationFact};
use super::rules::compute_standing;
use super::support::*;
use crate::policy::model::{CreditBand, LadderArea, LadderCount};
use crate::policy::versions::{Policies, built_in};

const START: &str = "2024-01-01";

fn after(days: u64) -> NaiveDate {
    day(START) + Days::new(days)
}

/// A violation of a random act at one of five complexes or none, found and confirmed within a span of days.
fn any_violation(span: u64) -> impl Strategy<Value = ViolationFact> {
    let acts = built_in().acts.iter().filter(|act| act.deduction > 0).map(|act| act.code.clone()).collect::<Vec<_>>();
    // The nine prohibitions come first in the catalogue; at least half of the violations are of these.
    let act = prop_oneof![0..9usize, 0..acts.len()].prop_map(move |at| acts[at].clone());
    let days = (0..span, 0..60u64, proptest::option::weighted(0.2, 0..90u64));
    (act, proptest::option::weighted(0.9, 1..6u32), days).prop_map(|(act, at, (found, later, rectified))| {
        let mut one = violation(0, &act, at, START);
        one.found_on = after(found);
        one.decided_on = after(found + later);
        one.rectified_in_time_on = rectified.map(|later| after(found + later));
        one
    })
}

fn history(most: usize, span: u64) -> impl Strategy<Value = Vec<ViolationFact>> {
    proptest::collection::vec(any_violation(span), 0..most).prop_map(|mut violations| {
        for (n, one) in (1..).zip(&mut violations) {
            one.id = Uuid::from_u128(n);
        }
        violations
    })
}

fn any_policies() -> impl Strategy<Value = Policies> {
    let ladder = (0..2usize, 0..3usize, 1..48u32, 0..3u32);
    proptest::collection::vec((ladder, 0..1500u64), 1..4).prop_map(|versions| {
        let versions = (1..).zip(versions).map(|(number, ((count, area, months, harder), from))| {
            let from = if number == 1 { "2020-01-01".to_owned() } else { after(from).to_string() };
            version(number, &from, |policy| {
                policy.ladder.count = LadderCount::ALL[count];
                policy.ladder.area = LadderArea::ALL[area];
                policy.ladder.window_months = months;
                policy.ladder.thresholds.level_3 += harder;
                policy.ladder.thresholds.level_4 += harder;
                policy.acts[0].deduction += harder;
                policy.credit.window_months = months;
            })
        });
        Policies::new(versions.collect()).unwrap()
    })
}

/// Confirms the violations in the given order on successive days. Returns the facts and the resulting measures.
fn confirm_in_order(violations: &[ViolationFact], first: NaiveDate, policies: &Policies) -> (CompanyFacts, File) {
    let mut facts = facts(vec![]);
    let mut file = File::default();
    for (n, one) in (0..).zip(violations) {
        let mut one = one.clone();
        one.decided_on = first + Days::new(n);
        let today = one.decided_on;
        facts.violations.push(one);
        file.reconcile(&facts, policies, today);
    }
    (facts, file)
}

fn without_days(facts: &CompanyFacts, policies: &Policies, as_of: NaiveDate) -> super::model::Standing {
    let mut standing = compute_standing(facts, policies, as_of);
    standing.violations.iter_mut().for_each(|row| row.decided_on = None);
    standing
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn the_order_of_confirmations_does_not_matter(
        (violations, shuffled) in history(10, 300).prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle())),
    ) {
        let policies = policies();
        let (facts, file) = confirm_in_order(&violations, after(400), &policies);
        let (other_facts, other_file) = confirm_in_order(&shuffled, after(400), &policies);
        prop_assert_eq!(file.open_keys(), other_file.open_keys());
        let as_of = after(500);
        prop_assert_eq!(without_days(&facts, &policies, as_of), without_days(&other_facts, &policies, as_of));
    }

    #[test]
    fn one_more_violation_never_lowers_level_or_raises_score(
        violations in history(12, 1200), more in any_violation(1200), policies in any_policies(), at in 0..2500u64,
    ) {
        let mut facts = facts(violations);
        let before = compute_standing(&facts, &policies, after(at));
        facts.violations.push(ViolationFact { id: Uuid::from_u128(99), ..more });
        let with = compute_standing(&facts, &policies, after(at));
        prop_assert!(with.level >= before.level, "{} after {}", with.level, before.level);
        prop_assert!(with.credit.score <= before.credit.score);
    }

    #[test]
    fn time_alone_never_makes_a_standing_worse(
        violations in history(12, 600), policies in any_policies(), days in proptest::collection::vec(0..3000u64, 2),
    ) {
        let facts = facts(violations);
        let (first, second) = (days[0].min(days[1]) + 700, days[0].max(days[1]) + 700);
        prop_assert!(compute_standing(&facts, &policies, after(second)).level <= compute_standing(&facts, &policies, after(first)).level);
    }

    #[test]
    fn revoking_all_leaves_nothing(violations in history(10, 900)) {
        let policies = policies();
        let (mut facts, mut file) = confirm_in_order(&violations, after(1000), &policies);
        let today = after(1100);
        facts.violations.iter_mut().for_each(|one| one.revoked_on = Some(today));
        file.reconcile(&facts, &policies, today);
        prop_assert!(file.open_keys().is_empty());
        let standing = compute_standing(&facts, &policies, today);
        prop_assert_eq!((standing.level, standing.credit.score, standing.credit.band), (0, 100, CreditBand::A));
        prop_assert!(standing.consequences.is_empty() && standing.violations.is_empty());
    }

    #[test]
    fn a_revoked_violation_leaves_no_trace(violations in history(10, 300), revoked in 0..10usize) {
        let policies = policies();
        let (mut facts, mut file) = confirm_in_order(&violations, after(400), &policies);
        let Some(revoked) = revoked.checked_rem(violations.len()) else { return Ok(()) };
        let today = after(500);
        facts.violations[revoked].revoked_on = Some(today);
        file.reconcile(&facts, &policies, today);
        let mut others = violations.clone();
        others.remove(revoked);
        let (_, never) = confirm_in_order(&others, after(400), &policies);
        prop_assert_eq!(file.open_keys(), never.open_keys());
    }

    #[test]
    fn time_alone_changes_no_measure(
        violations in history(10, 1500), policies in any_policies(), done in proptest::collection::vec(any::<bool>(), 200),
    ) {
        // With one policy version only: a new version may end measures that are only proposed.
        let policies = Policies::new(policies.versions().take(1).cloned().collect()).unwrap();
        let mut facts = facts(vec![]);
        let mut file = File::default();
        let mut days: Vec<ViolationFact> = violations;
        days.sort_by_key(|one| one.decided_on);
        let mut done = done.into_iter();
        for one in days {
            let today = one.decided_on;
            prop_assert_eq!(file.reconcile(&facts, &policies, today), []);
            facts.violations.push(one);
            file.reconcile(&facts, &policies, today);
            for (measure, done) in file.0.iter_mut().zip(&mut done) {
                if done && measure.state.is_open() {
                    measure.state = super::model::MeasureState::Done;
                }
            }
        }
        for at in [1600, 2000, 2400, 4000] {
            prop_assert_eq!(file.reconcile(&facts, &policies, after(at)), []);
        }
    }

    #[test]
    fn the_score_stays_in_its_bounds_and_adds_up(
        violations in history(40, 700), listed in any::<bool>(), at in 0..2000u64,
    ) {
        let facts = CompanyFacts { listed, ..facts(violations) };
        let credit = compute_standing(&facts, &policies(), after(at)).credit;
        prop_assert!(credit.score <= credit.base);
        let points: u32 = credit.deductions.iter().map(|one| one.points).sum();
        let restored: u32 = credit.deductions.iter().map(|one| one.restored).sum();
        prop_assert_eq!((points, restored), (credit.total_deducted, credit.restored));
        prop_assert_eq!(credit.score, credit.base.saturating_sub(points - restored));
        prop_assert!(!listed || credit.band == CreditBand::D);
    }

    #[test]
    fn the_next_change_is_the_first_day_of_a_lower_level(violations in history(10, 900), policies in any_policies()) {
        let policies = Policies::new(policies.versions().take(1).cloned().collect()).unwrap();
        let facts = facts(violations);
        let standing = compute_standing(&facts, &policies, after(1000));
        prop_assert_eq!(standing.next_change_on.is_none(), standing.level == 0);
        if let Some(next) = standing.next_change_on {
            prop_assert!(compute_standing(&facts, &policies, next).level < standing.level);
            prop_assert_eq!(compute_standing(&facts, &policies, next.pred_opt().unwrap()).level, standing.level);
        }
    }

    #[test]
    fn the_edges_of_a_window_agree(offset in 0..3000u64, months in 1..121u32) {
        let to = after(offset);
        let from = window(to, months).from;
        prop_assert!(last_day(from, months) >= to);
        prop_assert!(last_day(from.pred_opt().unwrap(), months) < to);
        let mut one = violation(1, &act(1), None, START);
        (one.found_on, one.decided_on) = (to, to);
        let policies = Policies::new(vec![version(1, "2020-01-01", |policy| policy.ladder.window_months = months)]);
        let (facts, policies, last) = (facts(vec![one]), policies.unwrap(), last_day(to, months));
        prop_assert_eq!(compute_standing(&facts, &policies, to.pred_opt().unwrap()).level, 0);
        prop_assert_eq!(compute_standing(&facts, &policies, to).level, 1);
        prop_assert_eq!(compute_standing(&facts, &policies, last).level, 1);
        prop_assert_eq!(compute_standing(&facts, &policies, last.succ_opt().unwrap()).level, 0);
    }
}

#[test]
fn a_window_ends_on_the_corresponding_day_or_the_last_of_the_month() {
    assert_eq!(last_day(day("2026-03-02"), 36), day("2029-03-02"));
    assert_eq!(last_day(day("2026-08-31"), 6), day("2027-02-28"));
    assert_eq!(last_day(day("2028-02-29"), 12), day("2029-02-28"));
    assert_eq!(last_day(NaiveDate::MAX, 120), NaiveDate::MAX);
}
