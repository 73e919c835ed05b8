//! The worked case of the design, and tests of single rules.

use std::collections::BTreeSet;

use super::model::{Change, MeasureState};
use super::redact::redact;
use super::rules::compute_standing;
use super::support::*;
use crate::calendar::rules::WorkCalendar;
use crate::policy::model::{CreditBand, LadderArea, LadderCount, MeasureKind};
use crate::policy::versions::Policies;
use crate::role::Role;
use uuid::Uuid;

const P: u32 = 1;
const Q: u32 = 2;
const R: u32 = 3;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn lines<const N: usize>(lines: [String; N]) -> BTreeSet<String> {
    lines.into_iter().collect()
}

fn of(what: &str, kind: &str, complex_number: u32) -> String {
    format!("{what} {kind}:{}", complex(complex_number))
}

fn by(what: &str, kind: &str, violation: u128) -> String {
    format!("{what} {kind}:{}", id(violation))
}

fn plain(line: &str) -> String {
    line.to_owned()
}

#[test]
fn the_worked_case_of_the_design() {
    let policies = policies();
    let calendar = WorkCalendar::built_in();
    let mut k = facts(vec![]);
    let mut file = File::default();
    let confirm = |k: &mut super::model::CompanyFacts, file: &mut File, n: u128, clause: u8, at: u32, found: &str| {
        let mut one = violation(n, &act(clause), Some(at), found);
        let statement = policies.governing(one.found_on).document().process.statement_working_days;
        one.decided_on = calendar.add_working_days(one.found_on, statement).succ_opt().unwrap();
        k.violations.push(one.clone());
        let changes = file.reconcile(k, &policies, one.decided_on);
        (summary(file, &changes), compute_standing(k, &policies, one.decided_on))
    };

    let (changes, standing) = confirm(&mut k, &mut file, 1, 3, P, "2026-03-02");
    assert_eq!((standing.level, standing.count), (1, 1));
    let expected = lines([
        by("create", "credit_deduction", 1),
        by("create", "rectification_order", 1),
        plain("create interview"),
        of("create", "manager_advice", P),
    ]);
    assert_eq!(changes, expected);
    file.last("interview").state = MeasureState::Done;

    let (changes, standing) = confirm(&mut k, &mut file, 2, 3, Q, "2026-04-10");
    assert_eq!((standing.level, standing.count), (1, 1));
    let expected = lines([
        by("create", "credit_deduction", 2),
        by("create", "rectification_order", 2),
        of("create", "manager_advice", Q),
    ]);
    assert_eq!(changes, expected, "no new interview");

    let (changes, standing) = confirm(&mut k, &mut file, 3, 7, Q, "2026-05-06");
    assert_eq!((standing.level, standing.count), (2, 2));
    let expected = lines([
        by("create", "credit_deduction", 3),
        by("create", "rectification_order", 3),
        format!("create referral:{}:market_supervision", id(3)),
        of("add to", "manager_advice", Q),
        of("create", "star_downgrade", P),
        of("create", "star_downgrade", Q),
    ]);
    assert_eq!(changes, expected);

    let (changes, standing) = confirm(&mut k, &mut file, 4, 9, P, "2026-06-01");
    assert_eq!((standing.level, standing.count), (3, 3));
    let expected = lines([
        by("create", "credit_deduction", 4),
        by("create", "rectification_order", 4),
        format!("create referral:{}:enforcement_office", id(4)),
        of("add to", "manager_advice", P),
        of("add to", "star_downgrade", P),
        of("create", "rating_unqualified", P),
        of("create", "rating_unqualified", Q),
        of("create", "removal", P),
        of("create", "removal", Q),
    ]);
    assert_eq!(changes, expected);
    assert_eq!(file.last(&format!("removal:{}", complex(P))).state, MeasureState::Proposed);

    let (changes, standing) = confirm(&mut k, &mut file, 5, 2, R, "2026-06-20");
    assert_eq!((standing.level, standing.count), (4, 4));
    let expected = lines([
        by("create", "credit_deduction", 5),
        by("create", "rectification_order", 5),
        of("create", "manager_advice", R),
        of("create", "star_downgrade", R),
        of("create", "rating_unqualified", R),
        of("create", "removal", R),
        plain("create blacklist"),
        plain("create restriction"),
        plain("create joint_punishment"),
    ]);
    assert_eq!(changes, expected);
    let blacklist = standing.consequences.iter().find(|due| due.key == "blacklist").unwrap();
    assert_eq!(blacklist.grounds, [1, 2, 3, 4, 5].map(id));
    assert_eq!((blacklist.office.role, &*blacklist.office.division), (Role::CountyAuthority, "640104"));
    assert!(
        blacklist.reason_zh.contains("第2条（2026年6月20日）、第3条（2026年3月2日、2026年4月10日）"),
        "{}",
        blacklist.reason_zh
    );
    assert!(blacklist.reason_en.contains("clause 9 (2026-06-01)"), "{}", blacklist.reason_en);

    k.violations[2].revoked_on = Some(day("2026-07-01"));
    let before = file.clone();
    let changes = file.reconcile(&k, &policies, day("2026-07-01"));
    let expected = lines([
        plain("cancel blacklist"),
        plain("cancel restriction"),
        plain("cancel joint_punishment"),
        by("cancel", "credit_deduction", 3),
        by("cancel", "rectification_order", 3),
        format!("cancel referral:{}:market_supervision", id(3)),
        of("drop from", "manager_advice", Q),
        of("drop from", "star_downgrade", Q),
        of("drop from", "rating_unqualified", Q),
        of("drop from", "removal", Q),
    ]);
    assert_eq!(summary(&before, &changes), expected);
    for change in &changes {
        if let Change::Cancel(withdrawal) = change {
            assert_eq!(withdrawal.revoked, [id(3)]);
            assert!(withdrawal.reason_zh.contains("第7条（2026年5月6日发现）"), "{}", withdrawal.reason_zh);
        }
    }
    assert_eq!(file.last(&format!("removal:{}", complex(Q))).grounds, [id(2)], "Q stays because of clause 3");
    assert_eq!(file.last(&format!("removal:{}", complex(R))).grounds, [id(5)], "R stays because of clause 2");
    let standing = compute_standing(&k, &policies, day("2026-07-01"));
    assert_eq!((standing.level, standing.count), (3, 3));
    assert_eq!(compute_standing(&k, &policies, day("2026-06-30")).level, 4, "the day before it still counted");

    // 2029-03-02 is the last day on which the violation found on 2026-03-02 counts.
    let found = |on: &str| {
        let standing = compute_standing(&k, &policies, day(on));
        let first = standing.violations[0].violation;
        (standing.level, standing.clauses.iter().map(|one| (one.clause, one.count)).collect::<Vec<_>>(), first)
    };
    assert_eq!(found("2029-03-02"), (3, vec![(2, 1), (3, 2), (9, 1)], Some(id(1))));
    assert_eq!(found("2029-03-03"), (3, vec![(2, 1), (3, 1), (9, 1)], Some(id(2))));
    assert_eq!(standing.next_change_on, Some(day("2029-04-11")), "clause 3 leaves with the violation at Q");
    for on in ["2029-03-03", "2029-04-11", "2035-01-01"] {
        assert_eq!(file.reconcile(&k, &policies, day(on)), [], "the passing of the window changes no measure");
    }
}

#[test]
fn a_refusal_answers_until_there_is_a_new_ground() {
    let policies = policies();
    let mut k = facts(vec![violation(1, &act(3), Some(P), "2026-03-02")]);
    let mut file = File::default();
    file.reconcile(&k, &policies, day("2026-03-02"));
    let key = format!("manager_advice:{}", complex(P));
    file.last(&key).state = MeasureState::Cancelled;
    file.last("interview").state = MeasureState::Rejected;
    assert_eq!(file.reconcile(&k, &policies, day("2026-03-03")), []);
    k.violations.push(violation(2, &act(4), Some(P), "2026-04-01"));
    let changes = file.reconcile(&k, &policies, day("2026-04-01"));
    let created = summary(&file, &changes);
    assert!(created.contains(&format!("create {key}")) && created.contains("create interview"), "{created:?}");
}

#[test]
fn what_was_carried_out_is_reversed_once_and_can_come_again() {
    let policies = policies();
    let mut k = facts(vec![violation(1, &act(3), Some(P), "2026-03-02")]);
    let mut file = File::default();
    file.reconcile(&k, &policies, day("2026-03-02"));
    file.last("interview").state = MeasureState::Done;
    let interview = file.last("interview").id;
    k.violations[0].revoked_on = Some(day("2026-04-01"));
    let changes = file.reconcile(&k, &policies, day("2026-04-01"));
    let expected = lines([
        plain("reverse interview"),
        by("cancel", "credit_deduction", 1),
        by("cancel", "rectification_order", 1),
        of("cancel", "manager_advice", P),
    ]);
    assert_eq!(summary(&file, &changes), expected);
    assert_eq!(file.last(&format!("reversal:{interview}")).kind, MeasureKind::Reversal);
    file.last(&format!("reversal:{interview}")).state = MeasureState::Done;
    assert_eq!(file.reconcile(&k, &policies, day("2026-04-02")), []);
    k.violations.push(violation(2, &act(3), Some(P), "2026-05-01"));
    let changes = file.reconcile(&k, &policies, day("2026-05-01"));
    assert!(summary(&file, &changes).contains("create interview"));
}

#[test]
fn a_new_episode_begins_when_all_grounds_have_left_the_window() {
    let policies = policies();
    let mut k = facts(vec![violation(1, &act(3), Some(P), "2026-03-02")]);
    let mut file = File::default();
    file.reconcile(&k, &policies, day("2026-03-02"));
    file.last("interview").state = MeasureState::Done;
    k.violations.push(violation(2, &act(3), Some(P), "2029-03-02"));
    let changes = file.reconcile(&k, &policies, day("2029-03-02"));
    assert!(!summary(&file, &changes).contains("create interview"), "the last day still counts");
    let last = k.violations.last_mut().unwrap();
    (last.found_on, last.decided_on) = (day("2029-03-03"), day("2029-03-03"));
    let changes = file.reconcile(&k, &policies, day("2029-03-03"));
    assert!(summary(&file, &changes).contains("create interview"));
}

#[test]
fn a_ground_added_and_revoked_leaves_what_was_due_without_it() {
    let policies = policies();
    // Four clauses; then the first leaves the window, and a fifth is added and revoked.
    let mut k = facts(vec![
        violation(1, &act(1), Some(P), "2026-03-02"),
        violation(2, &act(2), Some(P), "2026-06-01"),
        violation(3, &act(3), Some(P), "2026-06-01"),
        violation(4, &act(4), Some(P), "2026-06-01"),
    ]);
    let mut file = File::default();
    file.reconcile(&k, &policies, day("2026-06-01"));
    k.violations.push(violation(5, &act(5), Some(P), "2029-04-01"));
    let changes = file.reconcile(&k, &policies, day("2029-04-01"));
    assert!(summary(&file, &changes).contains("add to blacklist"));
    k.violations[4].revoked_on = Some(day("2029-05-01"));
    let changes = file.reconcile(&k, &policies, day("2029-05-01"));
    assert!(summary(&file, &changes).contains("drop from blacklist"));
    assert!(file.last("blacklist").state.is_open());
    k.violations[0].revoked_on = Some(day("2029-05-02"));
    file.reconcile(&k, &policies, day("2029-05-02"));
    assert!(!file.last("blacklist").state.is_open());
}

#[test]
fn a_measure_with_other_grounds_is_never_ended_here() {
    let policies = policies();
    let mut k = facts((1..=3).map(|n| violation(n, &act(n as u8), Some(P), "2026-03-02")).collect());
    let mut file = File::default();
    file.reconcile(&k, &policies, day("2026-03-02"));
    let key = format!("removal:{}", complex(P));
    file.last(&key).other_grounds = true;
    for one in &mut k.violations {
        one.revoked_on = Some(day("2026-04-01"));
    }
    file.reconcile(&k, &policies, day("2026-04-01"));
    assert_eq!(file.open_keys(), BTreeSet::from([key.clone()]));
    assert!(file.last(&key).grounds.is_empty());
}

#[test]
fn the_lighter_policy_applies() {
    let strict = |n, from| version(n, from, |_| {});
    let light = |n, from| {
        version(n, from, |policy| {
            policy.ladder.thresholds.level_1 = 2;
            policy.ladder.thresholds.level_2 = 3;
            policy.ladder.thresholds.level_3 = 4;
            policy.ladder.thresholds.level_4 = 5;
            policy.acts[2].deduction = 1;
        })
    };
    let policies =
        Policies::new(vec![strict(1, "2026-01-01"), light(2, "2026-06-01"), strict(3, "2026-09-01")]).unwrap();
    let mut k = facts((1..=4).map(|n| violation(n, &act(n as u8), Some(P), "2026-03-02")).collect());
    let at = |k: &super::model::CompanyFacts, on: &str| {
        let standing = compute_standing(k, &policies, day(on));
        (standing.level, standing.policy_version, standing.credit.total_deducted)
    };
    assert_eq!(at(&k, "2026-05-31"), (4, 1, 10 + 5 + 3 + 5));
    assert_eq!(at(&k, "2026-06-01"), (3, 2, 10 + 5 + 1 + 5));
    assert_eq!(at(&k, "2026-09-01"), (3, 2, 21), "a stricter third version makes nothing worse");

    let mut file = File::default();
    file.reconcile(&k, &policies, day("2026-05-01"));
    file.last("restriction").state = MeasureState::Approved;
    file.last("joint_punishment").state = MeasureState::Done;
    let changes = file.reconcile(&k, &policies, day("2026-06-01"));
    assert_eq!(summary(&file, &changes), lines([plain("cancel blacklist")]), "only what nobody had decided");

    k.violations.push(violation(5, &act(5), Some(P), "2026-09-02"));
    assert_eq!(at(&k, "2026-09-02"), (4, 3, 31), "the new violation is governed by the third version");
}

#[test]
fn an_act_counts_only_if_it_was_among_the_nine_when_found() {
    let without = version(1, "2026-01-01", |policy| policy.acts[8].clause = None);
    let with = version(2, "2026-06-01", |_| {});
    let policies = Policies::new(vec![without.clone(), with.clone()]).unwrap();
    let k = facts(vec![violation(1, &act(9), Some(P), "2026-03-02")]);
    assert_eq!(compute_standing(&k, &policies, day("2026-07-01")).level, 0);
    let swapped = Policies::new(vec![
        version(1, "2026-01-01", |_| {}),
        version(2, "2026-06-01", |policy| policy.acts[8].clause = None),
    ]);
    assert_eq!(compute_standing(&k, &swapped.unwrap(), day("2026-07-01")).level, 0, "it has left the nine");
}

#[test]
fn counting_by_area_and_by_violation() {
    let k = facts(vec![
        violation(1, &act(1), Some(P), "2026-03-01"),
        violation(2, &act(2), Some(P), "2026-03-02"),
        violation(3, &act(3), Some(Q), "2026-03-03"),
        violation(4, &act(3), None, "2026-03-04"),
        violation(5, &act(3), None, "2026-03-05"),
    ]);
    let standing = |area, count| {
        let policy = version(1, "2026-01-01", |policy| {
            policy.ladder.area = area;
            policy.ladder.count = count;
        });
        compute_standing(&k, &Policies::new(vec![policy]).unwrap(), day("2026-04-01"))
    };
    let level = |area, count| standing(area, count).level;
    assert_eq!(level(LadderArea::County, LadderCount::DistinctClauses), 3);
    assert_eq!(level(LadderArea::County, LadderCount::Violations), 4);
    assert_eq!(
        level(LadderArea::Township, LadderCount::DistinctClauses),
        3,
        "those without a complex are in township 1"
    );
    assert_eq!(level(LadderArea::Complex, LadderCount::DistinctClauses), 2);
    assert_eq!(level(LadderArea::Complex, LadderCount::Violations), 2);
    let by_complex = standing(LadderArea::Complex, LadderCount::DistinctClauses);
    let keys: BTreeSet<_> =
        by_complex.consequences.iter().filter(|due| due.level.is_some()).map(|due| &*due.key).collect();
    let (p, q, star) = (of("", "manager_advice", P), of("", "manager_advice", Q), of("", "star_downgrade", P));
    assert_eq!(keys, BTreeSet::from(["interview", p.trim(), q.trim(), star.trim()]), "each area at its own level");
}

#[test]
fn acts_outside_the_nine_deduct_order_and_refer() {
    let k = facts(vec![violation(1, "company.maintenance_fund_misuse", Some(P), "2026-03-02")]);
    let standing = compute_standing(&k, &policies(), day("2026-03-02"));
    assert_eq!((standing.level, standing.next_change_on), (0, None));
    assert_eq!((standing.credit.score, standing.credit.band), (80, CreditBand::B));
    let keys: Vec<_> =
        standing.consequences.iter().map(|due| (due.kind, due.office.role, &*due.office.division)).collect();
    let expected = [
        (MeasureKind::CreditDeduction, Role::SocialAffairsOffice, "640104001"),
        (MeasureKind::Referral, Role::CountyAuthority, "640104"),
        (MeasureKind::Referral, Role::PoliceStation, "640104001"),
        (MeasureKind::RectificationOrder, Role::SocialAffairsOffice, "640104001"),
    ];
    assert_eq!(keys, expected);
    let unknown = facts(vec![violation(1, "unknown.act", None, "2026-03-02")]);
    let standing = compute_standing(&unknown, &policies(), day("2026-03-02"));
    assert_eq!((standing.credit.score, standing.consequences.len()), (100, 1));
}

#[test]
fn credit_comes_back_with_time_and_rectification_and_is_d_on_the_blacklist() {
    let mut k = facts(vec![violation(1, &act(1), None, "2026-03-02")]);
    let credit = |k: &super::model::CompanyFacts, on: &str| {
        let credit = compute_standing(k, &policies(), day(on)).credit;
        (credit.score, credit.restored, credit.band)
    };
    assert_eq!(credit(&k, "2027-03-02"), (90, 0, CreditBand::A));
    assert_eq!(credit(&k, "2027-03-03"), (100, 0, CreditBand::A));
    k.violations[0].rectified_in_time_on = Some(day("2026-03-10"));
    assert_eq!(credit(&k, "2026-03-09"), (90, 0, CreditBand::A));
    assert_eq!(credit(&k, "2026-03-10"), (92, 2, CreditBand::A));
    k.listed = true;
    assert_eq!(credit(&k, "2026-03-10"), (92, 2, CreditBand::D));
}

#[test]
fn a_pending_appeal_holds_only_what_cannot_be_undone() {
    let mut k = facts((1..=4).map(|n| violation(n, &act(n as u8), Some(P), "2026-03-02")).collect());
    k.violations[0].appeal_pending = true;
    let standing = compute_standing(&k, &policies(), day("2026-03-02"));
    let waiting: Vec<_> = standing.consequences.iter().filter(|due| due.waits_for_appeal).map(|due| due.kind).collect();
    assert_eq!(waiting, [MeasureKind::Removal, MeasureKind::Blacklist, MeasureKind::JointPunishment]);
}

#[test]
fn a_reader_of_one_township_sees_clause_day_and_division_of_the_others() {
    let k = facts(vec![
        violation(1, &act(1), Some(P), "2026-03-01"),
        violation(2, &act(5), Some(Q), "2026-03-02"),
        violation(3, "company.whole_outsourcing", Some(Q), "2026-03-03"),
    ]);
    let whole = compute_standing(&k, &policies(), day("2026-04-01"));
    let seen = redact(whole.clone(), |at| at.township.as_deref() == Some("640104001"));
    let read: super::model::Standing = serde_json::from_value(serde_json::to_value(&seen).unwrap()).unwrap();
    assert_eq!(read, seen);
    let row = &seen.violations[1];
    assert_eq!((row.clause, row.found_on, &*row.place), (5, day("2026-03-02"), &place(Q)));
    assert_eq!((row.violation, &row.act, row.decided_on, row.complex_id), (None, &None, None, None));
    assert_eq!(seen.violations[0], whole.violations[0]);
    let text = serde_json::to_string(&seen).unwrap();
    for secret in [id(2).to_string(), id(3).to_string(), complex(Q).to_string(), "outsourcing".into()] {
        assert!(!text.contains(&secret), "{secret}");
    }
    assert_eq!((seen.level, seen.credit.score, seen.clauses[1].count), (2, whole.credit.score, 1));
    assert_eq!(seen.consequences.len() + seen.consequences_outside as usize, whole.consequences.len());
    let interview = seen.consequences.iter().find(|due| due.key == "interview").unwrap();
    assert_eq!((&*interview.grounds, interview.ground_count), (&[id(1)][..], 2));
    assert_eq!(redact(whole.clone(), |_| true), whole);
}
