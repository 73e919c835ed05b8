use proptest::prelude::*;

use super::*;

const ZONES: [Tz; 3] = [Tz::Asia__Shanghai, Tz::Asia__Urumqi, Tz::Asia__Singapore];

fn clock_in(zone: Tz) -> Clock<'static> {
    Clock { calendar: WorkCalendar::built_in(), zone }
}

fn clock() -> Clock<'static> {
    clock_in(Tz::Asia__Shanghai)
}

/// The instant of a local time in a zone; 24:00 is the start of the next day.
fn local_in(zone: Tz, text: &str) -> Instant {
    if let Some(day) = text.strip_suffix(" 24:00:00") {
        return local_in(zone, &format!("{} 00:00:00", day.parse::<NaiveDate>().unwrap().succ_opt().unwrap()));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
    Instant(zone.from_local_datetime(&local).unwrap().to_utc())
}

fn at(text: &str) -> Instant {
    local_in(Tz::Asia__Shanghai, text)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn hours() -> Vec<WorkingHours> {
    let span = |from: &str, to: &str| WorkingHours { from: from.into(), to: to.into() };
    vec![span("08:30", "12:00"), span("14:00", "18:00")]
}

#[test]
fn working_days_end_at_24_00_of_a_working_day() {
    for (from, n, due) in [
        // Spring Festival 2026 is off from Sunday 15 to Monday 23 February; the Saturdays 14 and 28 are worked.
        // Thursday 12: Fri 13 (1), Sat 14 (2), Tue 24 (3), Wed 25 (4), Thu 26 (5).
        ("2026-02-12 10:30:00", 1, "2026-02-13"),
        ("2026-02-12 10:30:00", 2, "2026-02-14"),
        ("2026-02-12 10:30:00", 5, "2026-02-26"),
        // Fri 27 (6), Sat 28 (7), Mon 2 March (8), Tue 3 (9), Wed 4 (10).
        ("2026-02-12 10:30:00", 7, "2026-02-28"),
        ("2026-02-12 10:30:00", 10, "2026-03-04"),
        // On the first day of the Festival itself: Tue 24 is the first day that counts.
        ("2026-02-17 00:00:00", 1, "2026-02-24"),
        // National Day 2025 is off from Wednesday 1 to Wednesday 8 October; Sunday 28 September and Saturday 11 are
        // worked. Friday 26 September: Sun 28 (1), Mon 29 (2), Tue 30 (3), Thu 9 (4), Fri 10 (5), Sat 11 (6), Mon 13
        // (7).
        ("2025-09-26 15:00:00", 1, "2025-09-28"),
        ("2025-09-26 15:00:00", 5, "2025-10-10"),
        ("2025-09-26 15:00:00", 6, "2025-10-11"),
        ("2025-09-26 15:00:00", 7, "2025-10-13"),
        // National Day 2026 is off from Thursday 1 to Wednesday 7 October; Sunday 20 September and Saturday 10 are
        // worked, and Mid-Autumn is off from Friday 25 to Sunday 27 September. Friday 18 September: Sun 20 (1), Mon 21
        // to Thu 24 (2 to 5), Mon 28 (6), Tue 29 (7), Wed 30 (8), Thu 8 (9).
        ("2026-09-18 09:00:00", 1, "2026-09-20"),
        ("2026-09-18 09:00:00", 5, "2026-09-24"),
        ("2026-09-18 09:00:00", 6, "2026-09-28"),
        ("2026-09-18 09:00:00", 9, "2026-10-08"),
        // The last second before the holiday, and midnight after it: Thu 8 (1), Fri 9 (2), Sat 10 (3), Mon 12 (4).
        ("2026-09-30 23:59:59", 3, "2026-10-10"),
        ("2026-10-01 00:00:00", 3, "2026-10-10"),
        ("2026-10-03 12:00:00", 4, "2026-10-12"),
        // New Year 2026 is off from Thursday 1 to Saturday 3 January, and Sunday 4 is worked: Sun 4 (1), Mon 5 (2).
        ("2025-12-31 17:00:00", 1, "2026-01-04"),
        ("2025-12-31 17:00:00", 2, "2026-01-05"),
        // Friday 29 December 2023: Saturday to Monday are off.
        ("2023-12-29 08:00:00", 1, "2024-01-02"),
        // The holidays of 2027 are not recorded: New Year's Day and weekends are off. Thursday 31 December 2026: Mon 4
        // January (1).
        ("2026-12-31 08:00:00", 1, "2027-01-04"),
        ("2026-10-01 08:00:00", 0, "2026-10-08"),
    ] {
        let found = clock().due(at(from), Limit::WorkingDays(n));
        assert_eq!(found, at(&format!("{due} 24:00:00")), "{from} + {n}: {found:?}");
    }
    // 23:30 in Shanghai is 15:30 in UTC, of the same day; 00:30 is still yesterday there.
    assert_eq!(clock().day_of(at("2026-03-03 00:30:00")), day("2026-03-03"));
    assert_eq!(clock().return_due(at("2026-02-13 18:00:00"), 2), at("2026-02-24 24:00:00"));
}

#[test]
fn hours_run_through_nights_and_holidays() {
    let due = clock().due(at("2026-02-14 22:15:07"), Limit::Hours(24));
    assert_eq!(due, at("2026-02-15 22:15:07"));
    assert_eq!(clock().due(at("2025-12-31 23:00:00"), Limit::Hours(2)), at("2026-01-01 01:00:00"));
}

#[test]
fn a_pause_gives_back_what_it_took() {
    let days = Limit::WorkingDays(5);
    let due = at("2026-03-13 24:00:00"); // a Friday
    for (paused, resumed, moved) in [
        ("2026-03-10 09:00:00", "2026-03-10 17:00:00", "2026-03-13"), // within one day
        ("2026-03-10 17:00:00", "2026-03-11 09:00:00", "2026-03-16"), // over one night: one working day
        ("2026-03-06 17:00:00", "2026-03-09 09:00:00", "2026-03-16"), // Friday to Monday: one working day
        ("2026-03-07 09:00:00", "2026-03-08 09:00:00", "2026-03-13"), // Saturday to Sunday: none
        ("2026-03-07 09:00:00", "2026-03-09 09:00:00", "2026-03-13"), // Saturday to Monday: all of Monday is left
        ("2026-03-13 09:00:00", "2026-03-14 09:00:00", "2026-03-16"), // the last day, to Saturday: Monday in its place
        ("2026-03-11 09:00:00", "2026-03-10 09:00:00", "2026-03-13"), // ends before it begins
    ] {
        let found = clock().moved(due, days, at(paused), at(resumed));
        assert_eq!(found, at(&format!("{moved} 24:00:00")), "{paused} to {resumed}: {found:?}");
    }
    // Paused on Thursday 12 February to Tuesday 24: Thu 12, Fri 13 and Sat 14 were lost (3), so Thu 26 becomes Fri 27
    // (1), Sat 28 (2), Mon 2 March (3).
    let due = at("2026-02-26 24:00:00");
    let found = clock().moved(due, days, at("2026-02-12 11:00:00"), at("2026-02-24 09:00:00"));
    assert_eq!(found, at("2026-03-02 24:00:00"));
    // By hours: by the exact length of the pause.
    let found = clock().moved(due, Limit::Hours(24), at("2026-02-25 10:00:00"), at("2026-02-25 12:30:01"));
    assert_eq!(found, at("2026-02-27 02:30:01"));
}

#[test]
fn an_extension_is_as_long_as_the_limit_at_most() {
    let clock = clock();
    assert_eq!(clock.most_extension(Limit::WorkingDays(5), 10), Limit::WorkingDays(5));
    assert_eq!(clock.most_extension(Limit::WorkingDays(15), 10), Limit::WorkingDays(10));
    assert_eq!(clock.most_extension(Limit::Hours(24), 10), Limit::Hours(24));
    assert_eq!(clock.most_extension(Limit::Hours(300), 10), Limit::Hours(240));
    assert_eq!(clock.most_extension(Limit::Hours(300), u32::MAX), Limit::Hours(300));
    // From Tuesday 30 September 2025: Thu 9 October (1), Fri 10 (2), Sat 11 (3).
    let due = at("2025-09-30 24:00:00");
    assert_eq!(clock.extended(due, Limit::WorkingDays(3)), at("2025-10-11 24:00:00"));
    assert_eq!(clock.extended(due, Limit::Hours(2)), at("2025-10-01 02:00:00"));
    assert_eq!(clock.extended(due, Limit::WorkingDays(0)), due);
}

#[test]
fn the_yellow_card_comes_on_the_working_day_before() {
    let yellow = |due: &str, n| clock().yellow_at(at(due), DeadlineClock::WorkingDays, n, 4);
    assert_eq!(yellow("2026-03-13 24:00:00", 1), at("2026-03-12 00:00:00"));
    assert_eq!(yellow("2026-03-16 24:00:00", 1), at("2026-03-13 00:00:00")); // Monday: on Friday
    assert_eq!(yellow("2026-02-24 24:00:00", 1), at("2026-02-14 00:00:00")); // over the Festival, to the worked Saturday
    assert_eq!(yellow("2026-10-08 24:00:00", 2), at("2026-09-29 00:00:00")); // over National Day: Wed 30 (1), Tue 29 (2)
    assert_eq!(yellow("2026-03-13 24:00:00", 0), at("2026-03-13 00:00:00"));
    let yellow = clock().yellow_at(at("2026-02-15 02:00:00"), DeadlineClock::Hours, 1, 4);
    assert_eq!(yellow, at("2026-02-14 22:00:00"));
}

#[test]
fn minutes_are_worked_in_the_hours_of_working_days() {
    for (from, to, minutes) in [
        ("2026-03-02 08:30:00", "2026-03-02 12:00:00", 210),
        ("2026-03-02 00:00:00", "2026-03-03 00:00:00", 450), // 3.5 and 4 hours
        ("2026-03-02 11:00:00", "2026-03-02 15:00:00", 120),
        ("2026-03-02 12:00:00", "2026-03-02 14:00:00", 0),
        ("2026-03-06 17:00:00", "2026-03-09 09:00:00", 90), // over a weekend
        ("2026-02-13 17:00:00", "2026-02-24 09:00:00", 540), // Fri 60, Sat 14 450, Tue 24 30
        ("2026-03-03 09:00:00", "2026-03-02 09:00:00", 0),
        ("2026-03-02 09:00:30", "2026-03-02 09:02:00", 1), // whole ones
    ] {
        assert_eq!(clock().working_minutes(at(from), at(to), &hours()), minutes, "{from} to {to}");
    }
    let mut odd = hours();
    odd.reverse();
    odd.push(WorkingHours { from: "09:00".into(), to: "10:00".into() });
    odd.push(WorkingHours { from: "20:00".into(), to: "19:00".into() });
    odd.push(WorkingHours { from: "x".into(), to: "y".into() });
    let (from, to) = (at("2026-03-02 00:00:00"), at("2026-03-03 00:00:00"));
    assert_eq!(clock().working_minutes(from, to, &odd), 450, "what overlaps counts once");
    assert_eq!(clock().working_minutes(from, to, &[]), 0);
}

#[test]
fn the_explanation_tells_each_day() {
    let found = clock().explain(at("2026-02-12 10:30:00"), Limit::WorkingDays(3));
    let days: Vec<(String, &str, Option<u32>)> =
        found.days.iter().map(|day| (day.date.to_string(), day.kind.code(), day.number)).collect();
    let mut expected = vec![
        ("2026-02-12".to_owned(), "receipt", None),
        ("2026-02-13".to_owned(), "working_day", Some(1)),
        ("2026-02-14".to_owned(), "make_up_working_day", Some(2)),
    ];
    expected.extend((15..=23).map(|n| (format!("2026-02-{n}"), "holiday", None)));
    expected.push(("2026-02-24".to_owned(), "working_day", Some(3)));
    assert_eq!(days, expected);
    let texts = |n: usize| (found.days[n].text_zh.as_str(), found.days[n].text_en.as_str());
    assert_eq!(texts(0), ("收件当日，不计入", "the day of receipt, not counted"));
    assert_eq!(texts(2), ("调休工作日（春节），第2日", "a make-up working day (Spring Festival), day 2"));
    assert_eq!(texts(3), ("春节假期，不计入", "a public holiday (Spring Festival), not counted"));
    assert_eq!(texts(12), ("工作日，第3日，期限最后一日", "a working day, day 3, the last day"));
    assert_eq!(
        found.text_zh,
        "2026年2月12日10时30分收件，当日不计入，自次日起计算3个工作日，期限至2026年2月24日24时止。"
    );
    let en = "Received at 2026-02-12 10:30; that day is not counted. The time limit of 3 working days starts on the next day \
              and ends at 24:00 on 2026-02-24.";
    assert_eq!(found.text_en, en);
    assert_eq!((found.due_on, found.days_left_out, found.years_without_calendar), (day("2026-02-24"), 0, vec![]));

    let found = clock().explain(at("2026-12-30 10:30:00"), Limit::WorkingDays(3));
    assert_eq!(found.years_without_calendar, [2027]);
    assert!(
        found.text_zh.ends_with("2027年尚无节假日安排，暂按法定节假日和周末休息计算，安排公布后可能顺延。"),
        "{}",
        found.text_zh
    );
    assert!(found.text_en.contains("No calendar is registered for 2027: weekends and statutory public holidays"));

    let found = clock().explain(at("2026-02-14 22:00:00"), Limit::Hours(24));
    assert_eq!((found.due_at, found.days.len()), (at("2026-02-15 22:00:00"), 0));
    let zh = "2026年2月14日22时收件，连续计算24小时，夜间和节假日计算在内，期限至2026年2月15日22时止。";
    assert_eq!(found.text_zh, zh);

    // A holiday without a name is a rest day, too. A limit of zero days ends on the day of receipt or the next working
    // day.
    let calendar = WorkCalendar::new([day("2026-03-03")], [day("2026-03-07")], [2026]);
    let found = Clock { calendar: &calendar, zone: Tz::UTC }.explain(at("2026-03-02 12:00:00"), Limit::WorkingDays(4));
    assert_eq!(found.days[1].text_zh, "休息日，不计入");
    assert_eq!(found.days[5].text_zh, "调休工作日，第4日，期限最后一日");
    let found = clock().explain(at("2026-03-02 12:00:00"), Limit::WorkingDays(0));
    assert_eq!((found.days.len(), found.due_on), (1, day("2026-03-02")));
}

#[test]
fn a_long_explanation_is_cut_and_says_so() {
    let found = clock().explain(at("2026-01-05 10:00:00"), Limit::WorkingDays(u32::MAX));
    assert_eq!(found.days.len(), MOST_LINES);
    let last = found.days.last().unwrap();
    assert_eq!(last.date, found.due_on);
    assert_eq!(i64::from(found.days_left_out) + 400, (found.due_on - found.received_on).num_days() + 1);
    assert!(found.years_without_calendar.len() < 200);
}

#[test]
fn no_instant_of_all_is_too_early_or_too_late() {
    let (first, last) = (Instant(DateTime::<Utc>::MIN_UTC), Instant(DateTime::<Utc>::MAX_UTC));
    for zone in ZONES.into_iter().chain([Tz::UTC, Tz::America__New_York, Tz::Pacific__Apia]) {
        let clock = clock_in(zone);
        for from in [first, last] {
            for limit in [Limit::WorkingDays(u32::MAX), Limit::Hours(u32::MAX), Limit::WorkingDays(0)] {
                let due = clock.explain(from, limit).due_at;
                clock.moved(due, limit, first, last);
                clock.extended(due, limit);
                clock.yellow_at(due, limit.clock(), u32::MAX, u32::MAX);
            }
        }
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            clock.end_of_day(day);
            clock.start_of_day(day);
        }
        assert!(clock.working_minutes(first, last, &hours()) > 0);
    }
}

#[test]
fn a_day_ends_where_clocks_are_set_at_midnight_too() {
    // Beirut set its clocks forward at midnight of 30 March 2025, and back at midnight of 26 October.
    let clock = clock_in(Tz::Asia__Beirut);
    let utc = |text: &str| local_in(Tz::UTC, text);
    assert_eq!(clock.end_of_day(day("2025-03-29")), utc("2025-03-29 22:00:00"));
    assert_eq!(clock.start_of_day(day("2025-03-30")), utc("2025-03-29 22:00:00"), "01:00, the first that there is");
    assert_eq!(clock.end_of_day(day("2025-10-25")), utc("2025-10-25 22:00:00"), "the hour before it comes twice");
    assert_eq!(clock.last_day(clock.end_of_day(day("2025-10-25"))), day("2025-10-25"));
}

/// Instants from 1 December 2022 on, beyond the last recorded year.
fn moment() -> impl Strategy<Value = Instant> {
    (0i64..5 * 366 * DAY_SECONDS).prop_map(|n| Instant(at("2022-12-01 00:00:00").0 + TimeDelta::seconds(n)))
}

/// Instants around a New Year, where the calendars of two years meet.
fn turn_of_year() -> impl Strategy<Value = Instant> {
    (2022i32..2027, -12 * DAY_SECONDS..6 * DAY_SECONDS)
        .prop_map(|(year, n)| Instant(at(&format!("{year}-12-31 00:00:00")).0 + TimeDelta::seconds(n)))
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![(1u32..60).prop_map(Limit::WorkingDays), (1u32..240).prop_map(Limit::Hours)]
}

fn ends_worked(due: Instant) -> bool {
    WorkCalendar::built_in().is_working_day(clock().last_day(due))
}

fn is_worked(at: Instant) -> bool {
    WorkCalendar::built_in().is_working_day(clock().day_of(at))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn never_due_on_a_rest_day(from in prop_oneof![moment(), turn_of_year()], n in 0u32..60, more in 0u32..30) {
        let due = clock().due(from, Limit::WorkingDays(n));
        prop_assert!(ends_worked(due) && due.0 > from.0);
        prop_assert_eq!(due, clock().end_of_day(clock().last_day(due)));
        prop_assert!(ends_worked(clock().extended(due, Limit::WorkingDays(more))));
        prop_assert!(is_over(due, due) && !is_over(due, Instant(due.0 - TimeDelta::microseconds(1))));
    }

    #[test]
    fn hours_are_exact(from in moment(), n in 0u32..1000) {
        prop_assert_eq!((clock().due(from, Limit::Hours(n)).0 - from.0).num_seconds(), i64::from(n) * 3600);
    }

    #[test]
    fn a_later_submission_is_never_due_sooner(
        from in prop_oneof![moment(), turn_of_year()],
        later in 0i64..20 * DAY_SECONDS,
        limit in limit(),
    ) {
        let then = Instant(from.0 + TimeDelta::seconds(later));
        prop_assert!(clock().due(from, limit).0 <= clock().due(then, limit).0);
    }

    #[test]
    fn a_pause_of_n_working_days_moves_by_n_working_days(
        from in prop_oneof![moment(), turn_of_year()],
        limit in 1u32..30,
        paused in 0i64..30 * DAY_SECONDS,
        pause in 0i64..40 * DAY_SECONDS,
    ) {
        let (clock, calendar) = (clock(), WorkCalendar::built_in());
        let due = clock.due(from, Limit::WorkingDays(limit));
        let paused = Instant((from.0 + TimeDelta::seconds(paused)).min(due.0 - TimeDelta::seconds(1)));
        let resumed = Instant(paused.0 + TimeDelta::seconds(pause));
        let moved = clock.moved(due, Limit::WorkingDays(limit), paused, resumed);
        let days = clock.day_of(paused).iter_days().take_while(|day| *day < clock.day_of(resumed));
        let n = days.filter(|day| calendar.is_working_day(*day)).count();
        prop_assert_eq!(calendar.working_days_between(clock.last_day(due), clock.last_day(moved)) as usize, n);
        prop_assert!(n > 0 || moved == due);
        prop_assert!(ends_worked(moved));
        prop_assert!(resumed.0 < moved.0, "nobody is late in the minute in which the pause ends");
        if is_worked(paused) && is_worked(resumed) {
            prop_assert_eq!(calendar.working_days_between(clock.day_of(paused), clock.day_of(resumed)) as usize, n);
        }
    }

    #[test]
    fn a_pause_by_hours_moves_by_its_length(from in moment(), paused in moment(), pause in 0i64..40 * DAY_SECONDS) {
        let limit = Limit::Hours(24);
        let due = clock().due(from, limit);
        let resumed = Instant(paused.0 + TimeDelta::seconds(pause));
        prop_assert_eq!((clock().moved(due, limit, paused, resumed).0 - due.0).num_seconds(), pause);
    }

    #[test]
    fn nothing_is_moved_by_no_pause(from in moment(), paused in moment(), limit in limit()) {
        let due = clock().due(from, limit);
        prop_assert_eq!(clock().moved(due, limit, paused, paused), due);
    }

    #[test]
    fn an_extension_never_shortens(from in moment(), limit in limit(), by in limit(), most in 0u32..20) {
        let clock = clock();
        let due = clock.due(from, limit);
        prop_assert!(clock.extended(due, by).0 > due.0);
        let longest = clock.most_extension(limit, most);
        prop_assert_eq!(longest.clock(), limit.clock());
        prop_assert!(longest.count() <= limit.count());
        prop_assert!(clock.extended(due, longest).0 >= due.0);
    }

    #[test]
    fn yellow_is_before_due(from in moment(), limit in limit(), days in 0u32..10, hours in 1u32..48) {
        let clock = clock();
        let due = clock.due(from, limit);
        let yellow = clock.yellow_at(due, limit.clock(), days, hours);
        prop_assert!(yellow.0 < due.0);
        if limit.clock() == DeadlineClock::WorkingDays {
            let (yellow, due) = (clock.day_of(yellow), clock.last_day(due));
            prop_assert_eq!(WorkCalendar::built_in().working_days_between(yellow, due), days);
        }
    }

    #[test]
    fn the_same_by_the_clocks_of_every_zone(from in prop_oneof![moment(), turn_of_year()], limit in limit()) {
        let local = clock().local(from);
        let due = clock().local(clock().due(from, limit));
        let yellow = clock().local(clock().yellow_at(clock().due(from, limit), limit.clock(), 1, 4));
        for zone in ZONES {
            let clock = clock_in(zone);
            let from = clock.instant(local, false);
            prop_assert_eq!(clock.local(clock.due(from, limit)), due);
            prop_assert_eq!(clock.local(clock.yellow_at(clock.due(from, limit), limit.clock(), 1, 4)), yellow);
        }
    }

    #[test]
    fn minutes_add_up_and_are_those_that_a_walk_finds(
        from in 0i64..1200 * 24 * 60, first in 0i64..9 * 24 * 60, second in 0i64..9 * 24 * 60,
    ) {
        let clock = clock();
        let minute = |n: i64| Instant(at("2022-12-01 00:00:00").0 + TimeDelta::minutes(n));
        let (a, b, c) = (minute(from), minute(from + first), minute(from + first + second));
        let count = |from, to| clock.working_minutes(from, to, &hours());
        prop_assert_eq!(count(a, b) + count(b, c), count(a, c));
        let walked = (0..first).filter(|n| {
            let local = clock.local(minute(from + n));
            let minute = i64::from(local.num_seconds_from_midnight() / 60);
            let in_hours = (510..720).contains(&minute) || (840..1080).contains(&minute);
            in_hours && WorkCalendar::built_in().is_working_day(local.date())
        });
        prop_assert_eq!(count(a, b), walked.count() as i64);
    }

    #[test]
    fn the_explanation_agrees_with_the_limit(from in prop_oneof![moment(), turn_of_year()], n in 1u32..100) {
        let found = clock().explain(from, Limit::WorkingDays(n));
        prop_assert_eq!(found.due_at, clock().due(from, Limit::WorkingDays(n)));
        prop_assert_eq!(found.days.iter().filter_map(|day| day.number).collect::<Vec<_>>(), (1..=n).collect::<Vec<_>>());
        let dates: Vec<NaiveDate> = found.received_on.iter_days().take_while(|day| *day <= found.due_on).collect();
        prop_assert_eq!(found.days.iter().map(|day| day.date).collect::<Vec<_>>(), dates);
        prop_assert_eq!(found.days_left_out, 0);
    }
}
