use proptest::prelude::*;

use super::*;

fn cell(line: &str, state: ComplaintState, count: i64) -> Cell {
    Cell {
        line: Some(line.to_owned()).filter(|line| !line.is_empty()),
        state,
        count,
        accepted_on_time: 0,
        accepted_late: 0,
        resolved_on_time: 0,
        marks: [0; 5],
        reopened: 0,
        red_cards: 0,
        replies: 0,
        minutes: 0,
    }
}

fn took(line: &str, minutes: i64, count: i64) -> Took {
    Took { line: Some(line.to_owned()), minutes, count }
}

fn percentiles(values: &[i64]) -> (Option<i64>, Option<i64>) {
    let mut histogram = BTreeMap::new();
    for value in values {
        *histogram.entry(*value).or_default() += 1;
    }
    (percentile(&histogram, 50), percentile(&histogram, 90))
}

#[test]
fn percentiles_are_by_nearest_rank() {
    assert_eq!(percentiles(&[]), (None, None));
    assert_eq!(percentiles(&[7]), (Some(7), Some(7)));
    assert_eq!(percentiles(&[10, 20]), (Some(10), Some(20)));
    // Of ten values the fifth and the ninth, of eleven the sixth and the tenth.
    assert_eq!(percentiles(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]), (Some(50), Some(90)));
    assert_eq!(percentiles(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]), (Some(60), Some(100)));
    assert_eq!(percentiles(&[5, 5, 5, 5, 5, 5, 5, 5, 5, 400]), (Some(5), Some(5)));
}

#[test]
fn merged_and_rejected_complaints_are_received_and_nothing_else() {
    use ComplaintState::*;
    let aside =
        |state| Cell { accepted_on_time: 2, reopened: 1, red_cards: 3, marks: [0, 0, 0, 0, 1], ..cell("a", state, 2) };
    let closed = Cell {
        accepted_on_time: 3,
        accepted_late: 1,
        resolved_on_time: 3,
        marks: [1, 0, 1, 0, 1],
        replies: 4,
        minutes: 4 * 90,
        red_cards: 1,
        ..cell("a", Closed, 4)
    };
    // It was replied to on time, and is open again after a reopening.
    let reopened = Cell { accepted_on_time: 1, resolved_on_time: 1, reopened: 1, ..cell("a", Reopened, 1) };
    let cells = [aside(Merged), aside(Rejected), closed, reopened, cell("a", Submitted, 3)];
    let late = [Late { line: Some("a".into()), count: 2, unaccepted: 2, unaccepted_again: 1 }];
    let (whole, lines) = count(&cells, &late, vec![took("a", 60, 3), took("a", 180, 1)], 3);
    assert_eq!((whole.received, whole.merged, whole.rejected, whole.handled, whole.open), (12, 2, 2, 8, 4));
    let AcceptanceCounts { on_time, late, pending, on_time_percent } = whole.acceptance.clone();
    // One of the four accepted on time was reopened and is overdue again; two of the three never accepted are overdue.
    assert_eq!((on_time, late, pending, on_time_percent.as_deref()), (3, 4, 1, Some("42.9")));
    let ResolutionCounts { on_time, late, open_in_time, open_late, on_time_percent } = whole.resolution.clone();
    assert_eq!((on_time, late, open_in_time, open_late, on_time_percent.as_deref()), (3, 1, 2, 2, Some("50.0")));
    let reply = whole.reply.clone();
    assert_eq!((reply.replies, reply.mean_hours.as_deref()), (4, Some("1.50")));
    assert_eq!((reply.median_hours.as_deref(), reply.p90_hours.as_deref()), (Some("1.00"), Some("3.00")));
    let SatisfactionCounts { rated, satisfied, satisfied_percent, mean } = whole.satisfaction.clone();
    assert_eq!((rated, satisfied, satisfied_percent.as_deref(), mean.as_deref()), (3, 2, Some("66.7"), Some("3.00")));
    assert_eq!((whole.reopened, whole.red_cards), (1, 1));
    assert_eq!(lines, BTreeMap::from([(Some("a".to_owned()), whole)]));
}

#[test]
fn a_complaint_that_nobody_accepts_is_late_and_not_left_out() {
    let accepted = Cell { accepted_on_time: 10, ..cell("a", ComplaintState::Accepted, 10) };
    let cells = [accepted, cell("a", ComplaintState::Submitted, 5)];
    let late = [Late { line: Some("a".into()), count: 5, unaccepted: 5, unaccepted_again: 0 }];
    let (whole, _) = count(&cells, &late, Vec::new(), 3);
    let AcceptanceCounts { on_time, late, pending, on_time_percent } = whole.acceptance;
    assert_eq!((on_time, late, pending, on_time_percent.as_deref()), (10, 5, 0, Some("66.7")));
    assert_eq!((whole.resolution.open_late, whole.resolution.on_time_percent.as_deref()), (5, Some("0.0")));
}

#[test]
fn nothing_has_no_share_and_no_mean() {
    let (whole, lines) = count(&[], &[], Vec::new(), 3);
    assert_eq!(whole, ComplaintCounts::default());
    assert!(lines.is_empty());
    let (open, _) = count(&[cell("", ComplaintState::Submitted, 5)], &[], Vec::new(), 3);
    assert_eq!((open.acceptance.on_time_percent, open.resolution.on_time_percent), (None, None));
    assert_eq!((open.reply.mean_hours, open.satisfaction.mean), (None, None));
}

#[test]
fn the_hottest_comes_first_and_the_unknown_last() {
    let id = |n: u128| Id(uuid::Uuid::from_u128(n));
    // 2.5, 2.5 and 10 per hundred households; 900 complaints with an unknown number of households.
    let mut keys =
        [(5, None, id(1)), (900, None, id(2)), (5, Some(200), id(4)), (10, Some(400), id(3)), (1, Some(10), id(5))];
    keys.sort_by(hotter);
    assert_eq!(keys.iter().map(|key| key.2).collect::<Vec<_>>(), [id(5), id(3), id(4), id(2), id(1)]);
    let categories = [("a".to_owned(), 2), ("b".to_owned(), 4), ("c".to_owned(), 4)].into();
    let text = String::new;
    let warm =
        Warm { complex: id(1), name: text(), township: text(), community: text(), households: Some(3), categories };
    let shown = warm.view(|code| Some(code.to_uppercase()));
    assert_eq!((shown.complaints, shown.per_hundred_households.as_deref()), (10, Some("333.33")));
    assert_eq!(
        (shown.top_category.as_deref(), shown.top_category_zh.as_deref(), shown.top_category_complaints),
        (Some("b"), Some("B"), 4)
    );
}

/// A consistent cell: no figure exceeds the number of complaints.
fn any_cell() -> impl Strategy<Value = Cell> {
    let line = prop::option::of(0..4_usize).prop_map(|line| line.map(|n| ["a", "b", "c", "d"][n].to_owned()));
    (line, 0..ComplaintState::ALL.len(), 0..50_i64, prop::array::uniform8(0..=100_i64)).prop_map(
        |(line, state, count, parts)| {
            let share = |of: i64, part: i64| of * part / 100;
            let accepted = share(count, parts[0]);
            let rated = share(count, parts[1]);
            let unhappy = share(rated, parts[2]);
            Cell {
                line,
                state: ComplaintState::ALL[state],
                count,
                accepted_on_time: share(accepted, parts[3]),
                accepted_late: accepted - share(accepted, parts[3]),
                resolved_on_time: share(count, parts[4]),
                marks: [unhappy, 0, 0, rated - unhappy, 0],
                reopened: share(count, parts[5]),
                red_cards: parts[6],
                replies: share(count, parts[7]),
                minutes: share(count, parts[7]) * parts[6],
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn the_lines_add_up_to_the_whole(
        cells in prop::collection::vec(any_cell(), 0..40),
        minutes in prop::collection::vec((0..4_usize, 0..3000_i64, 1..5_i64), 0..40),
    ) {
        let took: Vec<Took> = minutes.iter().map(|(line, minutes, n)| took(["a", "b", "c", "d"][*line], *minutes, *n)).collect();
        let (whole, lines) = count(&cells, &[], took, 3);
        let sum = |of: &dyn Fn(&ComplaintCounts) -> i64| lines.values().map(of).sum::<i64>();
        let figures: [&dyn Fn(&ComplaintCounts) -> i64; 15] = [
            &|c| c.received, &|c| c.merged, &|c| c.rejected, &|c| c.handled, &|c| c.open,
            &|c| c.acceptance.on_time, &|c| c.acceptance.late, &|c| c.acceptance.pending,
            &|c| c.resolution.on_time, &|c| c.resolution.late, &|c| c.resolution.open_in_time,
            &|c| c.satisfaction.rated, &|c| c.satisfaction.satisfied, &|c| c.reopened, &|c| c.red_cards,
        ];
        for of in figures {
            prop_assert_eq!(of(&whole), sum(of));
        }
        for one in lines.values().chain([&whole]) {
            prop_assert_eq!(one.received, one.handled + one.merged + one.rejected);
            let AcceptanceCounts { on_time, late, pending, .. } = one.acceptance;
            prop_assert_eq!(one.handled, on_time + late + pending);
            let ResolutionCounts { on_time, late, open_in_time, open_late, .. } = one.resolution;
            prop_assert_eq!(one.handled, on_time + late + open_in_time + open_late);
            prop_assert_eq!(one.open, open_in_time + open_late);
            prop_assert!(pending >= 0 && late >= 0 && one.satisfaction.satisfied <= one.satisfaction.rated);
        }
    }

    #[test]
    fn the_order_of_what_was_read_does_not_matter(
        cells in prop::collection::vec(any_cell(), 0..30).prop_shuffle(),
        minutes in prop::collection::vec((0..4_usize, 0..300_i64, 1..5_i64), 0..30),
    ) {
        let took = |all: &[(usize, i64, i64)]| -> Vec<Took> {
            all.iter().map(|(line, minutes, n)| took(["a", "b", "c", "d"][*line], *minutes, *n)).collect()
        };
        let (mut other_cells, mut other_minutes) = (cells.clone(), minutes.clone());
        other_cells.sort_by_key(|cell| (cell.count, cell.line.clone()));
        other_minutes.reverse();
        prop_assert_eq!(count(&cells, &[], took(&minutes), 4), count(&other_cells, &[], took(&other_minutes), 4));
    }

    #[test]
    fn most_replies_take_no_longer_than_the_percentiles_say(values in prop::collection::vec(0..2000_i64, 1..200)) {
        let (median, p90) = percentiles(&values);
        let (median, p90) = (median.unwrap(), p90.unwrap());
        prop_assert!(p90 >= median);
        let mut sorted = values.clone();
        sorted.sort_unstable();
        prop_assert_eq!(p90, sorted[(values.len() * 9).div_ceil(10) - 1]);
        prop_assert_eq!(median, sorted[values.len().div_ceil(2) - 1]);
    }

    #[test]
    fn heat_is_an_order(keys in prop::collection::vec((0..9_i64, prop::option::of(1..9_i64), 0..9_u128), 3)) {
        let keys: Vec<HeatKey> = keys.into_iter().map(|(t, h, id)| (t, h, Id(uuid::Uuid::from_u128(id)))).collect();
        let (a, b, c) = (&keys[0], &keys[1], &keys[2]);
        prop_assert_eq!(hotter(a, b), hotter(b, a).reverse());
        if hotter(a, b).is_le() && hotter(b, c).is_le() {
            prop_assert!(hotter(a, c).is_le());
        }
    }
}

#[test]
fn a_period_is_in_order_and_of_three_years_at_most() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let today = day("2026-03-12");
    assert_eq!(period(None, None, today).ok(), Some((day("2026-01-01"), today)));
    for (from, to, fits) in [
        ("2023-03-13", "2026-03-12", true),
        ("2023-03-12", "2026-03-12", false),
        ("2026-03-12", "2026-03-12", true),
        ("2026-03-13", "2026-03-12", false),
    ] {
        assert_eq!(period(Some(day(from)), Some(day(to)), today).is_ok(), fits, "{from} {to}");
    }
}
