//! Consequences of published stars: the focus list, and when a removal is proposed. Pure.

use chrono::NaiveDate;

use super::model::Star;
use crate::db::Id;
use crate::policy::ratings::RatingRules;

/// A published rating of a complex that was not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRating {
    pub id: Id,
    pub cycle_id: Id,
    pub company_id: Id,
    pub star: Star,
    pub period_to: NaiveDate,
}

/// A published cycle whose area contains the complex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedCycle {
    pub id: Id,
    pub period_to: NaiveDate,
}

/// Why the stars call for a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalCause {
    Unqualified,
    LowCycles(u32),
}

/// Ratings that call for a removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovalGround {
    pub cause: RemovalCause,
    pub company_id: Id,
    /// Oldest first.
    pub ratings: Vec<Id>,
}

/// True if the star is low enough for the focus list.
pub fn is_low(rules: &RatingRules, star: Star) -> bool {
    star <= rules.focus_at
}

/// Every ground for a removal in the published ratings of a complex, oldest first: each rating below standard, and each
/// run of low ratings in consecutive published cycles under one company. `history` and `cycles` are ordered by period.
pub fn removal_grounds(
    rules: &RatingRules,
    history: &[PublishedRating],
    cycles: &[PublishedCycle],
) -> Vec<RemovalGround> {
    let needed = rules.removal_after_cycles as usize;
    let mut grounds = Vec::new();
    let mut run: Vec<&PublishedRating> = Vec::new();
    for rating in history {
        let goes_on = run.last().is_some_and(|before| {
            before.company_id == rating.company_id && !any_between(cycles, before.period_to, rating.period_to)
        });
        if !goes_on {
            run.clear();
        }
        if rating.star == Star::Unqualified {
            grounds.push(RemovalGround {
                cause: RemovalCause::Unqualified,
                company_id: rating.company_id,
                ratings: vec![rating.id],
            });
        }
        if !is_low(rules, rating.star) {
            run.clear();
            continue;
        }
        run.push(rating);
        if run.len() >= needed {
            let last = &run[run.len() - needed..];
            grounds.push(RemovalGround {
                cause: RemovalCause::LowCycles(rules.removal_after_cycles),
                company_id: rating.company_id,
                ratings: last.iter().map(|one| one.id).collect(),
            });
        }
    }
    grounds
}

/// True if a cycle without a rating of the complex was published between two others. Then these are not consecutive.
fn any_between(cycles: &[PublishedCycle], before: NaiveDate, after: NaiveDate) -> bool {
    cycles.iter().any(|cycle| before < cycle.period_to && cycle.period_to < after)
}

/// The grounds that call for a removal now: they include the newest rating, and its company still serves.
pub fn due_now(grounds: &[RemovalGround], newest: Option<Id>, serving: Option<Id>) -> Vec<&RemovalGround> {
    grounds
        .iter()
        .filter(|ground| ground.ratings.last().copied() == newest && Some(ground.company_id) == serving)
        .collect()
}

#[cfg(test)]
#[path = "consequences_tests.rs"]
mod tests;
