//! Pure rules: when a complex must be inspected next, from its star, the focus list, the last inspection and the
//! policy.

use chrono::{Days, NaiveDate};

use super::model::FrequencyReason;
use crate::policy::inspections::Checklist;
use crate::ratings::model::CurrentStar;

/// How often, why, and when next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub every_days: u32,
    pub reason: FrequencyReason,
    pub due_on: NaiveDate,
}

fn after(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// The frequency and due date for a checklist at a complex; none if the checklist has no frequency. It counts from
/// the last inspection, or from the first day of the current company's service. The focus list's higher frequency
/// applies from the day on which the complex was listed, so that nothing is overdue in retrospect.
pub fn pace(
    checklist: &Checklist,
    star: Option<CurrentStar>,
    last: Option<NaiveDate>,
    began: NaiveDate,
) -> Option<Pace> {
    let line = |wanted| checklist.frequency.iter().find(|one| one.star == wanted);
    let own = star.and_then(|current| line(Some(current.star)));
    let (every_days, reason) = match own {
        Some(own) => (own.every_days, FrequencyReason::Star),
        None => (line(None)?.every_days, FrequencyReason::NotRated),
    };
    let from = last.unwrap_or(began);
    // A frequency higher than that of an unrated complex applies from the publication of the star: until then the
    // complex was inspected in time.
    let unrated = line(None).map_or(every_days, |line| line.every_days);
    let tighter = star.map(|current| current.published_on).filter(|_| every_days < unrated);
    let due_on = match tighter {
        Some(since) => after(from.max(since), every_days).min(after(from, unrated).max(since)),
        None => after(from, every_days),
    };
    let usual = Pace { every_days, reason, due_on };
    let focus = star.and_then(|current| current.focus_since).zip(checklist.focus_every_days);
    let Some((since, every_days)) = focus.filter(|(_, days)| *days < usual.every_days) else { return Some(usual) };
    let due_on = after(from.max(since), every_days).min(usual.due_on);
    Some(Pace { every_days, reason: FrequencyReason::FocusList, due_on })
}

impl Pace {
    /// Nothing is due before the programme start. An earlier due date is replaced as if the last inspection was on
    /// that day.
    pub fn starting(self, start: NaiveDate) -> Pace {
        let due_on = if self.due_on < start { after(start, self.every_days) } else { self.due_on };
        Pace { due_on, ..self }
    }
}

/// Overdue once the days of grace are over.
pub fn is_overdue(due_on: NaiveDate, grace_days: u32, today: NaiveDate) -> bool {
    after(due_on, grace_days) < today
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::inspections::InspectionFrequency;
    use crate::policy::versions::built_in;
    use crate::ratings::model::Star;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn general() -> &'static Checklist {
        built_in().inspections.checklist("general").unwrap()
    }

    fn rated(star: Star, focus_since: Option<&str>) -> Option<CurrentStar> {
        Some(CurrentStar { star, published_on: day("2026-01-01"), focus_since: focus_since.map(day) })
    }

    #[test]
    fn the_pace_follows_the_star_and_the_focus_list() {
        let (last, began) = (Some(day("2026-03-02")), day("2025-01-01"));
        let of = |star, last| {
            let pace = pace(general(), star, last, began).unwrap();
            (pace.every_days, pace.reason, pace.due_on)
        };
        use FrequencyReason::{FocusList, NotRated, Star as OfStar};
        assert_eq!(of(None, last), (30, NotRated, day("2026-04-01")));
        assert_eq!(of(None, None), (30, NotRated, day("2025-01-31")));
        assert_eq!(of(rated(Star::Five, None), last), (90, OfStar, day("2026-05-31")));
        assert_eq!(of(rated(Star::Two, None), last), (15, OfStar, day("2026-03-17")));
        // Listed after the last inspection: seven days from the listing, but never later than the star requires.
        assert_eq!(of(rated(Star::Two, Some("2026-03-05")), last), (7, FocusList, day("2026-03-12")));
        assert_eq!(of(rated(Star::Two, Some("2026-03-16")), last), (7, FocusList, day("2026-03-17")));
        assert_eq!(of(rated(Star::Two, Some("2026-01-01")), last), (7, FocusList, day("2026-03-09")));
        // The star "below standard" already requires the same frequency.
        assert_eq!(of(rated(Star::Unqualified, Some("2026-01-01")), last), (7, OfStar, day("2026-03-09")));
    }

    #[test]
    fn a_star_that_comes_makes_nobody_late_at_once() {
        let few = CurrentStar { star: Star::One, published_on: day("2026-07-15"), focus_since: None };
        let at = |last: &str| pace(general(), Some(few), Some(day(last)), day("2025-01-01")).unwrap().due_on;
        // Not overdue by the thirty days of an unrated complex: fifteen days from the star, but no later than the
        // thirty days.
        assert_eq!(at("2026-07-10"), day("2026-07-30"));
        assert_eq!(at("2026-06-20"), day("2026-07-20"));
        // Overdue before the star was published.
        assert_eq!(at("2026-05-01"), day("2026-07-15"));
    }

    #[test]
    fn nothing_is_due_before_the_programme_began() {
        let of = |last: &str| pace(general(), None, Some(day(last)), day("2018-06-01")).unwrap();
        assert_eq!(of("2018-06-01").due_on, day("2018-07-01"));
        assert_eq!(of("2018-06-01").starting(day("2026-01-01")).due_on, day("2026-01-31"));
        assert_eq!(of("2025-12-20").starting(day("2026-01-01")).due_on, day("2026-01-19"));
        assert_eq!(of("2026-03-02").starting(day("2026-01-01")), of("2026-03-02"));
    }

    #[test]
    fn a_checklist_without_a_frequency_is_never_due_and_grace_is_given() {
        let guard = built_in().inspections.checklist("guard").unwrap();
        assert_eq!(pace(guard, rated(Star::One, Some("2026-01-01")), None, day("2025-01-01")), None);
        assert!(!is_overdue(day("2026-03-02"), 5, day("2026-03-07")));
        assert!(is_overdue(day("2026-03-02"), 5, day("2026-03-08")));
        assert!(!is_overdue(NaiveDate::MAX, 5, NaiveDate::MAX));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]
        #[test]
        fn the_focus_list_never_makes_an_inspection_later_nor_asks_for_the_past(
            star in 0usize..6, every in 1u32..400, fallback in 1u32..400, focus in 1u32..400,
            last in proptest::option::of(0u64..1000), since in 0u64..1000,
        ) {
            let start = day("2024-01-01");
            let at = |days| start + Days::new(days);
            let star = Star::ALL[star];
            let mut checklist = general().clone();
            checklist.frequency = vec![
                InspectionFrequency { star: None, every_days: fallback },
                InspectionFrequency { star: Some(star), every_days: every },
            ];
            checklist.focus_every_days = Some(focus);
            let last = last.map(at);
            let usual = pace(&checklist, Some(CurrentStar { star, published_on: start, focus_since: None }), last, start).unwrap();
            let tight = pace(&checklist, Some(CurrentStar { star, published_on: start, focus_since: Some(at(since)) }), last, start).unwrap();
            prop_assert!(tight.due_on <= usual.due_on && tight.every_days <= usual.every_days);
            prop_assert!(tight.due_on == usual.due_on || tight.due_on >= at(since) + Days::new(focus.into()));
            prop_assert_eq!(usual.every_days, every);
        }
    }
}
