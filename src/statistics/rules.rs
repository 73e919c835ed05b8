//! Counts of published ratings. Pure.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::model::{AreaRatings, PeriodStars, RatingCounts, StarCount, StarMovement};
use crate::db::Id;
use crate::points::{Points, WeightedPoints};
use crate::words::ratings::Star;

/// A complex of the area.
#[derive(Clone, Debug)]
pub struct Place {
    pub complex: Id,
    pub township: String,
    pub community: String,
    pub served: bool,
}

/// A published rating.
#[derive(Clone, Debug)]
pub struct Rated {
    pub complex: Id,
    pub star: Star,
    pub total: WeightedPoints,
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    pub focus: bool,
}

/// Running counts of one area.
#[derive(Default)]
struct Tally {
    complexes: i64,
    served: i64,
    stars: [i64; 6],
    points: Decimal,
    movement: StarMovement,
    focus: i64,
}

impl Tally {
    fn place(&mut self, place: &Place) {
        self.complexes += 1;
        self.served += i64::from(place.served);
    }

    fn rating(&mut self, rated: &Rated, before: Option<Star>) {
        self.stars[rated.star.rank() as usize] += 1;
        self.points += rated.total.0;
        self.focus += i64::from(rated.focus);
        let movement = &mut self.movement;
        *match before.map(|before| rated.star.cmp(&before)) {
            None => &mut movement.first,
            Some(std::cmp::Ordering::Greater) => &mut movement.up,
            Some(std::cmp::Ordering::Equal) => &mut movement.same,
            Some(std::cmp::Ordering::Less) => &mut movement.down,
        } += 1;
    }

    fn counts(self) -> RatingCounts {
        let rated: i64 = self.stars.iter().sum();
        let mean = (rated > 0).then(|| {
            let mean = self.points / Decimal::from(rated);
            Points(mean.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
        });
        RatingCounts {
            complexes: self.complexes,
            served: self.served,
            rated,
            stars: star_counts(self.stars),
            mean_points: mean,
            movement: self.movement,
            focus: self.focus,
        }
    }
}

fn star_counts(by_rank: [i64; 6]) -> Vec<StarCount> {
    Star::ALL.iter().rev().map(|star| StarCount { star: *star, count: by_rank[star.rank() as usize] }).collect()
}

/// The counts of an area and of its parts. `history` contains every published rating of the area. The ratings of
/// `period_to` are counted, and each is compared with the previous one of its complex.
pub fn counts(
    division: &str,
    places: &[Place],
    history: &[Rated],
    period_to: Option<NaiveDate>,
) -> (RatingCounts, Vec<AreaRatings>) {
    let mut before: HashMap<Id, (NaiveDate, Star)> = HashMap::new();
    for rated in history.iter().filter(|rated| Some(rated.period_to) < period_to) {
        let last = before.entry(rated.complex).or_insert((rated.period_to, rated.star));
        if last.0 <= rated.period_to {
            *last = (rated.period_to, rated.star);
        }
    }
    let current: HashMap<Id, &Rated> =
        history.iter().filter(|rated| Some(rated.period_to) == period_to).map(|rated| (rated.complex, rated)).collect();
    let mut whole = Tally::default();
    let mut parts: BTreeMap<&str, Tally> = BTreeMap::new();
    for place in places {
        let part = match division.len() {
            6 => Some(place.township.as_str()),
            9 => Some(place.community.as_str()),
            _ => None,
        };
        let rated = current.get(&place.complex);
        let star = before.get(&place.complex).map(|(_, star)| *star);
        let tallies = [Some(&mut whole), part.map(|part| parts.entry(part).or_default())];
        for tally in tallies.into_iter().flatten() {
            tally.place(place);
            if let Some(rated) = rated {
                tally.rating(rated, star);
            }
        }
    }
    let area = |(division, tally): (&str, Tally)| AreaRatings {
        division: division.to_owned(),
        name: String::new(),
        counts: tally.counts(),
    };
    (whole.counts(), parts.into_iter().map(area).collect())
}

/// Number of periods shown together.
const PERIODS: usize = 8;

/// The stars of the last periods up to one, oldest first.
pub fn periods(history: &[Rated], up_to: Option<NaiveDate>) -> Vec<PeriodStars> {
    let mut all: BTreeMap<NaiveDate, (NaiveDate, [i64; 6])> = BTreeMap::new();
    for rated in history.iter().filter(|rated| Some(rated.period_to) <= up_to) {
        all.entry(rated.period_to).or_insert((rated.period_from, [0; 6])).1[rated.star.rank() as usize] += 1;
    }
    let skipped = all.len().saturating_sub(PERIODS);
    all.into_iter()
        .skip(skipped)
        .map(|(period_to, (period_from, stars))| PeriodStars { period_from, period_to, stars: star_counts(stars) })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(period: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2020 + period as i32, 12, 31).unwrap()
    }

    fn id(number: usize) -> Id {
        Id(Uuid::from_u128(number as u128))
    }

    fn place(at: usize) -> Place {
        let township = format!("64012110{}", at % 2);
        Place { complex: id(at), community: format!("{township}00{}", at % 3), township, served: !at.is_multiple_of(5) }
    }

    fn rated(at: usize, period: u32, points: i64) -> Rated {
        let total = WeightedPoints::from_units(points);
        let star = crate::policy::versions::built_in().ratings.thresholds.star(total);
        Rated {
            complex: id(at),
            star,
            total,
            period_from: day(period),
            period_to: day(period),
            focus: star <= Star::Two,
        }
    }

    #[test]
    fn stars_are_counted_and_compared_with_the_rating_before() {
        let places: Vec<Place> = (0..4).map(place).collect();
        let history = [
            rated(0, 0, 950_000),
            rated(1, 0, 550_000),
            rated(0, 2, 850_000),
            rated(1, 2, 620_000),
            rated(2, 2, 400_000),
        ];
        let (whole, parts) = counts("640121", &places, &history, Some(day(2)));
        assert_eq!((whole.complexes, whole.served, whole.rated, whole.focus), (4, 3, 3, 2));
        assert_eq!(whole.movement, StarMovement { up: 1, same: 0, down: 1, first: 1 });
        assert_eq!(whole.mean_points.unwrap().to_string(), "62.33");
        assert_eq!(parts.iter().map(|part| part.counts.rated).collect::<Vec<_>>(), [2, 1]);
        let shown = periods(&history, Some(day(2)));
        assert_eq!(shown.iter().map(|one| one.period_to).collect::<Vec<_>>(), [day(0), day(2)]);
        assert_eq!(counts("640121", &places, &history, None).0.rated, 0);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(all in prop::collection::vec((0..20_usize, 0..4_u32, 0..1_000_000_i64), 0..60)) {
            let places: Vec<Place> = (0..20).map(place).collect();
            let mut seen = std::collections::HashSet::new();
            let history: Vec<Rated> = all
                .into_iter()
                .filter(|(at, period, _)| seen.insert((*at, *period)))
                .map(|(at, period, points)| rated(at, period, points))
                .collect();
            let (whole, parts) = counts("640121", &places, &history, Some(day(3)));
            let sum = |of: fn(&RatingCounts) -> i64| parts.iter().map(|part| of(&part.counts)).sum::<i64>();
            prop_assert_eq!(whole.complexes, sum(|one| one.complexes));
            prop_assert_eq!(whole.rated, sum(|one| one.rated));
            prop_assert_eq!(whole.focus, sum(|one| one.focus));
            prop_assert_eq!(whole.rated, whole.stars.iter().map(|one| one.count).sum::<i64>());
            let moved = whole.movement;
            prop_assert_eq!(whole.rated, moved.up + moved.same + moved.down + moved.first);
        }
    }
}
