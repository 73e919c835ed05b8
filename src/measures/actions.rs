//! Due process of a biting measure: notice, statement, hearing.

use serde_json::json;

use super::model::*;
use super::recompute::record;
use super::store;
use super::view::{Measure, view};
use crate::access::{Actor, Role};
use crate::calendar;
use crate::db::{Id, Work};
use crate::documents::{self, model::DocumentSubject};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::policy;
use crate::policy::model::MeasureRule;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{
    Delivery, DeliveryIn, Notification, NotificationIn, ReasonsIn, Statement, StatementIn, Step,
};
use crate::proceedings::rules::{check_delivery_day, require_before};
use crate::proceedings::said::Said;
use crate::service::{Body, Ctx, Tx};
use crate::standing::model::MeasureState;

/// Only the office that the measure is for carries it through; the social affairs office of its township may, too.
pub fn require_office(ctx: &Ctx, row: &MeasureRow) -> Work<()> {
    let caller = &ctx.caller;
    let division = caller.division.as_deref().unwrap_or_default();
    let own = caller.role.code() == row.office_role && division == row.office_division;
    let township = caller.role == Role::SocialAffairsOffice && !row.township.is_empty() && division == row.township;
    if own || (township && row.kind != "referral") {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden)
        .detail(
            "只有承办单位可以办理",
            format!("only {} of {} carries it through", row.office_role, row.office_division),
        )
        .into())
}

/// The rule of a measure's kind, under the policy that called for it.
pub fn rule_of(tx: &mut Tx, row: &MeasureRow) -> Work<MeasureRule> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    let rule = policies.get(row.policy_version).and_then(|version| version.measure(row.kind().ok()?).cloned());
    Ok(rule.ok_or_else(|| Problem::broken("the policy version of a measure has no rule for its kind"))?)
}

/// Saves a step of a measure, records it, and shows the measure.
pub fn advance(
    tx: &mut Tx,
    mut row: MeasureRow,
    kind: &'static str,
    step: serde_json::Value,
    said: &dyn Said,
) -> Work<Entity<Measure>> {
    save(tx, &mut row, kind, step, said)?;
    shown(tx, row)
}

/// Saves a step of a measure and records it.
fn save(tx: &mut Tx, row: &mut MeasureRow, kind: &'static str, step: serde_json::Value, said: &dyn Said) -> Work<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, row)?;
    record(tx, row, kind, step, said)
}

fn shown(tx: &mut Tx, row: MeasureRow) -> Work<Entity<Measure>> {
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(tx.conn, tx.ctx, row)?))
}

fn conflict(zh: &str, en: &str) -> Problem {
    Problem::new(Code::StateConflict).detail(zh, en)
}

pub fn notify_measure(tx: &mut Tx, id: Id, body: &Body<NotificationIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_office(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    let grounds_now = store::all_grounds_of_one(tx.conn, row.id)?;
    if row.notified && stands_on_notice(&row, &grounds_now) {
        return Err(conflict("已告知", "the company has been notified").into());
    }
    // A notice whose grounds have all fallen away is no notice: due process begins again.
    documents::withdraw_of(tx, DocumentSubject::Measure, row.id, "原告知的依据均已撤销，以新的告知为准")?;
    row.proceedings.0 = Proceedings { told: grounds_now, ..Proceedings::default() };
    row.hearing_request_due_on = None;
    row.proceedings.0.notification = Some(Notification::new(ctx, input.clone()));
    row.notified = true;
    advance(tx, row, "measure.notified", json!({}), input)
}

/// Does a ground that the company was told of still stand? What came later adds weight; it does not carry the decision.
pub fn stands_on_notice(row: &MeasureRow, grounds: &[Id]) -> bool {
    row.proceedings.0.told.iter().any(|told| grounds.contains(told))
}

fn deliver(tx: &mut Tx, row: &mut MeasureRow, delivery: Delivery, said: &dyn Said) -> Work<()> {
    documents::mark_served(tx, row.id)?;
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    let version = policies.get(row.policy_version).unwrap_or_else(|| policies.governing(delivery.delivered_on));
    let days = version.document().process.hearing_request_working_days;
    let calendar = calendar::work_calendar(tx.conn, &row.county)?;
    row.hearing_request_due_on = Some(calendar.add_working_days(delivery.delivered_on, days));
    let step = json!({
        "method": delivery.method, "delivered_on": delivery.delivered_on,
        "hearing_request_due_on": row.hearing_request_due_on,
    });
    row.proceedings.0.delivery = Some(delivery);
    save(tx, row, "measure.notice_delivered", step, said)
}

/// The notice waits to be opened, or to be delivered.
pub fn is_undelivered(row: &MeasureRow) -> bool {
    row.notified && row.state == MeasureState::Proposed.code() && row.proceedings.0.delivery.is_none()
}

/// The notice has not been served on the company: it sees that there is one, and nothing of it, and so does the committee of
/// the complex.
pub fn is_unopened(ctx: &Ctx, row: &MeasureRow) -> bool {
    matches!(ctx.caller.role, Role::PropertyCompany | Role::ComplexCommittee) && is_undelivered(row)
}

pub fn awaits_opening(ctx: &Ctx, row: &MeasureRow) -> bool {
    ctx.opens && ctx.caller.role == Role::PropertyCompany && is_unopened(ctx, row)
}

/// Opening a notice with the company's token is its delivery.
pub fn open_notice(tx: &mut Tx, id: Id) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    if awaits_opening(ctx, &row) {
        deliver(tx, &mut row, Delivery::opened(ctx), &())?;
    }
    shown(tx, row)
}

pub fn record_measure_delivery(tx: &mut Tx, id: Id, body: &Body<DeliveryIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_office(ctx, &row)?;
    let issued = row.proceedings.0.notification.as_ref().map(|n| ctx.state.clock.day_of(n.at));
    let input = tx.checked(body, |_, input, faults| {
        check_delivery_day(ctx.today, input.delivered_on, issued, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    if !row.notified || row.proceedings.0.delivery.is_some() {
        return Err(conflict("没有待送达的告知书", "there is no notice to deliver").into());
    }
    deliver(tx, &mut row, Delivery::recorded(ctx, input.clone()), input)?;
    shown(tx, row)
}

/// What the company says or asks for comes after the notice and within its period; saying it opens the notice.
fn require_period(tx: &mut Tx, row: &mut MeasureRow) -> Work<()> {
    row.require_state(&[MeasureState::Proposed])?;
    if !row.notified {
        return Err(conflict("尚未告知", "there is no notice yet").into());
    }
    if row.proceedings.0.delivery.is_none() {
        deliver(tx, row, Delivery::opened(tx.ctx), &())?;
    }
    Ok(require_before(tx.ctx.today, row.hearing_request_due_on)?)
}

pub fn submit_measure_statement(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(row.version)?;
    require_period(tx, &mut row)?;
    if row.proceedings.0.statement.is_some() {
        return Err(conflict("已提交陈述申辩", "a statement was made").into());
    }
    files::attach_evidence(tx, OwnerKind::Measure, row.id, &input.evidence)?;
    row.proceedings.0.statement = Some(Statement::new(ctx, input.clone()));
    advance(tx, row, "measure.statement_submitted", json!({}), input)
}

pub fn answer_measure_statement(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_office(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    if row.proceedings.0.statement.is_none() || row.proceedings.0.statement_answer.is_some() {
        return Err(conflict("没有待答复的陈述申辩", "there is no statement to answer").into());
    }
    row.proceedings.0.statement_answer = Some(Step::new(ctx, input.clone()));
    advance(tx, row, "measure.statement_answered", json!({}), input)
}

pub fn request_measure_hearing(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    require_period(tx, &mut row)?;
    if row.proceedings.0.hearing_request.is_some() {
        return Err(conflict("已申请听证", "a hearing was asked for").into());
    }
    row.proceedings.0.hearing_request = Some(Step::new(ctx, input.clone()));
    advance(tx, row, "measure.hearing_requested", json!({}), input)
}

pub fn record_measure_hearing(tx: &mut Tx, id: Id, body: &Body<HearingRecordIn>) -> Work<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_office(ctx, &row)?;
    let input = tx.checked(body, |_, input, faults| {
        if input.held_on > ctx.today {
            faults.push(Fault::new("/held_on", "in_the_future", "听证日期在未来", "this day has not come"));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    if row.proceedings.0.hearing_request.is_none() || row.proceedings.0.hearing.is_some() {
        return Err(conflict("没有待举行的听证", "there is no hearing to hold").into());
    }
    let HearingRecordIn { held_on, record } = input.clone();
    row.proceedings.0.hearing = Some(Hearing { held_on, record, at: ctx.now, by: Actor::of(&ctx.caller) });
    advance(tx, row, "measure.hearing_held", json!({ "held_on": held_on }), input)
}
