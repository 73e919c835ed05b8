use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::policy::versions::built_in;

fn rules() -> &'static RatingRules {
    &built_in().ratings
}

fn id(number: u128) -> Id {
    Id(Uuid::from_u128(number))
}

fn day(cycle: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020 + cycle as i32 / 2, if cycle.is_multiple_of(2) { 6 } else { 12 }, 30).unwrap()
}

/// One rating for each cycle: its company and its star. `None` if the complex was not rated.
fn played(ratings: &[Option<(u128, Star)>]) -> (Vec<PublishedRating>, Vec<PublishedCycle>) {
    let cycles = (0..ratings.len() as u32)
        .map(|cycle| PublishedCycle { id: id(1000 + u128::from(cycle)), period_to: day(cycle) })
        .collect();
    let rated = |(cycle, one): (usize, &Option<(u128, Star)>)| {
        let (company, star) = (*one)?;
        let (company_id, cycle_id) = (id(company), id(1000 + cycle as u128));
        Some(PublishedRating { id: id(cycle as u128 + 1), cycle_id, company_id, star, period_to: day(cycle as u32) })
    };
    (ratings.iter().enumerate().filter_map(rated).collect(), cycles)
}

fn grounds(ratings: &[Option<(u128, Star)>]) -> Vec<(RemovalCause, Vec<u128>)> {
    let (history, cycles) = played(ratings);
    let all = removal_grounds(rules(), &history, &cycles);
    all.into_iter().map(|one| (one.cause, one.ratings.iter().map(|id| id.0.as_u128()).collect())).collect()
}

const TWICE: RemovalCause = RemovalCause::LowCycles(2);

#[test]
fn two_low_cycles_under_one_company_call_for_a_removal() {
    let (a, b) = (100, 200);
    assert_eq!(grounds(&[Some((a, Star::Two)), Some((a, Star::One))]), [(TWICE, vec![1, 2])]);
    assert_eq!(grounds(&[Some((a, Star::Two)), Some((b, Star::One))]), [], "another company began afresh");
    assert_eq!(grounds(&[Some((a, Star::Two)), Some((a, Star::Three)), Some((a, Star::Two))]), []);
    assert_eq!(grounds(&[Some((a, Star::Two)), None, Some((a, Star::Two))]), [], "not consecutive");
    let three = grounds(&[Some((a, Star::Two)), Some((a, Star::Two)), Some((a, Star::Two))]);
    assert_eq!(three, [(TWICE, vec![1, 2]), (TWICE, vec![2, 3])]);
}

#[test]
fn one_unqualified_rating_does_too() {
    assert_eq!(grounds(&[Some((100, Star::Unqualified))]), [(RemovalCause::Unqualified, vec![1])]);
    let both = grounds(&[Some((100, Star::Two)), Some((100, Star::Unqualified))]);
    assert_eq!(both, [(RemovalCause::Unqualified, vec![2]), (TWICE, vec![1, 2])]);
}

#[test]
fn a_removal_is_due_by_the_newest_rating_while_its_company_serves() {
    let (history, cycles) = played(&[Some((100, Star::Unqualified)), Some((100, Star::Four))]);
    let all = removal_grounds(rules(), &history, &cycles);
    assert_eq!(all.len(), 1);
    assert!(due_now(&all, Some(id(2)), Some(id(100))).is_empty(), "it has become better");
    assert_eq!(due_now(&all, Some(id(1)), Some(id(100))).len(), 1);
    assert!(due_now(&all, Some(id(1)), Some(id(200))).is_empty(), "another company serves");
    assert!(due_now(&all, Some(id(1)), None).is_empty(), "nobody serves");
}

fn rating() -> impl Strategy<Value = Option<(u128, Star)>> {
    prop::option::weighted(0.9, (100..103_u128, (0..6_i64).prop_map(|rank| Star::from_rank(rank).unwrap())))
}

proptest! {
    #[test]
    fn nothing_follows_without_a_published_ground(ratings in prop::collection::vec(rating(), 0..8)) {
        let (history, cycles) = played(&ratings);
        for ground in removal_grounds(rules(), &history, &cycles) {
            let of = |id: &Id| history.iter().find(|one| one.id == *id);
            prop_assert!(!ground.ratings.is_empty());
            for rating in &ground.ratings {
                let rating = of(rating);
                prop_assert!(rating.is_some_and(|one| is_low(rules(), one.star) && one.company_id == ground.company_id));
            }
        }
    }

    #[test]
    fn a_withdrawn_rating_takes_back_every_ground_that_named_it(
        ratings in prop::collection::vec(rating(), 1..8), at in 0..8_usize,
    ) {
        let (mut history, cycles) = played(&ratings);
        if history.is_empty() {
            return Ok(());
        }
        let gone = history.remove(at % history.len());
        let left = removal_grounds(rules(), &history, &cycles);
        prop_assert!(left.iter().all(|ground| !ground.ratings.contains(&gone.id)));
        // The remaining grounds existed before: removing one creates no other.
        let (whole, _) = played(&ratings);
        let before = removal_grounds(rules(), &whole, &cycles);
        prop_assert!(left.iter().all(|ground| before.contains(ground)));
    }
}
