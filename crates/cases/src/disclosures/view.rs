//! Disclosures as returned to callers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use super::price_rules::PriceFinding;
use super::state_rules::{Assessment, CurrentService};
use super::store;
use crate::companies;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{Officer, officer};
use crate::service::Ctx;

/// A verification (核验).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VerificationView {
    pub outcome: VerificationOutcome,
    /// Reasons; null if none were given.
    #[schema(max_length = 2000)]
    pub reasons: Option<String>,
    pub at: Instant,
    pub by: Officer,
}

/// One version of a disclosure (公开版本).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DisclosureVersion {
    pub id: Id,
    /// Number of the version, from 1, counted per kind, complex and company.
    #[schema(minimum = 1)]
    pub number: i64,
    pub kind: DisclosureKind,
    pub complex_id: Id,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    pub state: VersionState,
    /// True for the newest version; for a kind disclosed by period, for the newest of its period.
    pub is_current: bool,
    /// Day on which it was posted on the notice board (公示日期).
    pub published_on: NaiveDate,
    /// First day of its period; null for a kind that is not disclosed by period.
    pub period_from: Option<NaiveDate>,
    /// Last day of its period; null for a kind that is not disclosed by period.
    pub period_to: Option<NaiveDate>,
    pub content: DisclosureContent,
    /// Proof, such as a photograph of the notice board.
    #[schema(max_items = 20)]
    pub proof: Vec<Evidence>,
    /// Prices that do not match the filed contract: the one in force today for a current disclosure, the one in force
    /// on the day of submission in the list of versions.
    #[schema(max_items = 100)]
    pub findings: Vec<PriceFinding>,
    /// The contract with which the prices were compared; null if none was filed and in force.
    pub compared_with: Option<Id>,
    /// Date of submission.
    pub submitted_on: NaiveDate,
    pub verification: Option<VerificationView>,
    /// Date of verification.
    pub verified_on: Option<NaiveDate>,
    /// Day on which another version replaced it.
    pub replaced_on: Option<NaiveDate>,
    /// Policy version under which it was submitted.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// State of one of the six disclosures (公开状态).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DisclosureStatus {
    pub kind: DisclosureKind,
    pub state: DisclosureState,
    pub complex_id: Id,
    /// The company that serves the complex today.
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Due date of the next disclosure; null for a kind that is disclosed once and has been.
    pub due_on: Option<NaiveDate>,
    /// First day of the period to be disclosed by the due date.
    pub due_period_from: Option<NaiveDate>,
    /// Last day of the period to be disclosed by the due date.
    pub due_period_to: Option<NaiveDate>,
    /// Day since which it is overdue or rejected.
    pub since: Option<NaiveDate>,
    /// Number of the version that the state describes; null if there is none.
    #[schema(minimum = 1)]
    pub number: Option<i64>,
    /// Day on which that version was posted on the notice board.
    pub published_on: Option<NaiveDate>,
    /// Last day of that version's period.
    pub period_to: Option<NaiveDate>,
    /// Day on which that version was verified.
    pub verified_on: Option<NaiveDate>,
    /// Years before the due date whose public holidays are not in the calendar yet (尚无节假日安排的年份). Until they are, the
    /// due date may move to a later day.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
}

/// One of the six disclosures of a complex (公开事项), with its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Disclosure {
    pub status: DisclosureStatus,
    /// The version that the state describes; null if there is none.
    pub current: Option<DisclosureVersion>,
    /// The last verified version, if it is another one. The public sees it until the current version is verified.
    pub in_effect: Option<DisclosureVersion>,
}

pub fn status(
    kind: DisclosureKind,
    complex: Id,
    serving: CurrentService,
    company_name: String,
    assessment: &Assessment,
    rows: &[DisclosureRow],
) -> DisclosureStatus {
    let version = assessment.version.and_then(|id| rows.iter().find(|row| row.id == id));
    DisclosureStatus {
        kind,
        state: assessment.state,
        complex_id: complex,
        company_id: serving.company_id,
        company_name,
        due_on: assessment.due_on,
        due_period_from: assessment.period.map(|period| period.from),
        due_period_to: assessment.period.map(|period| period.to),
        since: assessment.since,
        number: version.map(|row| row.number),
        published_on: version.map(|row| row.published_on),
        period_to: version.and_then(|row| row.period_to),
        verified_on: version.and_then(|row| row.verified_on),
        calendar_missing: Vec::new(),
    }
}

/// Versions with their contents and stored findings.
pub fn versions(conn: &mut Conn, ctx: &Ctx, rows: Vec<DisclosureRow>) -> WorkResult<Vec<DisclosureVersion>> {
    let mut said = store::contents_of(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let names = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    rows.into_iter()
        .map(|row| {
            let said = said.remove(&row.id).ok_or_else(|| Problem::broken("a disclosure has no content"))?;
            let name = names.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
            let findings = (said.findings.0.clone(), row.compared_with);
            Ok(version(ctx, row, said, name, findings))
        })
        .collect()
}

/// One version, compared with the contract in force today.
pub fn version_today(conn: &mut Conn, ctx: &Ctx, row: DisclosureRow) -> WorkResult<DisclosureVersion> {
    let said = store::content(conn, row.id)?;
    let findings = store::findings(conn, &row, &said, ctx.today)?;
    let names = companies::names_of(conn, &[row.company_id])?;
    let name = names.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
    Ok(version(ctx, row, said, name, findings))
}

fn version(
    ctx: &Ctx,
    row: DisclosureRow,
    said: ContentRow,
    company_name: String,
    (findings, compared_with): (Vec<PriceFinding>, Option<Id>),
) -> DisclosureVersion {
    DisclosureVersion {
        kind: row.kind,
        state: row.state,
        company_name,
        content: said.content.0,
        proof: said.proof.0,
        findings,
        compared_with,
        verification: said.verification.0.map(|one| VerificationView {
            outcome: one.outcome,
            reasons: one.reasons,
            at: one.at,
            by: officer(ctx, one.by),
        }),
        id: row.id,
        number: row.number,
        complex_id: row.complex_id,
        company_id: row.company_id,
        is_current: row.is_current,
        published_on: row.published_on,
        period_from: row.period_from,
        period_to: row.period_to,
        submitted_on: row.submitted_on,
        verified_on: row.verified_on,
        replaced_on: row.replaced_on,
        policy_version: row.policy_version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
