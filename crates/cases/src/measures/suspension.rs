//! A measure that reduces rights rests on final decisions. A later appeal against one of its grounds suspends it
//! (中止执行).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::json;

use super::actions::rule_of;
use super::model::MeasureRow;
use super::reconciliation::{CompanyMeasures, load_company_measures, record};
use super::view::sees;
use super::{rules, store};
use crate::calendar;
use crate::db::{Conn, Id, WorkResult};
use crate::policy;
use crate::policy::model::MeasureRule;
use crate::proceedings::port::after;
use crate::service::Tx;
use crate::standing::model::MeasureState;
use crate::violations::finality::{obstacle, refuse_unless_final};
use crate::violations::model::{ViolationRow, ViolationState};
use crate::violations::store as violations;

/// Requires that the grounds of a measure are final, and that final decisions alone reach the ladder level that calls
/// for it.
pub fn require_final_grounds(tx: &mut Tx, row: &MeasureRow) -> WorkResult<()> {
    let ctx = tx.ctx;
    let grounds = store::grounds_of_one(tx.conn, row.id)?;
    let grounds = violations::by_ids(tx.conn, &grounds)?;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    refuse_unless_final(&grounds, &policies, ctx.today, |violation| sees(ctx, violation))?;
    let file = load_company_measures(tx, row.company_id, &row.county)?;
    let counted: Vec<Id> = file.facts.violations.iter().map(|fact| Id(fact.id)).collect();
    let counted = violations::by_ids(tx.conn, &counted)?;
    let open: Vec<&ViolationRow> = counted.iter().filter(|one| obstacle(one, ctx.today).is_some()).collect();
    let without: HashSet<_> = open.iter().map(|one| one.id.0).collect();
    if file.not_justified_without(ctx.today, |fact| without.contains(&fact.id)).contains(&row.id) {
        refuse_unless_final(open, &policies, ctx.today, |violation| sees(ctx, violation))?;
    }
    Ok(())
}

/// A suspended measure must not be completed, nor one whose grounds were not final when it was approved.
pub fn require_in_effect(tx: &mut Tx, row: &MeasureRow, rule: &MeasureRule) -> WorkResult<()> {
    if !rule.needs_final_grounds() {
        return Ok(());
    }
    let ctx = tx.ctx;
    let approved_at = row.proceedings.0.approval.as_ref().map(|step| step.at);
    let grounds = store::grounds_of_one(tx.conn, row.id)?;
    let mut grounds = violations::by_ids(tx.conn, &grounds)?;
    // A ground added after the approval did not support the decision. It matters only while an appeal against it is
    // pending.
    grounds.retain(|one| {
        let confirmed_at = one.proceedings.0.confirmation.as_ref().map(|step| step.at);
        one.state == ViolationState::Appealed || approved_at.is_none() || confirmed_at <= approved_at
    });
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    refuse_unless_final(&grounds, &policies, ctx.today, |violation| sees(ctx, violation))?;
    Ok(rules::require_not_suspended(row.suspended_on)?)
}

/// Suspends the approved measures of a company in a county whose grounds are under appeal, and resumes those whose
/// grounds no longer are.
pub fn follow_appeals(tx: &mut Tx, company: Id, county: &str) -> WorkResult<()> {
    let file = load_company_measures(tx, company, county)?;
    let pending: HashSet<_> =
        file.facts.violations.iter().filter(|fact| fact.appeal_pending).map(|fact| fact.id).collect();
    let falls = file.not_justified_without(tx.ctx.today, |fact| fact.appeal_pending);
    let CompanyMeasures { rows, existing, .. } = file;
    let reversed: HashSet<Id> = rows.iter().filter_map(|row| row.reverses).collect();
    for (row, held) in rows.into_iter().zip(existing) {
        if reversed.contains(&row.id) || !rules::can_be_suspended(row.state, row.kind) {
            continue;
        }
        let on_appealed = falls.contains(&row.id) || held.grounds.iter().any(|ground| pending.contains(ground));
        let on_appealed = on_appealed && rule_of(tx, &row)?.needs_final_grounds();
        if on_appealed != row.suspended_on.is_some() {
            set_suspended(tx, row, on_appealed)?;
        }
    }
    Ok(())
}

fn set_suspended(tx: &mut Tx, mut row: MeasureRow, suspended: bool) -> WorkResult<()> {
    let today = tx.ctx.today;
    let since = row.suspended_on.replace(today);
    if !suspended {
        row.suspended_on = None;
    }
    // The time of the suspension does not count against the due date.
    if let (Some(since), MeasureState::Approved, false) = (since, row.state, suspended) {
        let calendar = calendar::work_calendar(tx.conn, &row.county)?;
        let left = calendar.working_days_between(since, row.due_on);
        row.due_on = row.due_on.max(calendar.add_working_days(today, left));
    }
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, &row)?;
    let kind = if suspended { "measure.suspended" } else { "measure.resumed" };
    record(tx, &row, kind, json!({ "suspended_on": row.suspended_on }), &())?;
    after(tx).measure_suspended(tx, row.id, row.company_id, row.suspended_on)
}

/// For each proposed measure with final grounds: the day on which the last of them became final, or the day of the
/// measure if it has no violation as a ground. Measures with a ground that is not final are left out.
pub fn final_since(conn: &mut Conn, rows: &[MeasureRow], today: NaiveDate) -> WorkResult<HashMap<Id, NaiveDate>> {
    let proposed: Vec<&MeasureRow> = rows.iter().filter(|row| row.state == MeasureState::Proposed).collect();
    let ids: Vec<Id> = proposed.iter().map(|row| row.id).collect();
    let grounds = store::grounds_of(conn, &ids)?;
    let mut wanted: Vec<Id> = grounds.values().flatten().copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let decided: HashMap<Id, ViolationRow> =
        violations::by_ids(conn, &wanted)?.into_iter().map(|row| (row.id, row)).collect();
    let mut all = HashMap::new();
    for row in proposed {
        let of_row = || grounds.get(&row.id).into_iter().flatten().filter_map(|id| decided.get(id));
        if of_row().all(|one| obstacle(one, today).is_none()) {
            let day = of_row().filter_map(|one| one.appeal_due_on.or(one.decided_on)).max();
            all.insert(row.id, day.unwrap_or(row.created_at.0.date_naive()));
        }
    }
    Ok(all)
}
