//! Announcing ratings (公示), objections to them, and the company's reply.

use serde_json::json;

use super::cycle_view::{self, RatingCycle};
use super::input::{ObjectionDecisionIn, ObjectionIn, RatingReplyIn, StepIn};
use super::model::{ObjectionOutcome, RatingState};
use super::rows::{Announced, BulkDecision, Objection, ObjectionDecision};
use super::store::{self, BulkTransition};
use super::view::{self, Rating};
use super::{cycle_rules, record, step_rules};
use crate::access::Actor;
use crate::calendar;
use crate::db::{Id, Json, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::problem::Problem;
use crate::proceedings::model::Step;
use crate::proceedings::rules::require_before;
use crate::service::{Body, Tx};

/// The last day of an announcement period that starts today.
fn announcement_end(tx: &mut Tx, county: &str, policy_version: i64) -> WorkResult<chrono::NaiveDate> {
    let rules = view::rules_of(tx.conn, tx.ctx, policy_version)?;
    Ok(calendar::work_calendar(tx.conn, county)?.add_working_days(tx.ctx.today, rules.announcement_working_days))
}

pub fn announce_rating(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    step_rules::require_state(row.state, &[RatingState::Reviewed])?;
    cycle_rules::require_over(row.period_to, ctx.today)?;
    let mut content = store::content(tx.conn, row.id)?;
    row.state = RatingState::Announced;
    row.shared = true;
    row.announced_on = Some(ctx.today);
    row.announcement_ends_on = Some(announcement_end(tx, &row.county, row.policy_version)?);
    content.proceedings.0.announcement = Some(Announced { at: ctx.now, by: Actor::of(&ctx.caller) });
    record::advance(tx, row, content, "rating.announced", json!({}), input)
}

/// Announces every reviewed rating of a cycle in the caller's territory.
pub fn announce_rating_cycle(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> WorkResult<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let mut row = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    cycle_rules::require_live(row.state)?;
    cycle_rules::require_over(row.period_to, ctx.today)?;
    let ends_on = announcement_end(tx, &row.county, row.policy_version)?;
    let area = ctx.caller.division.clone().unwrap_or_default();
    let transition = BulkTransition { cycle: row.id, area: &area, today: ctx.today, now: ctx.now };
    let announced = store::announce_all(tx.conn, &transition, ends_on)?;
    cycle_rules::require_some_announced(announced)?;
    row.version += 1;
    row.bulk = Json(Some(BulkDecision::of(ctx)));
    row.updated_at = ctx.now;
    store::save_cycle(tx.conn, &row)?;
    let step = json!({ "area": area, "ratings": announced, "announcement_ends_on": ends_on });
    record::record_cycle(tx, &row, "rating_cycle.announced", step, input)?;
    cycle_view::entity(tx.conn, ctx, row, Some(announced))
}

pub fn object_to_rating(tx: &mut Tx, id: Id, body: &Body<ObjectionIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |conn, input, faults| {
        step_rules::check_objection(ctx.caller.role, input.on_behalf_of_owners, &input.text, faults);
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    step_rules::require_state(row.state, &[RatingState::Announced])?;
    require_before(ctx.today, row.announcement_ends_on)?;
    let mut content = store::content(tx.conn, row.id)?;
    step_rules::may_object(content.proceedings.0.objections.len())?;
    files::attach_evidence(tx, OwnerKind::Rating, row.id, &input.evidence)?;
    let objection = Objection {
        id: ctx.new_id(),
        objector: step_rules::objector(ctx.caller.role, input.on_behalf_of_owners),
        text: input.text.clone(),
        evidence: input.evidence.clone(),
        at: ctx.now,
        by: Actor::of(&ctx.caller),
        decision: None,
    };
    let step = json!({ "objection_id": objection.id, "objector": objection.objector });
    content.proceedings.0.objections.push(objection);
    row.objections_open += 1;
    record::advance(tx, row, content, "rating.objected", step, input)
}

/// If the objection is sustained, the rating goes back to scoring and is reviewed and announced again. It has not been
/// published yet.
pub fn decide_rating_objection(tx: &mut Tx, id: Id, body: &Body<ObjectionDecisionIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let mut content = store::content(tx.conn, row.id)?;
    let objections = content.proceedings.0.objections.clone();
    let review = content.proceedings.0.review.clone();
    let input = tx.checked(body, |_, input, faults| {
        if !objections.iter().any(|one| one.id == input.objection_id) {
            let (zh, en) = ("该星级评定没有此异议", "this rating has no such objection");
            faults.push(InputError::new("/objection_id", "unknown_reference", zh, en));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    let scored = content.scored_by(&ctx.caller);
    let one = content.proceedings.0.objections.iter_mut().find(|one| one.id == input.objection_id);
    let one = one.ok_or_else(|| Problem::broken("an objection that was checked is not found"))?;
    step_rules::may_decide_objection(&ctx.caller, one, scored, review.as_ref())?;
    let outcome = input.outcome;
    one.decision =
        Some(ObjectionDecision { outcome, reasons: input.reasons.clone(), at: ctx.now, by: Actor::of(&ctx.caller) });
    row.objections_open -= 1;
    if outcome == ObjectionOutcome::Sustained && row.state == RatingState::Announced {
        row.state = RatingState::Draft;
        row.announced_on = None;
        row.announcement_ends_on = None;
        content.proceedings.0.announcement = None;
        // The next result is a new one, so the company may reply again.
        content.proceedings.0.reply = None;
    }
    let step = json!({ "objection_id": input.objection_id, "outcome": outcome });
    record::advance(tx, row, content, "rating.objection_decided", step, input)
}

/// Records the company's reply: once, from the announcement on. It is published with the rating.
pub fn reply_to_rating(tx: &mut Tx, id: Id, body: &Body<RatingReplyIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |_, input, faults| {
        step_rules::check_personal_data(&input.text, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    step_rules::require_state(row.state, &[RatingState::Announced, RatingState::Published])?;
    let mut content = store::content(tx.conn, row.id)?;
    step_rules::may_reply(content.proceedings.0.reply.is_some())?;
    content.proceedings.0.reply = Some(Step { text: input.text.clone(), at: ctx.now, by: Actor::of(&ctx.caller) });
    record::advance(tx, row, content, "rating.replied", json!({}), input)
}
