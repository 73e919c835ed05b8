//! Inbox items of ratings. Reviews, objections and their decisions are items of one rating; scoring, announcing and
//! publishing are items of a whole cycle. The deadlines of offices follow from the step before and the policy in force.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::model::{EscalationLevel, InboxKind};
use super::tasks::{PendingItem, Task, Timing};
use crate::access::{Caller, Role};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::ratings::model::RatingState;
use crate::ratings::rows::{CycleRow, RatingRow};
use crate::ratings::store;
use crate::service::Ctx;
use crate::standing::model::OfficeRef;

/// A rating or a whole cycle with a pending step.
pub struct PendingRating {
    /// `None` if the item is about the cycle.
    pub rating: Option<Id>,
    pub cycle: Id,
    pub name: String,
    pub company: Option<Id>,
    pub complex: Option<Id>,
    pub seen: PendingItem,
}

/// The pending steps of the open ratings in the caller's territory.
pub fn waiting(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<PendingRating>> {
    let rows = store::waiting(conn, &ctx.scope, at_most)?;
    let cycles = store::cycles_of(conn, &rows.iter().map(|row| row.cycle_id).collect::<Vec<_>>())?;
    let disputed: Vec<Id> = rows.iter().filter(|row| row.objections_open > 0).map(|row| row.id).collect();
    let objected: HashMap<Id, Instant> = store::contents_of(conn, &disputed)?
        .into_iter()
        .filter_map(|(id, content)| {
            let open = content.proceedings.0.objections.iter().filter(|one| one.decision.is_none());
            Some((id, open.map(|one| one.at).min()?))
        })
        .collect();
    let name = |cycle: Id| cycles.get(&cycle).map(|one| one.name.clone()).unwrap_or_default();
    let mut waits = Vec::new();
    let mut of_cycles: BTreeMap<(Id, InboxKind), PendingItem> = BTreeMap::new();
    for row in &rows {
        let Some(cycle) = cycles.get(&row.cycle_id) else { continue };
        for step in steps(row, cycle, objected.get(&row.id).copied(), timing) {
            let Some(seen) = step.seen_by(&ctx.caller, timing) else { continue };
            if step.of_cycle {
                let first = of_cycles.entry((row.cycle_id, step.kind)).or_insert_with(|| seen.clone());
                if seen.due_on < first.due_on {
                    *first = seen;
                }
                continue;
            }
            waits.push(PendingRating {
                rating: Some(row.id),
                cycle: row.cycle_id,
                name: name(row.cycle_id),
                company: Some(row.company_id),
                complex: Some(row.complex_id),
                seen,
            });
        }
    }
    waits.extend(of_cycles.into_iter().map(|((cycle, _), seen)| PendingRating {
        rating: None,
        cycle,
        name: name(cycle),
        company: None,
        complex: None,
        seen,
    }));
    Ok(waits)
}

/// A pending step of a rating.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WaitingStep {
    kind: InboxKind,
    /// True if it is done for many ratings of the cycle in one request.
    of_cycle: bool,
    /// Roles that may take it.
    doers: &'static [Role],
    /// The office that must take it; `None` if it is a right and no duty.
    office: Option<OfficeRef>,
    due_on: Option<NaiveDate>,
}

impl WaitingStep {
    fn seen_by(&self, caller: &Caller, timing: &Timing) -> Option<PendingItem> {
        if self.doers.contains(&caller.role) {
            let own = timing.own(self.kind, self.due_on);
            // A right that expires makes nobody overdue.
            let right = self.office.is_none();
            return Some(if right { PendingItem { card: None, level: EscalationLevel::Office, ..own } } else { own });
        }
        let task = Task { kind: self.kind, office: self.office.clone()?, due_on: self.due_on };
        timing.seen_by(task, caller)
    }
}

/// The pending steps of an open rating. `objected` is the time of its first open objection.
fn steps(row: &RatingRow, cycle: &CycleRow, objected: Option<Instant>, timing: &Timing) -> Vec<WaitingStep> {
    use InboxKind::*;
    const SCORERS: &[Role] = &[Role::SocialAffairsOffice, Role::Community];
    const DECIDERS: &[Role] = &[Role::SocialAffairsOffice, Role::TownshipLeader];
    const ORGANISERS: &[Role] = &[Role::SocialAffairsOffice, Role::CountyAuthority];
    const OBJECTORS: &[Role] = &[Role::PropertyCompany, Role::ComplexCommittee];
    let rules = timing.rules;
    let township = OfficeRef { role: Role::SocialAffairsOffice, division: row.township.clone() };
    let organiser = match cycle.township.as_str() {
        "" => OfficeRef { role: Role::CountyAuthority, division: cycle.county.clone() },
        division => OfficeRef { role: Role::SocialAffairsOffice, division: division.to_owned() },
    };
    let step = |kind, of_cycle, doers, office: &OfficeRef, due_on| WaitingStep {
        kind,
        of_cycle,
        doers,
        office: Some(office.clone()),
        due_on,
    };
    match row.state {
        RatingState::Draft => vec![step(ScoreRatings, true, SCORERS, &township, Some(cycle.closes_on))],
        RatingState::Scored => {
            // A scored rating does not change before its review, so `updated_at` is the time of its last score.
            let due_on = timing.after(row.updated_at, rules.review_rating_working_days);
            vec![step(ReviewRating, false, &SCORERS[..1], &township, due_on)]
        }
        RatingState::Reviewed => {
            let due_on = timing.days_after(cycle.closes_on, rules.announce_ratings_working_days);
            vec![step(AnnounceRatings, true, ORGANISERS, &organiser, due_on)]
        }
        RatingState::Announced => announced(row, objected, timing)
            .into_iter()
            .map(|(kind, due_on)| match kind {
                ObjectToRating => WaitingStep { kind, of_cycle: false, doers: OBJECTORS, office: None, due_on },
                DecideObjection => step(kind, false, DECIDERS, &township, due_on),
                _ => step(kind, true, ORGANISERS, &organiser, due_on),
            })
            .collect(),
        RatingState::Published | RatingState::Withdrawn => Vec::new(),
    }
}

/// During the announcement period a rating may be objected to. Objections are decided. After the period and without an
/// open objection the rating is published.
fn announced(row: &RatingRow, objected: Option<Instant>, timing: &Timing) -> Vec<(InboxKind, Option<NaiveDate>)> {
    let over = row.announcement_ends_on.is_some_and(|last| last < timing.today);
    let mut steps = Vec::new();
    if !over {
        steps.push((InboxKind::ObjectToRating, row.announcement_ends_on));
    }
    if row.objections_open > 0 {
        let due_on = objected.and_then(|at| timing.after(at, timing.rules.decide_objection_working_days));
        steps.push((InboxKind::DecideObjection, due_on));
    } else if over {
        let last = row.announcement_ends_on.unwrap_or(timing.today);
        steps.push((InboxKind::PublishRatings, timing.days_after(last, timing.rules.publish_ratings_working_days)));
    }
    steps
}
