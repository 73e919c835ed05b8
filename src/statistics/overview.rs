//! Figures of the report besides stars and inspections: violations by clause, measures, standings, listings and
//! contracts of an area. They are counted from the same rows as the lists, with a few statements.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::actions::Area;
use super::overview_store as store;
use crate::blacklist::model::ListingKind;
use crate::company_facts;
use crate::contracts::model::ContractState;
use crate::db::{Conn, Id, WorkResult};
use crate::policy;
use crate::policy::model::{CreditBand, MeasureKind};
use crate::policy::versions::PolicyVersion;
use crate::service::Ctx;
use crate::standing::model::MeasureState;
use crate::standing::rules::compute_standing;
use crate::violations::model::ViolationState;

/// Violations of one clause of the nine prohibitions, or of all other acts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClauseLine {
    pub clause: Option<i64>,
    pub title: String,
    pub reported: i64,
    /// Reported or notified, and not decided.
    pub pending: i64,
    /// Confirmed and not revoked, with or without an appeal.
    pub confirmed: i64,
    pub appealed: i64,
    /// Dismissed or revoked.
    pub fell_away: i64,
}

impl ClauseLine {
    fn add(&mut self, state: ViolationState) {
        use ViolationState::*;
        self.reported += 1;
        match state {
            Reported | Notified => self.pending += 1,
            Dismissed | Revoked => self.fell_away += 1,
            Confirmed | Appealed | Upheld => self.confirmed += 1,
        }
        self.appealed += i64::from(state == Appealed);
    }
}

/// Measures of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasureLine {
    pub kind: MeasureKind,
    pub proposed: i64,
    pub approved: i64,
    pub done: i64,
    /// Rejected or cancelled.
    pub fell_away: i64,
    /// Open, and the due date has passed.
    pub overdue: i64,
}

/// Standings of the companies of an area today.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StandingCounts {
    pub companies: i64,
    /// Number of companies at each ladder level, from 0 to 4.
    pub levels: [i64; 5],
    /// Number of companies in each credit band, best first.
    pub bands: Vec<(String, i64)>,
    pub blacklisted: i64,
    pub restricted: i64,
}

/// Contracts of an area today.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContractCounts {
    pub served: i64,
    /// Complexes with a company whose contract in force is filed.
    pub filed: i64,
    /// Submitted and not reviewed.
    pub waiting: i64,
    pub review_overdue: i64,
    /// Handovers that are not completed.
    pub handovers: i64,
    pub handover_overdue: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overview {
    pub clauses: Vec<ClauseLine>,
    pub violations: ClauseLine,
    pub measures: Vec<MeasureLine>,
    pub standing: StandingCounts,
    pub contracts: ContractCounts,
}

pub fn overview(conn: &mut Conn, ctx: &Ctx, area: &Area, (from, to): (NaiveDate, NaiveDate)) -> WorkResult<Overview> {
    let policies = policy::current(conn, &ctx.state, area.county())?;
    let violations = store::violations(conn, &area.scope, from, to)?;
    let zone = ctx.state.clock.zone();
    let measures = store::measures(conn, &area.scope)?;
    let made_on = |at: crate::db::Instant| at.0.with_timezone(&zone).date_naive();
    let measures = measures.into_iter().filter(|one| (from..=to).contains(&made_on(one.created_at))).collect();
    let (clauses, all) = by_clause(policies.governing(ctx.today), &violations);
    Ok(Overview {
        clauses,
        violations: all,
        measures: by_kind(measures, ctx.today),
        standing: standing_of(conn, ctx, area)?,
        contracts: contracts_of(conn, ctx, area)?,
    })
}

fn by_clause(policy: &PolicyVersion, violations: &[(Option<i64>, ViolationState)]) -> (Vec<ClauseLine>, ClauseLine) {
    let mut lines: BTreeMap<i64, ClauseLine> = (1..=9)
        .map(|clause| {
            let act = policy.document().acts.iter().find(|act| act.clause.map(i64::from) == Some(clause));
            let title = act.map(|act| act.title_zh.clone()).unwrap_or_default();
            (clause, ClauseLine { clause: Some(clause), title, ..ClauseLine::default() })
        })
        .collect();
    let mut others = ClauseLine { title: "其他违规行为".to_owned(), ..ClauseLine::default() };
    let mut all = ClauseLine { title: "合计".to_owned(), ..ClauseLine::default() };
    for (clause, state) in violations {
        match clause.and_then(|clause| lines.get_mut(&clause)) {
            Some(line) => line.add(*state),
            None => others.add(*state),
        }
        all.add(*state);
    }
    (lines.into_values().chain([others]).collect(), all)
}

/// Measures by kind, in the order of the vocabulary.
fn by_kind(measures: Vec<store::SlimMeasure>, today: NaiveDate) -> Vec<MeasureLine> {
    let mut lines: BTreeMap<MeasureKind, MeasureLine> = BTreeMap::new();
    for one in measures {
        let line = lines.entry(one.kind).or_insert_with(|| MeasureLine {
            kind: one.kind,
            proposed: 0,
            approved: 0,
            done: 0,
            fell_away: 0,
            overdue: 0,
        });
        line.overdue += i64::from(one.state.is_open() && one.due_on < today);
        match one.state {
            MeasureState::Proposed => line.proposed += 1,
            MeasureState::Approved => line.approved += 1,
            MeasureState::Done => line.done += 1,
            MeasureState::Rejected | MeasureState::Cancelled => line.fell_away += 1,
        }
    }
    lines.into_values().collect()
}

/// Standings of the companies that serve in the area; a branch has that of its parent.
fn standing_of(conn: &mut Conn, ctx: &Ctx, area: &Area) -> WorkResult<StandingCounts> {
    let policies = policy::current(conn, &ctx.state, area.county())?;
    let serving = store::serving_companies(conn, &area.scope, ctx.today)?;
    let county = area.division.get(..6).unwrap_or_default();
    let mut known: BTreeMap<Id, (u8, CreditBand)> = BTreeMap::new();
    for facts in company_facts::of_all(conn, county, ctx.today)? {
        let found = compute_standing(&facts, &policies, ctx.today);
        known.insert(Id(facts.company_id), (found.level, found.credit.band));
    }
    let mut counts = StandingCounts::default();
    let mut bands: BTreeMap<&str, i64> = CreditBand::ALL.iter().map(|band| (band.code(), 0)).collect();
    for head in &serving {
        // A company without a confirmed violation has no facts: level 0 and the best band.
        let (level, band) = known.get(head).copied().unwrap_or((0, CreditBand::A));
        counts.companies += 1;
        if let Some(count) = counts.levels.get_mut(usize::from(level)) {
            *count += 1;
        }
        *bands.entry(band.code()).or_default() += 1;
    }
    counts.bands = CreditBand::ALL.iter().map(|band| (band.zh().to_owned(), bands[band.code()])).collect();
    let whole_county = area.division.len() == 6;
    let listed = store::listed(conn, &area.scope, ctx.today)?;
    let of = |kind: ListingKind| -> i64 {
        let companies: BTreeSet<Id> =
            listed.iter().filter(|(one, _)| *one == kind).map(|(_, company)| *company).collect();
        companies.iter().filter(|company| whole_county || serving.contains(company)).count() as i64
    };
    (counts.blacklisted, counts.restricted) = (of(ListingKind::Blacklist), of(ListingKind::Restriction));
    Ok(counts)
}

fn contracts_of(conn: &mut Conn, ctx: &Ctx, area: &Area) -> WorkResult<ContractCounts> {
    let served = store::served_complexes(conn, &area.scope, ctx.today)?;
    let filed = crate::contracts::all_filed_in_force(conn, &area.scope, ctx.today)?;
    let mut counts = ContractCounts {
        served: served.len() as i64,
        filed: served.iter().filter(|complex| filed.contains_key(complex)).count() as i64,
        ..ContractCounts::default()
    };
    for one in store::open_contracts(conn, &area.scope)? {
        if one.state == ContractState::Submitted {
            counts.waiting += 1;
            counts.review_overdue += i64::from(one.review_due_on.is_some_and(|last| last < ctx.today));
        }
        if one.handover_done_on.is_none()
            && let Some(last) = one.handover_due_on
        {
            counts.handovers += 1;
            counts.handover_overdue += i64::from(last < ctx.today);
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::versions::built_in;

    #[test]
    fn every_clause_has_a_line_and_the_lines_add_up() {
        let policy = PolicyVersion::new(1, "2026-01-01".parse().unwrap(), built_in().clone());
        let rows = [
            (Some(3), ViolationState::Confirmed),
            (Some(3), ViolationState::Appealed),
            (Some(3), ViolationState::Dismissed),
            (Some(9), ViolationState::Reported),
            (None, ViolationState::Notified),
            (None, ViolationState::Revoked),
        ];
        let (lines, all) = by_clause(&policy, &rows);
        assert_eq!(
            lines.iter().map(|line| line.clause).collect::<Vec<_>>()[..9],
            (1..=9).map(Some).collect::<Vec<_>>()
        );
        let figures = |line: &ClauseLine| (line.reported, line.pending, line.confirmed, line.appealed, line.fell_away);
        assert_eq!(figures(&lines[2]), (3, 0, 2, 1, 1));
        assert_eq!((figures(&lines[9]), figures(&all)), ((2, 1, 0, 0, 1), (6, 2, 2, 1, 2)));
        assert!(lines.iter().all(|line| !line.title.is_empty()));
    }
}
