//! Inbox items of inspections and hazards.

use chrono::NaiveDate;

use super::model::InboxKind;
use super::rules;
use super::tasks::{PendingItem, Task, Timing, sees_to_offices};
use crate::access::Role;
use crate::complexes;
use crate::db::{Conn, Id, WorkResult};
use crate::inspections::model::{HazardRow, PartRow};
use crate::inspections::view::checklist_of;
use crate::inspections::{hazard_store, store};
use crate::policy;
use crate::policy::inspections::INSPECTORS;
use crate::policy::versions::CountyPolicies;
use crate::service::Ctx;
use crate::standing::model::OfficeRef;

/// An inspection or a hazard with a pending step.
pub struct Inspecting {
    pub kind: &'static str,
    pub id: Id,
    pub href: String,
    pub about: String,
    pub titles: (String, String),
    pub company: Option<Id>,
    pub complex: Id,
    pub waiting: (InboxKind, Option<NaiveDate>),
    /// For a caller above the office: the overdue step.
    pub seen: Option<PendingItem>,
}

/// Pending inspections and hazards: to inspect, re-check or follow up for an office, to rectify for a company.
pub fn waiting(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<Inspecting>> {
    let role = ctx.caller.role;
    let policies = policy::all(conn, &ctx.state)?;
    if role == Role::PropertyCompany {
        let mut rows = hazard_store::open(conn, &ctx.scope, at_most)?;
        let complexes: Vec<Id> = rows.iter().map(|row| row.complex_id).collect();
        let serving = complexes::services_in_force(conn, &ctx.scope, &complexes, ctx.today)?;
        rows.retain(|row| serving.contains_key(&row.complex_id));
        return Ok(rows.into_iter().map(|row| hazard(&policies, row, InboxKind::RectifyHazard)).collect());
    }
    let mut all = late_with_others(conn, ctx, &policies, timing, at_most)?;
    if !INSPECTORS.contains(&role) {
        return Ok(all);
    }
    let division = ctx.caller.division.as_deref().unwrap_or_default();
    let visits = store::waiting(conn, &ctx.scope, role, division, at_most)?;
    for part in visits {
        all.push(visit(&policies, part));
    }
    let rows = hazard_store::of_office(conn, ctx, role, division, at_most)?;
    let complexes: Vec<Id> = rows.iter().map(|row| row.complex_id).collect();
    let serving = complexes::services_in_force(conn, &ctx.scope, &complexes, ctx.today)?;
    for row in rows {
        let (late, served) = (row.due_on < ctx.today, serving.contains_key(&row.complex_id));
        let Some(kind) = rules::of_hazard(row.state, late, served) else { continue };
        let rectified_on = row.rectified_on;
        let mut one = hazard(&policies, row, kind);
        if let (InboxKind::RecheckHazard, Some(day)) = (kind, rectified_on) {
            one.waiting.1 = timing.days_after(day, timing.rules.recheck_hazard_working_days);
        }
        all.push(one);
    }
    Ok(all)
}

/// Overdue re-checks and planned inspections of other offices, for the callers above them.
fn late_with_others(
    conn: &mut Conn,
    ctx: &Ctx,
    policies: &CountyPolicies,
    timing: &Timing,
    at_most: i64,
) -> WorkResult<Vec<Inspecting>> {
    let mut all = Vec::new();
    if !sees_to_offices(ctx.caller.role) {
        return Ok(all);
    }
    let supervised = |kind, role, division: &str, due_on| {
        let office = OfficeRef { role, division: division.to_owned() };
        timing.supervised_by(Task { kind, office, due_on }, &ctx.caller)
    };
    for row in hazard_store::rectified(conn, &ctx.scope, at_most)? {
        let Some(day) = row.rectified_on else { continue };
        let due_on = timing.days_after(day, timing.rules.recheck_hazard_working_days);
        if let Some(seen) = supervised(InboxKind::RecheckHazard, row.role, &row.division, due_on) {
            all.push(Inspecting { seen: Some(seen), ..hazard(policies, row, InboxKind::RecheckHazard) });
        }
    }
    for part in store::overdue(conn, &ctx.scope, ctx.today, at_most)? {
        let due_on = Some(part.planned_on);
        if let Some(seen) = supervised(InboxKind::CarryOutInspection, part.role, &part.division, due_on) {
            all.push(Inspecting { seen: Some(seen), ..visit(policies, part) });
        }
    }
    Ok(all)
}

fn visit(policies: &CountyPolicies, part: PartRow) -> Inspecting {
    let list = checklist_of(policies, part.policy_version, &part.checklist);
    Inspecting {
        kind: "inspection",
        id: part.inspection_id,
        href: format!("/v1/inspections/{}", part.inspection_id),
        titles: list.map(|one| (one.title_zh.clone(), one.title_en.clone())).unwrap_or_default(),
        about: part.checklist,
        company: part.company_id,
        complex: part.complex_id,
        waiting: (InboxKind::CarryOutInspection, Some(part.planned_on)),
        seen: None,
    }
}

fn hazard(policies: &CountyPolicies, row: HazardRow, kind: InboxKind) -> Inspecting {
    let item = checklist_of(policies, row.policy_version, &row.checklist).and_then(|list| list.item(&row.item));
    // A re-check has a deadline of its own, which is not that of the hazard.
    let due_on = Some(row.due_on).filter(|_| kind != InboxKind::RecheckHazard);
    Inspecting {
        kind: "hazard",
        id: row.id,
        href: format!("/v1/hazards/{}", row.id),
        titles: item.map(|one| (one.title_zh.clone(), one.title_en.clone())).unwrap_or_default(),
        about: row.item,
        company: row.company_id,
        complex: row.complex_id,
        waiting: (kind, due_on),
        seen: None,
    }
}
