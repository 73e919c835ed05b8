//! Steps of a measure before its decision. `crate::due_process` implements notice and statement; the hearing is here.

use serde_json::json;

use super::model::*;
use super::view::Measure;
use super::{reconciliation, rules, store};
use crate::access::Actor;
use crate::db::{Id, WorkResult};
use crate::due_process::{self, Proceeding, advance};
use crate::http::Entity;
use crate::policy;
use crate::policy::model::MeasureRule;
use crate::proceedings::model::{DeliveryIn, NoticeIn, ReasonsIn, StatementIn, Step};
use crate::service::{Body, Tx};
use crate::standing::model::MeasureState;

/// The rule for this kind of measure in the policy that called for it.
pub fn rule_of(tx: &mut Tx, row: &MeasureRow) -> WorkResult<MeasureRule> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    reconciliation::rule(&policies, row.policy_version, row.kind).cloned()
}

pub fn notify_measure(tx: &mut Tx, id: Id, body: &Body<NoticeIn>) -> WorkResult<Entity<Measure>> {
    due_process::notify::<MeasureRow>(tx, id, body)
}

pub fn open_notice(tx: &mut Tx, id: Id) -> WorkResult<Entity<Measure>> {
    due_process::open::<MeasureRow>(tx, id)
}

pub fn record_measure_delivery(tx: &mut Tx, id: Id, body: &Body<DeliveryIn>) -> WorkResult<Entity<Measure>> {
    due_process::record_delivery::<MeasureRow>(tx, id, body)
}

pub fn submit_measure_statement(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> WorkResult<Entity<Measure>> {
    due_process::submit_statement::<MeasureRow>(tx, id, body)
}

pub fn answer_measure_statement(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Measure>> {
    due_process::answer_statement::<MeasureRow>(tx, id, body)
}

pub fn request_measure_hearing(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_period(tx)?;
    rules::may_request_hearing(row.proceedings.0.hearing_request.is_some())?;
    row.proceedings.0.hearing_request = Some(Step::new(ctx, input.clone()));
    advance(tx, row, "measure.hearing_requested", json!({}), input)
}

pub fn record_measure_hearing(tx: &mut Tx, id: Id, body: &Body<HearingRecordIn>) -> WorkResult<Entity<Measure>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    row.may_handle(&ctx.caller)?;
    let input = tx.checked(body, |_, input, faults| {
        rules::check_hearing_day(input.held_on, ctx.today, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[MeasureState::Proposed])?;
    let steps = &row.proceedings.0;
    rules::may_hold_hearing(steps.hearing_request.is_some(), steps.hearing.is_some())?;
    let HearingRecordIn { held_on, record } = input.clone();
    row.proceedings.0.hearing = Some(Hearing { held_on, record, at: ctx.now, by: Actor::of(&ctx.caller) });
    advance(tx, row, "measure.hearing_held", json!({ "held_on": held_on }), input)
}
