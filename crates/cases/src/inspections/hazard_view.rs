//! Hazards as a caller sees them.

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
    /// What happened to a hazard (隐患办理环节).
    #[schema(example = "rectification")]
    pub enum HazardStepKind {
        Rectification "rectification" "整改反馈" "What the company did"
        Recheck "recheck" "复查" "Re-check"
        Extension "extension" "延期" "Extension"
    }
}

/// A step of a hazard after it was found (隐患办理记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HazardStepView {
    pub kind: HazardStepKind,
    /// What a re-check came to.
    pub outcome: Option<RecheckOutcome>,
    /// What was done, or the reasons.
    #[schema(max_length = 3000)]
    pub text: String,
    /// Its evidence.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
    /// The new last day, where it set one.
    pub due_on: Option<NaiveDate>,
    /// The company that rectified.
    pub company_id: Option<Id>,
    /// Day of the step.
    pub on: NaiveDate,
    pub at: Instant,
    pub by: Officer,
}

/// A hazard (隐患): an item that failed and is to be rectified. It goes with the complex.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hazard {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: HazardState,
    pub severity: HazardSeverity,
    /// Open, and its last day is over.
    pub overdue: bool,
    /// A deadline of it passed without its rectification, now or before.
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
    /// What was seen.
    #[schema(max_length = 1000)]
    pub description: String,
    /// Photographs and the like, as the result holds them.
    #[schema(max_items = 10)]
    pub evidence: Vec<Evidence>,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// The company that served when it was found (发现时的服务企业).
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
    /// Division of the office.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Day on which it was found.
    pub found_on: NaiveDate,
    /// Last day for its rectification.
    pub due_on: NaiveDate,
    /// Years up to that day whose arrangement of holidays is not on file (尚无节假日安排的年份): until it is, the day may move to
    /// a later one.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    /// Day of the rectification that stands.
    pub rectified_on: Option<NaiveDate>,
    /// Day on which it was closed.
    pub closed_on: Option<NaiveDate>,
    /// What happened since, oldest first.
    #[schema(max_items = 1000)]
    pub steps: Vec<HazardStepView>,
    /// Version of the policy that its deadline is by.
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
