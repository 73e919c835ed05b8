//! Inspections as returned to callers. Companies and committees see the offices and their results, but not the plan.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use super::rules::is_inspected;
use super::store;
use crate::access::Role;
use crate::companies;
use crate::complexes;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::policy;
use crate::policy::inspections::Checklist;
use crate::policy::versions::CountyPolicies;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{Officer, StepView, officer, step};
use crate::service::Ctx;

/// Result of one checklist item (检查项结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ItemResultView {
    /// Code of the item.
    #[schema(max_length = 60, example = "fire_lane")]
    pub item: String,
    /// The item in Chinese.
    #[schema(max_length = 100, example = "消防车道畅通")]
    pub item_zh: String,
    /// The item in English.
    #[schema(max_length = 200, example = "Fire lane clear")]
    pub item_en: String,
    pub outcome: ItemOutcome,
    /// The finding; null if there is none.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Photographs and other evidence.
    #[schema(max_items = 10)]
    pub evidence: Vec<Evidence>,
    /// Code of the act as which it can be reported; null if the item has none.
    #[schema(max_length = 80, example = "safety.fire_lane_blocked")]
    pub act: Option<String>,
    /// The hazard created from this item; null if none was.
    pub hazard_id: Option<Id>,
    /// The violation as which it was reported; only for offices.
    pub violation_id: Option<Id>,
}

/// The part of one office in an inspection (单位检查情况).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InspectionPart {
    pub id: Id,
    pub role: Role,
    /// Division of the office.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Code of its checklist.
    #[schema(max_length = 40, example = "safety")]
    pub checklist: String,
    /// The checklist in Chinese.
    #[schema(max_length = 100, example = "安全生产检查表")]
    pub checklist_zh: String,
    /// The checklist in English.
    #[schema(max_length = 200, example = "Safety checklist")]
    pub checklist_en: String,
    pub state: InspectionPartState,
    /// Time of the inspection by the device's clock; null without a result.
    pub inspected_at: Option<Instant>,
    /// Day of the inspection; null without a result.
    pub inspected_on: Option<NaiveDate>,
    /// Number of items passed.
    #[schema(minimum = 0)]
    pub passed: i64,
    /// Number of items failed.
    #[schema(minimum = 0)]
    pub failed: i64,
    /// Number of items not applicable.
    #[schema(minimum = 0)]
    pub not_applicable: i64,
    /// The items: all of them for a single inspection, only failed ones in a list.
    #[schema(max_items = 100)]
    pub items: Vec<ItemResultView>,
    /// General note on the inspection.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    pub submitted_by: Option<Officer>,
    pub submitted_at: Option<Instant>,
    /// Policy version whose checklist applies.
    #[schema(minimum = 1)]
    pub policy_version: i64,
}

/// An inspection of a complex (检查), with the part of each office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Inspection {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: InspectionState,
    /// False for an unplanned inspection, which its result created.
    pub planned: bool,
    /// True if the planned day has passed and a result is missing.
    pub overdue: bool,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// The company that served on the day of the inspection; null if none did.
    pub company_id: Option<Id>,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Planned day; for an unplanned inspection, its own day.
    pub planned_on: NaiveDate,
    /// Day of the last result; null while results are missing.
    pub done_on: Option<NaiveDate>,
    /// Purpose of the inspection.
    #[schema(max_length = 500)]
    pub purpose: Option<String>,
    /// The offices and their results; companies and committees see only parts with a result.
    #[schema(max_items = 8)]
    pub parts: Vec<InspectionPart>,
    pub planned_by: Officer,
    pub cancellation: Option<StepView>,
    /// Policy version under which it was planned.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

pub fn checklist_of<'a>(policies: &'a CountyPolicies, version: i64, code: &str) -> Option<&'a Checklist> {
    policies.get(version)?.document().inspections.checklist(code)
}

/// One inspection, with all items of its results.
pub fn entity(conn: &mut Conn, ctx: &Ctx, row: InspectionRow) -> WorkResult<Entity<Inspection>> {
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(conn, ctx, row)?))
}

pub fn view(conn: &mut Conn, ctx: &Ctx, row: InspectionRow) -> WorkResult<Inspection> {
    Ok(all(conn, ctx, vec![row], true)?
        .pop()
        .ok_or_else(|| Problem::broken("an inspection that was read has no view"))?)
}

/// Inspections with their failed items only.
pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<InspectionRow>) -> WorkResult<Vec<Inspection>> {
    all(conn, ctx, rows, false)
}

fn all(conn: &mut Conn, ctx: &Ctx, rows: Vec<InspectionRow>, whole: bool) -> WorkResult<Vec<Inspection>> {
    let mut parts = store::parts_of(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let companies = companies::names_of(conn, &rows.iter().filter_map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().map(|row| row.complex_id).collect::<Vec<_>>())?;
    let policies = policy::all(conn, &ctx.state)?;
    let one = |row: InspectionRow| one(ctx, &policies, row, &mut parts, &companies, &complexes, whole);
    Ok(rows.into_iter().map(one).collect())
}

fn one(
    ctx: &Ctx,
    policies: &CountyPolicies,
    row: InspectionRow,
    parts: &mut HashMap<Id, Vec<PartRow>>,
    companies: &HashMap<Id, (String, String)>,
    complexes: &HashMap<Id, String>,
    whole: bool,
) -> Inspection {
    let parts = parts.remove(&row.id).unwrap_or_default();
    let row = if is_inspected(ctx.caller.role) { without_plan(row, &parts) } else { row };
    let parts = parts.into_iter().filter(|part| part.is_done() || !is_inspected(ctx.caller.role));
    Inspection {
        state: row.state,
        overdue: row.is_open() && row.planned_on < ctx.today,
        complex_name: complexes.get(&row.complex_id).cloned().unwrap_or_default(),
        company_name: row.company_id.and_then(|id| companies.get(&id)).map(|(name, _)| name.clone()),
        parts: parts.map(|part| part_view(ctx, policies, part, whole)).collect(),
        planned_by: officer(ctx, row.planned_by.0),
        cancellation: row.cancellation.0.map(|one| step(ctx, one)),
        id: row.id,
        version: row.version,
        planned: row.planned,
        complex_id: row.complex_id,
        company_id: row.company_id,
        county: row.county,
        township: row.township,
        community: row.community,
        planned_on: row.planned_on,
        done_on: row.done_on,
        purpose: row.purpose,
        policy_version: row.policy_version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// An inspection as companies and committees see it: only what was carried out. It hides the plan and its purpose,
/// missing results, a cancellation, and the time at which a finding was reported.
fn without_plan(mut row: InspectionRow, parts: &[PartRow]) -> InspectionRow {
    let done = || parts.iter().filter(|part| part.is_done());
    let days = || done().filter_map(|part| part.inspected_on);
    row.state = InspectionState::Done;
    row.planned_on = days().min().unwrap_or(row.planned_on);
    row.done_on = days().max();
    row.purpose = None;
    row.cancellation.0 = None;
    row.version = done().count() as i64;
    row.updated_at = done().filter_map(|part| part.submitted_at).max().unwrap_or(row.created_at);
    row
}

fn part_view(ctx: &Ctx, policies: &CountyPolicies, part: PartRow, whole: bool) -> InspectionPart {
    let checklist = checklist_of(policies, part.policy_version, &part.checklist);
    let items = part.result.0.items.iter().filter(|item| whole || item.outcome == ItemOutcome::Fail).cloned();
    let items = items.map(|found| {
        let item = checklist.and_then(|list| list.item(&found.item));
        ItemResultView {
            item_zh: item.map(|one| one.title_zh.clone()).unwrap_or_default(),
            item_en: item.map(|one| one.title_en.clone()).unwrap_or_default(),
            act: item.and_then(|one| one.act.clone()),
            item: found.item,
            outcome: found.outcome,
            note: found.note,
            evidence: found.evidence,
            hazard_id: found.hazard_id,
            violation_id: found.violation_id.filter(|_| !is_inspected(ctx.caller.role)),
        }
    });
    InspectionPart {
        role: part.role,
        checklist_zh: checklist.map(|list| list.title_zh.clone()).unwrap_or_default(),
        checklist_en: checklist.map(|list| list.title_en.clone()).unwrap_or_default(),
        state: part.state,
        items: items.collect(),
        note: part.result.0.note.clone(),
        submitted_by: part.submitted_by.0.map(|by| officer(ctx, by)),
        id: part.id,
        division: part.division,
        checklist: part.checklist,
        inspected_at: part.inspected_at,
        inspected_on: part.inspected_on,
        passed: part.passed,
        failed: part.failed,
        not_applicable: part.not_applicable,
        submitted_at: part.submitted_at,
        policy_version: part.policy_version,
    }
}
