//! Violations as returned to a caller. A company sees its case from the notice on; companies and committees never see
//! who reported it.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use crate::access::Role;
use crate::access::role::RoleKind;
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::complexes::model::Point;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::due_process::is_unopened;
use crate::policy;
use crate::policy::model::ActSubject;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{
    DeliveryView, NoticeView, Officer, StatementView, StepView, delivery, notification, officer, statement, step,
};
use crate::service::Ctx;

/// Confirmation of a violation (认定).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConfirmationView {
    /// Reasons for the confirmation.
    #[schema(max_length = 5000)]
    pub reasons: String,
    /// Why the decision did not wait for the end of the statement period (紧急情形); null if it was not urgent.
    #[schema(max_length = 1000)]
    pub urgent_reason: Option<String>,
    /// Policy version that governs the violation.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub at: Instant,
    pub by: Officer,
}

/// Decision on an appeal (申诉决定).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AppealDecisionView {
    pub outcome: AppealOutcome,
    /// Reasons for the decision.
    #[schema(max_length = 5000)]
    pub reasons: String,
    /// True if the body that confirmed the violation decided the appeal, through another person, because this system
    /// has no higher body (由同一机关另行指定人员决定).
    pub same_body: bool,
    pub at: Instant,
    pub by: Officer,
}

/// A violation (违规行为) with every step of its case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Violation {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: ViolationState,
    /// Code of the regulated act (受监管行为).
    #[schema(max_length = 80, example = "nine.staff_not_in_uniform")]
    pub act: String,
    /// Title of the act in Chinese.
    #[schema(max_length = 300, example = "从业人员不按岗位统一着装")]
    pub act_zh: String,
    /// Title of the act in English.
    #[schema(max_length = 300, example = "Staff not in the uniform of their post")]
    pub act_en: String,
    /// Clause of the nine prohibitions (“九不准”条款); null for other acts.
    #[schema(minimum = 1, maximum = 9)]
    pub clause: Option<i64>,
    pub subject: ActSubject,
    /// Name of the organisation, if the subject is not a property service company.
    #[schema(max_length = 200)]
    pub subject_name: Option<String>,
    pub company_id: Option<Id>,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
    pub complex_id: Option<Id>,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: Option<String>,
    /// Code of the county, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Code of the township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Code of the community, 12 digits; null if the place is recorded for the township as a whole.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    /// Point of a place outside a complex, WGS 84.
    pub point: Option<Point>,
    /// Lead office of the act (牵头单位). It or the social affairs office handles the case.
    pub lead_role: Role,
    /// Day found (发现日期).
    pub found_on: NaiveDate,
    pub reported_at: Instant,
    /// Person who reported it; null for callers of a company or committee.
    pub reporter: Option<Officer>,
    pub source: ViolationSource,
    /// Description of the facts found.
    #[schema(max_length = 5000)]
    pub description: String,
    /// Evidence (证据).
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    /// Why this is a different fact from one already recorded under an overlapping act.
    #[schema(max_length = 1000)]
    pub distinct_fact_reason: Option<String>,
    /// True if the reporting company stopped the act and reported it in time (Civil Code 942).
    pub stopped_and_reported: bool,
    /// Policy version that governs the violation: the one in force on the day found.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// True for a company or a committee while a notice or decision has not been delivered; its content is then empty.
    /// The company opens it with `GET /v1/violations/{id}`.
    pub unopened: bool,
    pub notification: Option<NoticeView>,
    pub delivery: Option<DeliveryView>,
    /// Last day for the company's statement (陈述申辩); null until the notice is delivered.
    pub statement_due_on: Option<NaiveDate>,
    pub statement: Option<StatementView>,
    pub statement_answer: Option<StepView>,
    pub confirmation: Option<ConfirmationView>,
    pub dismissal: Option<StepView>,
    /// Delivery of the confirmation. The appeal period starts with it.
    pub decision_delivery: Option<DeliveryView>,
    /// Last day for an appeal (申诉); null until the confirmation is delivered.
    pub appeal_due_on: Option<NaiveDate>,
    /// Years up to these deadlines without a recorded holiday arrangement (尚无节假日安排的年份). The deadlines may move to later
    /// days when it is recorded.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    pub appeal: Option<StatementView>,
    pub appeal_decision: Option<AppealDecisionView>,
    pub revocation: Option<StepView>,
    /// Day of confirmation; null while not confirmed.
    pub decided_on: Option<NaiveDate>,
    /// Day of revocation; null if not revoked.
    pub revoked_on: Option<NaiveDate>,
    /// Day on which the rectification order was complied with; null unless it was in time.
    pub rectified_on: Option<NaiveDate>,
    pub updated_at: Instant,
}

/// Makes the views of these rows for the caller.
pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<ViolationRow>) -> WorkResult<Vec<Violation>> {
    let companies = companies::names_of(conn, &rows.iter().filter_map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().filter_map(|row| row.complex_id).collect::<Vec<_>>())?;
    let versions: Vec<i64> = rows.iter().map(|row| row.policy_version).collect();
    let policies = policy::holding(conn, &ctx.state, &versions)?;
    rows.into_iter()
        .map(|row| {
            let act = policies.get(row.policy_version).and_then(|version| version.act(&row.act));
            let titles = act.map(|act| (act.title_zh.clone(), act.title_en.clone())).unwrap_or_default();
            let missing = calendar::missing_until(conn, ctx, &row.county, [row.statement_due_on, row.appeal_due_on])?;
            Ok(Violation { calendar_missing: missing, ..one(ctx, row, &companies, &complexes, titles)? })
        })
        .collect()
}

pub fn view(conn: &mut Conn, ctx: &Ctx, row: ViolationRow) -> WorkResult<Violation> {
    let mut all = views(conn, ctx, vec![row])?;
    Ok(all.pop().ok_or_else(|| Problem::broken("a violation that was read has no view"))?)
}

fn one(
    ctx: &Ctx,
    row: ViolationRow,
    companies: &HashMap<Id, (String, String)>,
    complexes: &HashMap<Id, String>,
    (act_zh, act_en): (String, String),
) -> WorkResult<Violation> {
    let hides_reporter = matches!(ctx.caller.role.row().kind, RoleKind::Company | RoleKind::Committee);
    let unopened = is_unopened(ctx, &row);
    let Proceedings {
        notification: noticed,
        delivery: delivered,
        statement: said,
        statement_answer,
        confirmation,
        decision_delivery,
        dismissal,
        appeal,
        appeal_decision,
        revocation,
    } = row.proceedings.0;
    let Report { by, distinct_fact_reason, stopped_and_reported, point, found_by: _ } = row.report.0;
    Ok(Violation {
        state: row.state,
        subject: row.subject_kind,
        lead_role: row.lead_role,
        source: row.source,
        company_name: row.company_id.and_then(|id| companies.get(&id)).map(|(name, _)| name.clone()),
        complex_name: row.complex_id.and_then(|id| complexes.get(&id)).cloned(),
        community: Some(row.community).filter(|code| !code.is_empty()),
        reporter: Some(officer(ctx, by)).filter(|_| !hides_reporter),
        evidence: if unopened { Vec::new() } else { row.evidence.0 },
        unopened,
        notification: noticed.filter(|_| !unopened).map(|n| notification(ctx, n)),
        delivery: delivered.map(delivery),
        statement: said.map(statement),
        statement_answer: statement_answer.map(|s| step(ctx, s)),
        confirmation: confirmation.filter(|_| !unopened).map(|c| ConfirmationView {
            reasons: c.reasons,
            urgent_reason: c.urgent_reason,
            policy_version: c.policy_version,
            at: c.at,
            by: officer(ctx, c.by),
        }),
        decision_delivery: decision_delivery.map(delivery),
        dismissal: dismissal.map(|s| step(ctx, s)),
        appeal: appeal.map(statement),
        appeal_decision: appeal_decision.map(|d| AppealDecisionView {
            outcome: d.outcome,
            reasons: d.reasons,
            same_body: d.same_body,
            at: d.at,
            by: officer(ctx, d.by),
        }),
        revocation: revocation.map(|s| step(ctx, s)),
        id: row.id,
        version: row.version,
        act: row.act,
        act_zh,
        act_en,
        clause: row.clause,
        subject_name: row.subject_name,
        company_id: row.company_id,
        complex_id: row.complex_id,
        county: row.county,
        township: row.township,
        found_on: row.found_on,
        reported_at: row.reported_at,
        description: if unopened { String::new() } else { row.description },
        distinct_fact_reason,
        stopped_and_reported,
        point,
        policy_version: row.policy_version,
        statement_due_on: row.statement_due_on,
        appeal_due_on: row.appeal_due_on,
        calendar_missing: Vec::new(),
        decided_on: row.decided_on,
        revoked_on: row.revoked_on,
        rectified_on: row.rectified_on,
        updated_at: row.updated_at,
    })
}
