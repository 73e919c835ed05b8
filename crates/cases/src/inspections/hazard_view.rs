//! Hazards as returned to callers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use super::rules;
use super::view::checklist_of;
use crate::access::Role;
use crate::calendar;
use crate::coded_enum;
use crate::companies;
use crate::complexes;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::policy;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{Officer, officer};
use crate::service::Ctx;

coded_enum! {
    /// Kind of a step of a hazard (隐患办理环节).
    #[schema(example = "rectification")]
    pub enum HazardStepKind {
        Rectification "rectification" "整改反馈" "Rectification report"
        Recheck "recheck" "复查" "Re-check"
        Extension "extension" "延期" "Extension"
    }
}

/// A step in the handling of a hazard (隐患办理记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HazardStepView {
    pub kind: HazardStepKind,
    /// Outcome of a re-check; null for other steps.
    pub outcome: Option<RecheckOutcome>,
    /// What was done, or the reasons of the office.
    #[schema(max_length = 3000)]
    pub text: String,
    /// Evidence of the step.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
    /// The new deadline; null if the step set none.
    pub due_on: Option<NaiveDate>,
    /// The company that rectified; null for steps of an office.
    pub company_id: Option<Id>,
    /// Day of the step.
    pub on: NaiveDate,
    pub at: Instant,
    pub by: Officer,
}

/// A hazard (隐患): a failed item that must be rectified. It stays with the complex when the company changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hazard {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: HazardState,
    pub severity: HazardSeverity,
    /// Overdue: true if it is not rectified and its deadline has passed.
    pub overdue: bool,
    /// True if a deadline ever passed before the rectification.
    pub missed: bool,
    pub inspection_id: Id,
    pub part_id: Id,
    /// Code of the checklist.
    #[schema(max_length = 40, example = "safety")]
    pub checklist: String,
    /// Code of the item that failed.
    #[schema(max_length = 60, example = "fire_lane")]
    pub item: String,
    /// The item in Chinese.
    #[schema(max_length = 100, example = "消防车道畅通")]
    pub item_zh: String,
    /// The item in English.
    #[schema(max_length = 200, example = "Fire lane clear")]
    pub item_en: String,
    /// The note of the failed item.
    #[schema(max_length = 1000)]
    pub description: String,
    /// Photographs and other evidence from the result.
    #[schema(max_items = 10)]
    pub evidence: Vec<Evidence>,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// The company that served the complex when the hazard was found (发现时的服务企业); null if none did.
    pub company_id: Option<Id>,
    /// Name of that company.
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
    /// The office that found it.
    pub role: Role,
    /// Division of that office.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Day found.
    pub found_on: NaiveDate,
    /// Deadline for the rectification.
    pub due_on: NaiveDate,
    /// Years before the deadline whose public holidays are not in the calendar yet (尚无节假日安排的年份). Until they are, the
    /// deadline may move to a later day.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    /// Day of the current rectification; null if not rectified.
    pub rectified_on: Option<NaiveDate>,
    /// Date of closing; null if not closed.
    pub closed_on: Option<NaiveDate>,
    /// Steps since it was found, oldest first.
    #[schema(max_items = 1000)]
    pub steps: Vec<HazardStepView>,
    /// Policy version whose checklist applies.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

fn step(ctx: &Ctx, step: HazardStep) -> HazardStepView {
    match step {
        HazardStep::Rectification { text, evidence, company_id, on, at, by } => HazardStepView {
            kind: HazardStepKind::Rectification,
            outcome: None,
            text,
            evidence,
            due_on: None,
            company_id: Some(company_id),
            on,
            at,
            by: officer(ctx, by),
        },
        HazardStep::Recheck { outcome, text, evidence, due_on, on, at, by } => HazardStepView {
            kind: HazardStepKind::Recheck,
            outcome: Some(outcome),
            text,
            evidence,
            due_on,
            company_id: None,
            on,
            at,
            by: officer(ctx, by),
        },
        HazardStep::Extension { text, due_on, on, at, by } => HazardStepView {
            kind: HazardStepKind::Extension,
            outcome: None,
            text,
            evidence: Vec::new(),
            due_on: Some(due_on),
            company_id: None,
            on,
            at,
            by: officer(ctx, by),
        },
    }
}

pub fn entity(conn: &mut Conn, ctx: &Ctx, row: HazardRow) -> WorkResult<Entity<Hazard>> {
    let (id, version) = (row.id, row.version);
    let view =
        views(conn, ctx, vec![row])?.pop().ok_or_else(|| Problem::broken("a hazard that was read has no view"))?;
    Ok(Entity::new(id, version, view))
}

pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<HazardRow>) -> WorkResult<Vec<Hazard>> {
    let companies = companies::names_of(conn, &rows.iter().filter_map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().map(|row| row.complex_id).collect::<Vec<_>>())?;
    let policies = policy::all(conn, &ctx.state)?;
    let mut view = |row: HazardRow| -> WorkResult<Hazard> {
        let missing = calendar::missing_until(conn, ctx, &row.county, [Some(row.due_on)])?;
        let item = checklist_of(&policies, row.policy_version, &row.checklist).and_then(|list| list.item(&row.item));
        let state = row.state;
        Ok(Hazard {
            state,
            severity: row.severity,
            overdue: rules::is_overdue(state, row.due_on, ctx.today),
            missed: row.missed || rules::is_overdue(state, row.due_on, ctx.today),
            item_zh: item.map(|one| one.title_zh.clone()).unwrap_or_default(),
            item_en: item.map(|one| one.title_en.clone()).unwrap_or_default(),
            complex_name: complexes.get(&row.complex_id).cloned().unwrap_or_default(),
            company_name: row.company_id.and_then(|id| companies.get(&id)).map(|(name, _)| name.clone()),
            role: row.role,
            steps: row.steps.0.into_iter().map(|one| step(ctx, one)).collect(),
            id: row.id,
            version: row.version,
            inspection_id: row.inspection_id,
            part_id: row.part_id,
            checklist: row.checklist,
            item: row.item,
            description: row.description,
            evidence: row.evidence.0,
            complex_id: row.complex_id,
            company_id: row.company_id,
            county: row.county,
            township: row.township,
            community: row.community,
            division: row.division,
            found_on: row.found_on,
            due_on: row.due_on,
            calendar_missing: missing,
            rectified_on: row.rectified_on,
            closed_on: row.closed_on,
            policy_version: row.policy_version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    };
    rows.into_iter().map(&mut view).collect()
}
