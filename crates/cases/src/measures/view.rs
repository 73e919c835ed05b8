//! Measures as returned to a caller. Grounds outside the caller's territory show only the clause, the day and the
//! division.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use crate::access::role::RoleKind;
use crate::access::{Role, Scope};
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::contracts::model::TerminationGround;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::due_process::is_unopened;
use crate::points::WeightedPoints;
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{
    DeliveryView, NoticeView, Officer, StatementView, StepView, delivery, notification, officer, statement, step,
};
use crate::ratings;
use crate::ratings::model::Star;
use crate::service::Ctx;
use crate::standing::model::{MeasureState, OfficeRef};
use crate::violations::model::ViolationRow;
use crate::violations::store as violations;

/// A violation that is a ground of a measure (依据).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeasureGround {
    /// Id of the violation; null outside the caller's territory.
    pub violation_id: Option<Id>,
    /// Clause of the nine prohibitions (“九不准”条款); null for other acts.
    #[schema(minimum = 1, maximum = 9)]
    pub clause: Option<i64>,
    /// Code of the regulated act (受监管行为).
    #[schema(max_length = 80, example = "nine.coercive_collection")]
    pub act: String,
    /// True if the notice to the company named it. The decision rests on these grounds only.
    pub in_notice: bool,
    /// Day found (发现日期).
    pub found_on: NaiveDate,
    /// Code of the township where it happened, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
}

/// A published rating that is a ground of a removal (依据的星级评定).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingGround {
    pub rating_id: Id,
    /// Name of the rating cycle.
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    pub star: Star,
    /// Total points of the rating.
    pub total: WeightedPoints,
    /// True if the notice to the company named it.
    pub in_notice: bool,
    /// Day of publication.
    pub published_on: NaiveDate,
}

/// Record of a hearing (听证笔录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HearingView {
    /// Day of the hearing (听证日期).
    pub held_on: NaiveDate,
    /// Text of the hearing record.
    #[schema(max_length = 20000)]
    pub record: String,
    pub at: Instant,
    pub by: Officer,
}

/// Completion of a measure (办理结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompletionView {
    /// Day of completion (执行日期).
    pub completed_on: NaiveDate,
    /// Outcome of the measure.
    #[schema(max_length = 5000)]
    pub outcome: String,
    /// Documents that prove the completion.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    /// Termination ground of the contract; null except for a removal.
    pub removal_ground: Option<TerminationGround>,
    /// True if it was completed on or before the due date.
    pub in_time: bool,
    pub at: Instant,
    pub by: Officer,
}

/// Cancellation of a measure (取消).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CancellationView {
    /// Reason in Chinese.
    #[schema(max_length = 5000)]
    pub reason_zh: String,
    /// Reason in English. If an office cancelled the measure, its reasons are in `reason_zh` only.
    #[schema(max_length = 5000)]
    pub reason_en: String,
    /// Revoked violations that were its grounds.
    #[schema(max_items = 1000)]
    pub revoked: Vec<Id>,
    pub at: Instant,
    /// Officer who cancelled it; null if its grounds no longer apply.
    pub by: Option<Officer>,
}

/// A measure (处置措施) with every step of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Measure {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Key that identifies the measure within its company, so that computing the measures again creates no second one.
    #[schema(max_length = 120, example = "removal:019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub key: String,
    pub kind: MeasureKind,
    pub state: MeasureState,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    pub complex_id: Option<Id>,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: Option<String>,
    /// The one violation that a deduction, order or referral is about; null for other kinds.
    pub violation_id: Option<Id>,
    /// Responsible office (责任单位).
    pub office: OfficeRef,
    /// Role that approves it; null if it needs no approval.
    pub approver_role: Option<Role>,
    /// Ladder level, 1 to 4; null if the ladder did not call for it.
    #[schema(minimum = 1, maximum = 4)]
    pub level: Option<i64>,
    /// Legal basis (法律依据), if any.
    #[schema(max_length = 300)]
    pub legal_basis: Option<String>,
    /// Policy version that called for it.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// Reason in Chinese.
    #[schema(max_length = 5000)]
    pub reason_zh: String,
    /// Reason in English.
    #[schema(max_length = 5000)]
    pub reason_en: String,
    /// Last day to complete it (办理期限).
    pub due_on: NaiveDate,
    /// True if it is open, not suspended, and its due date has passed.
    pub overdue: bool,
    /// Day since which an appeal against one of its grounds suspends it (中止执行); null if it is not suspended.
    pub suspended_on: Option<NaiveDate>,
    /// Violations that are its grounds.
    #[schema(max_items = 10000)]
    pub grounds: Vec<MeasureGround>,
    /// Published ratings that are its grounds.
    #[schema(max_items = 100)]
    pub rating_grounds: Vec<RatingGround>,
    /// True for a company or a committee while the notice has not been delivered; its content is then empty. The
    /// company opens it with `GET /v1/measures/{id}`.
    pub unopened: bool,
    /// The completed measure that this task reverses (撤回执行).
    pub reverses: Option<Id>,
    pub notification: Option<NoticeView>,
    pub delivery: Option<DeliveryView>,
    pub statement: Option<StatementView>,
    /// Answer of the office to the statement. The decision is possible only after it.
    pub statement_answer: Option<StepView>,
    /// Last day for a statement and a hearing request; null until the notice is delivered.
    pub hearing_request_due_on: Option<NaiveDate>,
    /// Years up to these deadlines without a recorded holiday arrangement (尚无节假日安排的年份). The deadlines may move to later
    /// days when it is recorded.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    pub hearing_request: Option<StepView>,
    pub hearing: Option<HearingView>,
    pub approval: Option<StepView>,
    pub rejection: Option<StepView>,
    pub completion: Option<CompletionView>,
    pub cancellation: Option<CancellationView>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// True if the caller may see the whole violation: a company its own, offices those of their territory.
pub(super) fn sees(ctx: &Ctx, row: &ViolationRow) -> bool {
    match &ctx.scope {
        Scope::Company(_) => true,
        Scope::Complex(id) => row.complex_id == Some(*id),
        Scope::Assigned { .. } => {
            ctx.caller.role.row().kind != RoleKind::Utility
                && ctx.scope.contains(&row.county, &row.township, &row.community)
        }
        scope => scope.contains(&row.county, &row.township, &row.community),
    }
}

pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<MeasureRow>) -> WorkResult<Vec<Measure>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut grounds = super::store::grounds_of(conn, &ids)?;
    let mut by_ratings = super::store::rating_grounds_of(conn, &ids)?;
    let cited: Vec<Id> = by_ratings.values().flatten().copied().collect();
    let cited = ratings::cited(conn, &cited)?;
    let mut wanted: Vec<Id> = grounds.values().flatten().copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let violations: std::collections::HashMap<Id, ViolationRow> =
        violations::by_ids(conn, &wanted)?.into_iter().map(|row| (row.id, row)).collect();
    let companies = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().filter_map(|row| row.complex_id).collect::<Vec<_>>())?;
    rows.into_iter()
        .map(|row| {
            let grounds = grounds
                .remove(&row.id)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|id| violations.get(&id))
                .map(|v| MeasureGround {
                    violation_id: Some(v.id).filter(|_| sees(ctx, v)),
                    clause: v.clause,
                    act: v.act.clone(),
                    in_notice: row.proceedings.0.notified_grounds.contains(&v.id),
                    found_on: v.found_on,
                    township: v.township.clone(),
                })
                .collect();
            let held = by_ratings.remove(&row.id).unwrap_or_default();
            let rating_grounds = cited
                .iter()
                .filter(|one| held.contains(&one.id))
                .map(|one| RatingGround {
                    rating_id: one.id,
                    cycle_name: one.cycle_name.clone(),
                    star: one.star,
                    total: one.total,
                    in_notice: row.proceedings.0.notified_grounds.contains(&one.id),
                    published_on: one.published_on,
                })
                .collect();
            let company_name = companies.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
            let complex_name = row.complex_id.and_then(|id| complexes.get(&id)).cloned();
            let missing =
                calendar::missing_until(conn, ctx, &row.county, [Some(row.due_on), row.hearing_request_due_on])?;
            let view = one(ctx, row, (grounds, rating_grounds), company_name, complex_name)?;
            Ok(Measure { calendar_missing: missing, ..view })
        })
        .collect()
}

pub fn view(conn: &mut Conn, ctx: &Ctx, row: MeasureRow) -> WorkResult<Measure> {
    let mut all = views(conn, ctx, vec![row])?;
    Ok(all.pop().ok_or_else(|| Problem::broken("a measure that was read has no view"))?)
}

fn one(
    ctx: &Ctx,
    row: MeasureRow,
    (grounds, rating_grounds): (Vec<MeasureGround>, Vec<RatingGround>),
    company_name: String,
    complex_name: Option<String>,
) -> WorkResult<Measure> {
    let (kind, state, role) = (row.kind, row.state, row.office_role);
    let unopened = is_unopened(ctx, &row);
    let Proceedings {
        notification: noticed,
        notified_grounds: _,
        delivery: delivered,
        statement: said,
        statement_answer,
        hearing_request,
        hearing,
        approval,
        rejection,
        completion,
        cancellation,
    } = row.proceedings.0;
    Ok(Measure {
        kind,
        state,
        office: OfficeRef { role, division: row.office_division },
        approver_role: row.approver_role,
        overdue: state.is_open() && row.suspended_on.is_none() && row.due_on < ctx.today,
        grounds,
        rating_grounds,
        company_name,
        complex_name,
        unopened,
        notification: noticed.filter(|_| !unopened).map(|n| notification(ctx, n)),
        delivery: delivered.map(delivery),
        statement: said.map(statement),
        statement_answer: statement_answer.map(|s| step(ctx, s)),
        hearing_request: hearing_request.map(|s| step(ctx, s)),
        hearing: hearing.map(|h| HearingView {
            held_on: h.held_on,
            record: h.record,
            at: h.at,
            by: officer(ctx, h.by),
        }),
        approval: approval.map(|s| step(ctx, s)),
        rejection: rejection.map(|s| step(ctx, s)),
        completion: completion.map(|c| CompletionView {
            completed_on: c.completed_on,
            outcome: c.outcome,
            evidence: c.evidence,
            removal_ground: c.removal_ground,
            in_time: c.in_time,
            at: c.at,
            by: officer(ctx, c.by),
        }),
        cancellation: cancellation.map(|c| CancellationView {
            reason_zh: c.reason_zh,
            reason_en: c.reason_en,
            revoked: c.revoked,
            at: c.at,
            by: c.by.map(|by| officer(ctx, by)),
        }),
        id: row.id,
        version: row.version,
        key: row.key,
        company_id: row.company_id,
        complex_id: row.complex_id,
        violation_id: row.violation_id,
        level: row.level,
        legal_basis: row.legal_basis,
        policy_version: row.policy_version,
        reason_zh: row.reason_zh,
        reason_en: row.reason_en,
        due_on: row.due_on,
        suspended_on: row.suspended_on,
        reverses: row.reverses,
        hearing_request_due_on: row.hearing_request_due_on,
        calendar_missing: Vec::new(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
