//! Computes how the existing measures must change so that they agree with the facts.
//!
//! A measure stays justified if, according to what is known today, there was a day on which it was due on one of its
//! grounds. So violations that leave the window end no measure that was ordered, and a revocation ends exactly the
//! measures that would not exist without the revoked violation. Levels rise only on days of confirmation, so only those
//! days are checked. Remembering a single day for each measure would not be enough: if a ground that was added later is
//! revoked, the measure may have been due without it.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::credit::points;
use super::due::due_measures;
use super::ladder::{Known, known_on, last_day, tally, window};
use super::model::{Change, CompanyFacts, DueMeasure, ExistingMeasure, MeasureState, Withdrawal};
use super::rules::live;
use super::wording;
use crate::policy::model::MeasureScope;
use crate::policy::versions::Policies;

/// The changes of a company's measures. After they are applied, a second call returns none.
pub fn reconcile(
    existing: &[ExistingMeasure],
    facts: &CompanyFacts,
    policies: &Policies,
    today: NaiveDate,
) -> Vec<Change> {
    let snapshot = Snapshot::new(facts, policies, today);
    let reversals = Reversals::of(existing);
    let cover = snapshot.match_due_measures(existing, &reversals);
    let still_justified = snapshot.still_justified(existing, &cover);
    let mut changes = Vec::new();
    for (at, measure) in existing.iter().enumerate() {
        if !still_justified.contains(&at) {
            changes.extend(snapshot.withdraw(measure, &reversals));
        } else if measure.state.is_open() {
            changes.extend(snapshot.move_grounds(measure, cover.get(&at).copied()));
        }
    }
    let covered: HashSet<usize> = cover.into_values().collect();
    let missing = snapshot.due.iter().enumerate().filter(|(at, _)| !covered.contains(at));
    changes.extend(missing.map(|(_, due)| Change::Create(Box::new(due.clone()))));
    changes
}

/// Keys of the existing reversals.
struct Reversals {
    asked: HashSet<String>,
    /// Without those that a person rejected or cancelled: the reversed measure then stays in force.
    in_effect: HashSet<String>,
}

fn reversal_key(measure: Uuid) -> String {
    format!("reversal:{measure}")
}

impl Reversals {
    fn of(existing: &[ExistingMeasure]) -> Reversals {
        let reversals = existing.iter().filter(|one| one.kind.scope() == MeasureScope::Measure);
        let refused = |one: &&ExistingMeasure| matches!(one.state, MeasureState::Rejected | MeasureState::Cancelled);
        let key = |one: &ExistingMeasure| one.key.clone();
        Reversals {
            asked: reversals.clone().map(key).collect(),
            in_effect: reversals.filter(|one| !refused(one)).map(key).collect(),
        }
    }
}

/// The facts known today.
struct Snapshot<'a> {
    policies: &'a Policies,
    today: NaiveDate,
    known: Vec<Known<'a>>,
    by_id: HashMap<Uuid, Known<'a>>,
    /// Violations revoked by today, in the order of finding.
    revoked: Vec<Known<'a>>,
    window_months: u32,
    due: Vec<DueMeasure>,
}

impl<'a> Snapshot<'a> {
    fn new(facts: &'a CompanyFacts, policies: &'a Policies, today: NaiveDate) -> Snapshot<'a> {
        let known = known_on(facts, policies, today);
        let tally = tally(&known, policies, today, today);
        let window = window(today, tally.policy.document().ladder.window_months);
        let with_points: Vec<_> = known.iter().map(|one| (*one, points(one, policies, today))).collect();
        let live = live(&with_points, &tally, today);
        let revoked = facts.violations.iter().filter(|fact| fact.revoked_on.is_some_and(|on| on <= today));
        let mut revoked: Vec<_> = revoked.map(|fact| Known::new(fact, policies)).collect();
        revoked.sort_unstable_by_key(|one| (one.fact.found_on, one.fact.id));
        Snapshot {
            policies,
            today,
            by_id: known.iter().map(|one| (one.fact.id, *one)).collect(),
            revoked,
            window_months: window.months,
            due: due_measures(&live, &tally, &window),
            known,
        }
    }

    /// True if a violation still supports a measure, regardless of the window.
    fn supports(&self, measure: &ExistingMeasure, ground: Uuid) -> bool {
        let Some(known) = self.by_id.get(&ground) else {
            return false;
        };
        match measure.kind.scope() {
            MeasureScope::Violation | MeasureScope::Referral | MeasureScope::Measure => true,
            MeasureScope::Company => known.clause().is_some(),
            MeasureScope::Complex => {
                known.clause().is_some() && known.fact.complex_id.is_some_and(|complex| is_about(measure, complex))
            }
        }
    }

    /// Maps existing measures to the due measures that they cover (by index).
    ///
    /// Open and completed measures cover a due one until a violation is found after all their grounds have left the
    /// window: that starts a new episode with a new measure. Without a new violation they keep covering it; otherwise a
    /// completed measure would come back merely because time passes. A measure that a person rejected or cancelled
    /// covers a due one without new grounds. Measures that the system cancelled, and reversed measures, cover nothing.
    fn match_due_measures(&self, existing: &[ExistingMeasure], reversals: &Reversals) -> HashMap<usize, usize> {
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, measure) in existing.iter().enumerate() {
            by_key.entry(&measure.key).or_default().push(at);
        }
        let mut cover = HashMap::new();
        for (due_at, due) in self.due.iter().enumerate() {
            let answers = by_key.get(due.key.as_str()).map_or(&[][..], Vec::as_slice).iter().copied();
            let best = answers.filter_map(|at| Some((self.match_quality(&existing[at], due, reversals)?, at))).min();
            if let Some((_, at)) = best {
                cover.insert(at, due_at);
            }
        }
        cover
    }

    /// How well an existing measure covers a due one with its key: 0 is best, `None` is not at all. Open measures come
    /// first.
    fn match_quality(&self, measure: &ExistingMeasure, due: &DueMeasure, reversals: &Reversals) -> Option<u8> {
        let lasts = || {
            let supporting = measure.grounds.iter().filter(|id| self.supports(measure, **id));
            let found = supporting.filter_map(|id| Some(self.by_id.get(id)?.fact.found_on)).max();
            let end = found.map(|found| last_day(found, self.window_months));
            let found_by = |end: NaiveDate, id: &Uuid| self.by_id.get(id).is_some_and(|one| one.fact.found_on <= end);
            end.is_some_and(|end| due.grounds.iter().all(|id| found_by(end, id)))
        };
        match measure.state {
            MeasureState::Proposed | MeasureState::Approved => (measure.other_grounds || lasts()).then_some(0),
            MeasureState::Done if reversals.in_effect.contains(&reversal_key(measure.id)) => None,
            MeasureState::Done => lasts().then_some(1),
            MeasureState::Cancelled if measure.cancelled_by_system => None,
            MeasureState::Rejected | MeasureState::Cancelled => {
                due.grounds.iter().all(|id| measure.grounds.contains(id)).then_some(2)
            }
        }
    }

    /// Indexes of the measures that are still justified, and of those that are closed and need no check.
    fn still_justified(&self, existing: &[ExistingMeasure], cover: &HashMap<usize, usize>) -> HashSet<usize> {
        let mut still_justified = HashSet::new();
        let mut pending = Vec::new();
        for (at, measure) in existing.iter().enumerate() {
            let closed = !measure.state.is_open() && measure.state != MeasureState::Done;
            let supported = measure.grounds.iter().any(|id| self.supports(measure, *id));
            let scope = measure.kind.scope();
            let kept = closed || measure.other_grounds || cover.contains_key(&at) || scope == MeasureScope::Measure;
            if kept || (supported && !measure.kind.is_on_ladder()) {
                still_justified.insert(at);
            } else if supported {
                pending.push(at);
            }
        }
        // Proposals are decided under the law of the day of the decision, so use today.
        let (proposed, decided): (Vec<_>, Vec<_>) =
            pending.into_iter().partition(|at| existing[*at].state == MeasureState::Proposed);
        self.was_once_due(existing, proposed, |_| self.today, &mut still_justified);
        self.was_once_due(existing, decided, |day| day, &mut still_justified);
        still_justified
    }

    /// Adds the pending measures that were due on a day of confirmation, according to what is known today.
    fn was_once_due(
        &self,
        existing: &[ExistingMeasure],
        mut pending: Vec<usize>,
        law_on: impl Fn(NaiveDate) -> NaiveDate,
        still_justified: &mut HashSet<usize>,
    ) {
        // A confirmation dated before the finding is a recording error; use the later of the two days.
        let known_from = |one: &Known| one.fact.decided_on.max(one.fact.found_on);
        let of_nine: Vec<Known> = self.known.iter().copied().filter(|one| one.clause().is_some()).collect();
        let days: BTreeSet<NaiveDate> = of_nine.iter().map(known_from).collect();
        for day in days.into_iter().rev() {
            if pending.is_empty() {
                return;
            }
            let known: Vec<Known> = of_nine.iter().copied().filter(|one| known_from(one) <= day).collect();
            let tally = tally(&known, self.policies, day, law_on(day));
            let begins = |measure: &ExistingMeasure| tally.level_of(measure.kind).filter(|level| *level <= tally.level);
            if !pending.iter().any(|at| begins(&existing[*at]).is_some()) {
                continue;
            }
            let levels = tally.levels();
            pending.retain(|at| {
                let measure = &existing[*at];
                let due = begins(measure).is_some_and(|begins| {
                    let reaches = |id: &Uuid| levels.get(id).is_some_and(|level| *level >= begins);
                    measure.grounds.iter().any(|id| reaches(id) && self.supports(measure, *id))
                });
                if due {
                    still_justified.insert(*at);
                }
                !due
            });
        }
    }

    fn move_grounds(&self, measure: &ExistingMeasure, due: Option<usize>) -> Vec<Change> {
        let id = measure.id;
        let held: HashSet<Uuid> = measure.grounds.iter().copied().collect();
        let mut gone: Vec<Uuid> = held.iter().copied().filter(|ground| !self.supports(measure, *ground)).collect();
        gone.sort_unstable();
        let due = due.map_or(&[][..], |at| &self.due[at].grounds);
        let new: Vec<Uuid> = due.iter().copied().filter(|ground| !held.contains(ground)).collect();
        let mut changes = Vec::new();
        if !gone.is_empty() && measure.kind.scope() != MeasureScope::Measure {
            changes.push(Change::DropGrounds { measure: id, violations: gone });
        }
        if !new.is_empty() {
            changes.push(Change::AddGrounds { measure: id, violations: new });
        }
        changes
    }

    /// Ends a measure that is no longer justified. Self-executing measures are cancelled even if completed; other
    /// completed ones get a reversal.
    fn withdraw(&self, measure: &ExistingMeasure, reversals: &Reversals) -> Option<Change> {
        let rule = self.policies.governing(self.today).measure(measure.kind);
        let cancel = measure.state.is_open() || rule.is_some_and(|rule| rule.self_executing);
        let key = reversal_key(measure.id);
        if !cancel && reversals.asked.contains(&key) {
            return None;
        }
        let revoked = self.revoked_for(measure);
        let reason = wording::withdrawal(&revoked, !cancel);
        let withdrawal = Withdrawal {
            measure: measure.id,
            revoked: revoked.iter().map(|one| one.fact.id).collect(),
            reason_zh: reason.zh,
            reason_en: reason.en,
        };
        Some(if cancel { Change::Cancel(withdrawal) } else { Change::Reverse { key, withdrawal } })
    }

    /// The revoked violations that a measure was based on. For a measure of the ladder also those of the last day of
    /// revocation, which lowered the level.
    fn revoked_for(&self, measure: &ExistingMeasure) -> Vec<Known<'a>> {
        let last = self.revoked.iter().filter_map(|one| one.fact.revoked_on).max();
        let lowered =
            |one: &Known| measure.kind.is_on_ladder() && one.fact.revoked_on == last && one.clause().is_some();
        let concerned = |one: &&Known| lowered(one) || measure.grounds.contains(&one.fact.id);
        self.revoked.iter().filter(concerned).copied().collect()
    }
}

/// True if the key of a measure of complex scope names this complex.
fn is_about(measure: &ExistingMeasure, complex: Uuid) -> bool {
    let named = measure.key.strip_prefix(measure.kind.code()).and_then(|rest| rest.strip_prefix(':'));
    named == Some(&*complex.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}
