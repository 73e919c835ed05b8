use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::content::*;
use super::model::*;
use super::rules::*;
use super::state_rules::*;
use crate::calendar::rules::WorkCalendar;
use crate::db::Id;
use crate::input_error::InputError;
use crate::policy::disclosures::{DisclosurePeriod, DisclosureRule};
use crate::price::yuan;
use crate::problem::Code;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rule(kind: DisclosureKind, every: Option<DisclosurePeriod>) -> DisclosureRule {
    DisclosureRule { kind, every, due_working_days: 15, correction_working_days: 5, proof_required: false }
}

fn line(amount_fen: i64) -> RevenueLine {
    RevenueLine { source: "电梯广告".into(), amount_fen, note: None }
}

fn sheet(opening: i64, income: &[i64], expense: &[i64]) -> PublicRevenueContent {
    let (income_total, expense_total): (i64, i64) = (income.iter().sum(), expense.iter().sum());
    PublicRevenueContent {
        period_from: day("2025-10-01"),
        period_to: day("2025-12-31"),
        opening_balance_fen: opening,
        income: income.iter().copied().map(line).collect(),
        expense: expense.iter().copied().map(line).collect(),
        income_total_fen: income_total,
        expense_total_fen: expense_total,
        closing_balance_fen: opening + income_total - expense_total,
        maintenance_fund: None,
    }
}

fn faults_of(sheet: PublicRevenueContent, closing_before: Option<i64>) -> Vec<InputError> {
    let today = day("2026-03-02");
    let rule = rule(DisclosureKind::PublicRevenue, Some(DisclosurePeriod::Quarter));
    let facts = Facts { today, rule: &rule, began: day("2025-01-01"), closing_before };
    let content = DisclosureContent { public_revenue: Some(sheet), ..DisclosureContent::default() };
    let input = DisclosureIn { published_on: today, proof: Vec::new(), content };
    let mut faults = Vec::new();
    check(DisclosureKind::PublicRevenue, &input, &facts, &mut faults);
    faults
}

fn pointers(faults: &[InputError]) -> Vec<&str> {
    faults.iter().map(|fault| fault.pointer.as_str()).collect()
}

const MOST: i64 = 10_000_000_000_000;

proptest! {
    #[test]
    fn a_sheet_that_adds_up_has_no_fault(
        opening in -MOST..MOST,
        income in prop::collection::vec(0..MOST, 0..20),
        expense in prop::collection::vec(0..MOST, 0..20),
    ) {
        let sheet = sheet(opening, &income, &expense);
        prop_assert_eq!(faults_of(sheet.clone(), Some(opening)), vec![]);
        prop_assert_eq!(faults_of(sheet, None), vec![]);
    }

    #[test]
    fn one_number_that_is_wrong_is_told_where_it_is_and_by_how_much(
        opening in -MOST..MOST,
        income in prop::collection::vec(0..MOST, 1..20),
        expense in prop::collection::vec(0..MOST, 1..20),
        which in 0..3usize,
        off in prop_oneof![Just(1i64), Just(-1), -MOST..-1, 2..MOST],
    ) {
        let mut sheet = sheet(opening, &income, &expense);
        // The wrong total is carried into the closing balance, so that one mistake gives one input error.
        let field = match which {
            0 => { sheet.income_total_fen += off; sheet.closing_balance_fen += off; "income_total_fen" }
            1 => { sheet.expense_total_fen += off; sheet.closing_balance_fen -= off; "expense_total_fen" }
            _ => { sheet.closing_balance_fen += off; "closing_balance_fen" }
        };
        let faults = faults_of(sheet, None);
        let pointer = format!("/content/public_revenue/{field}");
        prop_assert_eq!(pointers(&faults), vec![pointer.as_str()]);
        prop_assert!(faults[0].detail_zh.contains(&format!("相差{}元", yuan(off))), "{}", faults[0].detail_zh);
    }

    #[test]
    fn numbers_at_the_bounds_of_the_type_do_not_overflow(
        opening in any::<i64>(), total in any::<i64>(), closing in any::<i64>(),
        lines in prop::collection::vec(any::<i64>(), 0..200),
    ) {
        let mut sheet = sheet(0, &[], &[]);
        sheet.opening_balance_fen = opening;
        sheet.income = lines.iter().copied().map(line).collect();
        sheet.expense = sheet.income.clone();
        sheet.income_total_fen = total;
        sheet.expense_total_fen = total;
        sheet.closing_balance_fen = closing;
        faults_of(sheet, Some(opening));
    }

    #[test]
    fn a_state_never_depends_on_the_order_of_what_is_on_file(seed in 0u64..1000, ago in 0u64..900, count in 0usize..6) {
        let today = day("2026-03-02");
        let rule = rule(DisclosureKind::PublicRevenue, Some(DisclosurePeriod::Quarter));
        let schedule = Schedule::new(&rule, WorkCalendar::built_in(), today);
        let mut all: Vec<CurrentVersion> = (0..count).map(|at| quarter(at as u64, states((seed >> at) as usize))).collect();
        let began = today - Days::new(ago);
        let one = schedule.assess(began, &all);
        all.reverse();
        prop_assert_eq!(one, schedule.assess(began, &all));
    }

    #[test]
    fn what_is_disclosed_once_is_overdue_from_the_day_after_its_due_day_on(ago in 0u64..400) {
        let today = day("2026-03-02");
        let rule = rule(DisclosureKind::FeeStandard, None);
        let began = today - Days::new(ago);
        let calendar = WorkCalendar::built_in();
        let due = calendar.add_working_days(began, 15);
        let found = Schedule::new(&rule, calendar, today).assess(began, &[]);
        let late = today > due;
        prop_assert_eq!(found.due_on, Some(due));
        prop_assert_eq!(found.state, if late { DisclosureState::Overdue } else { DisclosureState::Missing });
        prop_assert_eq!(found.since, late.then(|| due + Days::new(1)));
    }
}

fn states(seed: usize) -> VersionState {
    VersionState::ALL[seed % 3]
}

/// The quarter that lies `ago` quarters before the last quarter of 2025.
fn quarter(ago: u64, state: VersionState) -> CurrentVersion {
    let mut period = period_of(DisclosurePeriod::Quarter, day("2025-12-31"));
    for _ in 0..ago {
        period = period_of(DisclosurePeriod::Quarter, period.from - Days::new(1));
    }
    let decided_on = (state != VersionState::Submitted).then(|| period.to + Days::new(20));
    CurrentVersion { id: Id::new(), state, period: Some(period), published_on: period.to + Days::new(10), decided_on }
}

fn revenue_state(today: &str, began: &str, held: &[CurrentVersion]) -> (DisclosureState, Option<NaiveDate>) {
    let rule = rule(DisclosureKind::PublicRevenue, Some(DisclosurePeriod::Quarter));
    let found = Schedule::new(&rule, WorkCalendar::built_in(), day(today)).assess(day(began), held);
    (found.state, found.due_on)
}

#[test]
fn a_quarter_is_due_fifteen_working_days_after_its_end() {
    use DisclosureState::*;
    use VersionState as V;
    let none: &[CurrentVersion] = &[];
    // 1 to 3 January 2026 are holidays and the 4th is a make-up working day: the fifteenth working day is the 22nd.
    let due = Some(day("2026-01-22"));
    assert_eq!(WorkCalendar::built_in().add_working_days(day("2025-12-31"), 15), day("2026-01-22"));
    assert_eq!(revenue_state("2026-01-22", "2025-11-01", none), (Missing, due));
    assert_eq!(revenue_state("2026-01-23", "2025-11-01", none), (Overdue, due));
    // The company began on the first day of this quarter, so the previous one is not its own.
    assert_eq!(revenue_state("2026-01-22", "2025-10-01", none), (Missing, due));
    // The company began in the third quarter. Its due date follows eight days of holiday and a make-up working
    // Saturday.
    let third = Some(day("2025-10-28"));
    assert_eq!(revenue_state("2026-01-22", "2025-09-30", none), (Overdue, third));
    // Disclosed up to the previous quarter: verified until the due date, then overdue.
    assert_eq!(revenue_state("2026-01-22", "2025-01-01", &[quarter(1, V::Verified)]), (Verified, due));
    assert_eq!(revenue_state("2026-01-23", "2025-01-01", &[quarter(1, V::Verified)]), (Overdue, due));
    let all = [quarter(1, V::Verified), quarter(0, V::Submitted)];
    assert_eq!(revenue_state("2026-01-23", "2025-01-01", &all).0, Submitted);
    let all = [quarter(1, V::Verified), quarter(0, V::Rejected)];
    assert_eq!(revenue_state("2026-01-10", "2025-01-01", &all).0, Rejected);
    // Rejected on the 20th, two days before the due date: five working days to correct it.
    assert_eq!(revenue_state("2026-02-10", "2025-01-01", &all), (Rejected, Some(day("2026-01-27"))));
    // Rejected well before the due date: that date stays, not the next quarter's. Rejected late: the time for
    // correction counts.
    let early = CurrentVersion { decided_on: Some(day("2026-01-03")), ..quarter(0, V::Rejected) };
    assert_eq!(revenue_state("2026-01-05", "2025-01-01", &[quarter(1, V::Verified), early]), (Rejected, due));
    let late = CurrentVersion { decided_on: Some(day("2026-01-21")), ..quarter(0, V::Rejected) };
    assert_eq!(
        revenue_state("2026-01-22", "2025-01-01", &[quarter(1, V::Verified), late]),
        (Rejected, Some(day("2026-01-28")))
    );
    // The newest quarter does not replace one that was left out.
    assert_eq!(revenue_state("2026-01-22", "2025-01-01", &[quarter(0, V::Verified)]), (Overdue, third));
}

#[test]
fn a_renewal_goes_on_and_a_return_begins_anew() {
    let (one, other) = (Id::new(), Id::new());
    let served = |company_id, from, to: Option<&str>| ServicePeriod { company_id, from: day(from), to: to.map(day) };
    let renewed = [served(one, "2023-01-01", Some("2025-12-31")), served(one, "2026-01-01", None)];
    assert_eq!(
        serving(&renewed, day("2026-03-02")),
        Some(CurrentService { company_id: one, began: day("2023-01-01") })
    );
    let back = [
        served(one, "2023-01-01", Some("2023-12-31")),
        served(other, "2024-01-01", Some("2025-12-31")),
        served(one, "2026-01-01", None),
    ];
    assert_eq!(serving(&back, day("2026-03-02")), Some(CurrentService { company_id: one, began: day("2026-01-01") }));
    assert_eq!(serving(&back, day("2025-12-31")).map(|found| found.company_id), Some(other));
    assert_eq!(serving(&back, day("2022-12-31")), None);
}

#[test]
fn a_period_is_a_whole_one_of_the_calendar_and_over() {
    let with = |from: &str, to: &str| {
        let mut sheet = sheet(0, &[], &[]);
        (sheet.period_from, sheet.period_to) = (day(from), day(to));
        faults_of(sheet, None).iter().map(|fault| (fault.pointer.clone(), fault.code)).collect::<Vec<_>>()
    };
    let (from, to) = ("/content/public_revenue/period_from".to_owned(), "/content/public_revenue/period_to".to_owned());
    assert_eq!(with("2025-10-01", "2025-12-31"), []);
    assert_eq!(with("2025-10-02", "2025-12-31"), [(from.clone(), "not_a_period")]);
    assert_eq!(with("2025-10-01", "2025-11-30"), [(to.clone(), "not_a_period")]);
    assert_eq!(with("2026-01-01", "2026-03-31"), [(to.clone(), "in_the_future")]);
    assert_eq!(with("2024-10-01", "2024-12-31"), [(to, "before_start")]);
}

#[test]
fn periods_are_those_of_the_calendar() {
    let of = |every, text| {
        let period = period_of(every, day(text));
        (period.from.to_string(), period.to.to_string())
    };
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(of(DisclosurePeriod::Quarter, "2024-02-29"), pair("2024-01-01", "2024-03-31"));
    assert_eq!(of(DisclosurePeriod::HalfYear, "2025-12-31"), pair("2025-07-01", "2025-12-31"));
    assert_eq!(of(DisclosurePeriod::Year, "2026-06-15"), pair("2026-01-01", "2026-12-31"));
}

#[test]
fn the_company_that_serves_discloses() {
    let serving = CurrentService { company_id: Id::new(), began: day("2026-01-01") };
    assert_eq!(require_serving(Some(serving)).ok(), Some(serving));
    assert_eq!(require_serving(None).unwrap_err().code, Code::Forbidden);
}

#[test]
fn the_newest_version_is_verified_once() {
    for (is_current, state, refused) in [
        (true, VersionState::Submitted, false),
        (true, VersionState::Verified, true),
        (true, VersionState::Rejected, true),
        (false, VersionState::Submitted, true),
    ] {
        assert_eq!(may_verify(is_current, state).is_err(), refused);
    }
}
