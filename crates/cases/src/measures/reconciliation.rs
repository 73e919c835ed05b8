//! Brings the recorded measures of a company into agreement with its facts, in the transaction of the decision.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::json;

use super::model::{Cancellation, MeasureRow, Proceedings};
use super::{rules, store, suspension};
use crate::access::Scope;
use crate::calendar;
use crate::calendar::rules::WorkCalendar;
use crate::companies;
use crate::company_facts;
use crate::db::{Id, Json, WorkResult};
use crate::ledger::{self, Audience, Event};
use crate::policy;
use crate::policy::model::{MeasureKind, MeasureRule, MeasureScope};
use crate::policy::versions::Policies;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::port::{StarMeasure, after};
use crate::service::Tx;
use crate::standing::model::{
    Change, CompanyFacts, DueMeasure, ExistingMeasure, MeasureState, ViolationFact, Withdrawal,
};
use crate::standing::reconcile::reconcile;

const EVERY_MEASURE: Scope = Scope::System("measures depend on all facts of a company");

/// The measures of a company, and the changes that make them agree with the facts.
pub struct CompanyMeasures {
    pub facts: CompanyFacts,
    policies: Arc<Policies>,
    pub rows: Vec<MeasureRow>,
    pub existing: Vec<ExistingMeasure>,
    changes: Vec<Change>,
}

impl CompanyMeasures {
    /// The measures that would not be called for without the facts left out.
    pub fn not_justified_without(&self, today: NaiveDate, left_out: impl Fn(&ViolationFact) -> bool) -> HashSet<Id> {
        let mut facts = self.facts.clone();
        facts.violations.retain(|fact| !left_out(fact));
        let ended =
            reconcile(&self.existing, &facts, &self.policies, today).into_iter().filter_map(|change| match change {
                Change::Cancel(withdrawal) | Change::Reverse { withdrawal, .. } => Some(Id(withdrawal.measure)),
                Change::Create(_) | Change::AddGrounds { .. } | Change::DropGrounds { .. } => None,
            });
        ended.collect()
    }
}

/// Loads the measures and the facts of a company in a county.
pub fn load_company_measures(tx: &mut Tx, company: Id, county: &str) -> WorkResult<CompanyMeasures> {
    let ctx = tx.ctx;
    let head = companies::family::head_of(tx.conn, company)?;
    let policies = policy::current(tx.conn, &ctx.state, county)?;
    let family = companies::family::family(tx.conn, head)?;
    let facts = company_facts::of(tx.conn, head, &family, county, ctx.today)?;
    let mut rows = store::of_family(tx.conn, &EVERY_MEASURE, &family)?;
    rows.retain(|row| row.county == county);
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut grounds = store::grounds_of(tx.conn, &ids)?;
    let by_ratings = store::rating_grounds_of(tx.conn, &ids)?;
    let existing = rows
        .iter()
        .map(|row| {
            Ok(ExistingMeasure {
                id: row.id.0,
                key: row.key.clone(),
                kind: row.kind,
                state: row.state,
                grounds: grounds.remove(&row.id).unwrap_or_default().iter().map(|id| id.0).collect(),
                other_grounds: by_ratings.contains_key(&row.id),
                cancelled_by_system: row.cancelled_by_system,
            })
        })
        .collect::<WorkResult<Vec<_>>>()?;
    let changes = reconcile(&existing, &facts, &policies, ctx.today);
    Ok(CompanyMeasures { facts, policies, rows, existing, changes })
}

/// Why a proposed measure is no longer due: a lighter policy version, or a change of facts. `None` if it is still due.
pub fn withdrawal_of(tx: &mut Tx, row: &MeasureRow) -> WorkResult<Option<Withdrawal>> {
    let changes = load_company_measures(tx, row.company_id, &row.county)?.changes;
    Ok(changes.into_iter().find_map(|change| match change {
        Change::Cancel(withdrawal) if withdrawal.measure == row.id.0 => Some(withdrawal),
        _ => None,
    }))
}

/// Brings the measures of a company in a county into agreement with its facts there. The caller holds the lock of the
/// company.
pub fn reconcile_measures(tx: &mut Tx, company: Id, county: &str) -> WorkResult<()> {
    let CompanyMeasures { facts, policies, rows, changes, existing: _ } = load_company_measures(tx, company, county)?;
    let calendar = calendar::work_calendar(tx.conn, county)?;
    let appeals =
        facts.violations.iter().any(|fact| fact.appeal_pending) || rows.iter().any(|row| row.suspended_on.is_some());
    for change in changes {
        let row = |id: uuid::Uuid| rows.iter().find(|row| row.id.0 == id).cloned();
        match change {
            Change::Create(due) => {
                let company = owning_company(&facts, &due);
                create(tx, company, *due, &policies, &calendar)?;
            }
            Change::AddGrounds { measure, violations } => {
                store::add_grounds(tx.conn, Id(measure), &ids(&violations))?;
                save_and_record(tx, row(measure), "measure.grounds_added", json!({ "violations": violations }))?;
            }
            Change::DropGrounds { measure, violations } => {
                store::drop_grounds(tx.conn, Id(measure), &ids(&violations))?;
                save_and_record(tx, row(measure), "measure.grounds_dropped", json!({ "violations": violations }))?;
            }
            Change::Cancel(withdrawal) => cancel(tx, row(withdrawal.measure), withdrawal)?,
            Change::Reverse { key, withdrawal } => {
                reverse(tx, row(withdrawal.measure), key, withdrawal, &policies, &calendar)?;
            }
        }
    }
    if appeals { suspension::follow_appeals(tx, company, county) } else { Ok(()) }
}

/// The company that a measure belongs to: the branch with all its grounds, or the parent if the measure concerns the
/// whole company or several branches.
fn owning_company(facts: &CompanyFacts, due: &DueMeasure) -> Id {
    let mut of_grounds =
        facts.violations.iter().filter(|fact| due.grounds.contains(&fact.id)).map(|fact| fact.company_id);
    let first = of_grounds.next().unwrap_or(facts.company_id);
    let one = due.kind.scope() != MeasureScope::Company && of_grounds.all(|company| company == first);
    Id(if one { first } else { facts.company_id })
}

fn ids(all: &[uuid::Uuid]) -> Vec<Id> {
    all.iter().map(|id| Id(*id)).collect()
}

pub(super) fn rule(policies: &Policies, version: i64, kind: MeasureKind) -> WorkResult<&MeasureRule> {
    let found = policies.get(version).and_then(|version| version.measure(kind));
    Ok(found.ok_or_else(|| Problem::broken("the policy version of a measure has no rule for its kind"))?)
}

fn create(tx: &mut Tx, company: Id, due: DueMeasure, policies: &Policies, calendar: &WorkCalendar) -> WorkResult<()> {
    let ctx = tx.ctx;
    let rule = rule(policies, due.policy_version, due.kind)?;
    let violation = match due.kind.scope() {
        MeasureScope::Violation | MeasureScope::Referral => due.grounds.first().map(|id| Id(*id)),
        _ => None,
    };
    let row = MeasureRow {
        id: ctx.new_id(),
        version: 1,
        key: due.key,
        kind: due.kind,
        state: MeasureState::initial(rule),
        company_id: company,
        complex_id: due.complex_id.map(Id),
        violation_id: violation,
        county: due.place.county.clone(),
        township: due.place.township.clone().unwrap_or_default(),
        community: due.place.community.clone().unwrap_or_default(),
        office_role: due.office.role,
        office_division: due.office.division,
        approver_role: rule.approver,
        level: due.level.map(i64::from),
        legal_basis: due.legal_basis,
        policy_version: due.policy_version,
        reason_zh: due.reason_zh,
        reason_en: due.reason_en,
        due_on: calendar.add_working_days(ctx.today, rule.due_working_days),
        cancelled_by_system: false,
        reverses: None,
        notified: false,
        hearing_request_due_on: None,
        proceedings: Json(Proceedings::default()),
        created_at: ctx.now,
        updated_at: ctx.now,
        suspended_on: None,
    };
    insert_with_grounds(tx, &row, &ids(&due.grounds))
}

fn insert_with_grounds(tx: &mut Tx, row: &MeasureRow, grounds: &[Id]) -> WorkResult<()> {
    store::insert(tx.conn, row)?;
    store::add_grounds(tx.conn, row.id, grounds)?;
    record(tx, row, "measure.created", json!({ "grounds": grounds }), &())
}

/// Records a step of a measure in the ledger, and updates the stars that it lowers.
pub fn record(
    tx: &mut Tx,
    row: &MeasureRow,
    kind: &'static str,
    step: serde_json::Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<()> {
    let event = Event::new(kind, "measure", row.id)
        .in_territory(row.place())
        .company(Some(row.company_id))
        .complex(row.complex_id)
        .addressed(row.office_role, &row.office_division)
        .audience(Audience::Parties)
        .policy(row.policy_version)
        .data(json!({
            "key": row.key, "kind": row.kind, "state": row.state, "complex_id": row.complex_id, "level": row.level,
            "office_role": row.office_role, "office_division": row.office_division, "due_on": row.due_on,
            "legal_basis": row.legal_basis, "suspended_on": row.suspended_on, "version": row.version, "step": step,
        }))
        .with_texts(texts.texts());
    ledger::append(tx, event)?;
    match row.complex_id {
        Some(complex) if lowers_stars(tx, row)? => {
            after(tx).star_measure_changed(tx, &StarMeasure { measure: row.id, complex, company: row.company_id })
        }
        _ => Ok(()),
    }
}

fn lowers_stars(tx: &mut Tx, row: &MeasureRow) -> WorkResult<bool> {
    let reversed = match row.reverses {
        Some(reversed) => Some(store::find(tx.conn, &EVERY_MEASURE, reversed)?.kind),
        None => None,
    };
    Ok(rules::lowers_stars(row.kind, reversed))
}

pub(super) fn save_and_record(
    tx: &mut Tx,
    row: Option<MeasureRow>,
    kind: &'static str,
    step: serde_json::Value,
) -> WorkResult<()> {
    let mut row = row.ok_or_else(|| Problem::broken("a measure that is due to change was not found"))?;
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, &row)?;
    record(tx, &row, kind, step, &())
}

pub(super) fn cancel(tx: &mut Tx, row: Option<MeasureRow>, withdrawal: Withdrawal) -> WorkResult<()> {
    let mut row = row.ok_or_else(|| Problem::broken("a measure that is due to end was not found"))?;
    let step =
        json!({ "revoked": withdrawal.revoked, "reason_zh": withdrawal.reason_zh, "reason_en": withdrawal.reason_en });
    row.state = MeasureState::Cancelled;
    row.cancelled_by_system = true;
    row.suspended_on = None;
    row.proceedings.0.cancellation = Some(Cancellation {
        reason_zh: withdrawal.reason_zh,
        reason_en: withdrawal.reason_en,
        revoked: ids(&withdrawal.revoked),
        at: tx.ctx.now,
        by: None,
    });
    on_withdrawn(tx, &row)?;
    save_and_record(tx, Some(row), "measure.cancelled", step)
}

/// Triggers the consequences of a cancellation.
pub fn on_withdrawn(tx: &mut Tx, row: &MeasureRow) -> WorkResult<()> {
    let removal_from = row.complex_id.filter(|_| row.kind == MeasureKind::Removal);
    after(tx).measure_cancelled(tx, row.id, row.company_id, removal_from)
}

/// Creates the task that reverses a completed measure which has no ground left.
pub(super) fn reverse(
    tx: &mut Tx,
    done: Option<MeasureRow>,
    key: String,
    withdrawal: Withdrawal,
    policies: &Policies,
    calendar: &WorkCalendar,
) -> WorkResult<()> {
    let ctx = tx.ctx;
    let done = done.ok_or_else(|| Problem::broken("a measure that is to be reversed was not found"))?;
    after(tx).measure_reversed(tx, done.id, done.company_id, &withdrawal.reason_zh)?;
    let version = policies.governing(ctx.today);
    let rule = rule(policies, version.version, MeasureKind::Reversal)?;
    let row = MeasureRow {
        id: ctx.new_id(),
        version: 1,
        key,
        kind: MeasureKind::Reversal,
        state: MeasureState::initial(rule),
        approver_role: rule.approver,
        legal_basis: rule.legal_basis.clone(),
        policy_version: version.version,
        reason_zh: withdrawal.reason_zh,
        reason_en: withdrawal.reason_en,
        due_on: calendar.add_working_days(ctx.today, rule.due_working_days),
        cancelled_by_system: false,
        reverses: Some(done.id),
        notified: false,
        hearing_request_due_on: None,
        proceedings: Json(Proceedings::default()),
        created_at: ctx.now,
        updated_at: ctx.now,
        suspended_on: None,
        ..done
    };
    insert_with_grounds(tx, &row, &ids(&withdrawal.revoked))
}
