//! Announcing ratings, objections to them, and the company's reply.

use serde_json::json;

use super::cycle_view::{self, RatingCycle};
use super::input::{ObjectionDecisionIn, ObjectionIn, ReplyIn, StepIn};
use super::model::{ObjectionOutcome, Objector, RatingState};
use super::record;
use super::rows::{Announced, Bulk, Objection, ObjectionDecision};
use super::store::{self, Flip};
use super::view::{self, Rating};
use crate::access::{Actor, Role};
use crate::calendar;
use crate::db::{Id, Json, Work};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::problem::{Code, Problem};
use crate::proceedings::model::Step;
use crate::proceedings::rules::require_before;
use crate::service::{Body, Ctx, Tx};
use crate::typical_cases;

/// The last day of a publicity that begins today.
fn publicity_end(tx: &mut Tx, county: &str, policy_version: i64) -> Work<chrono::NaiveDate> {
    let rules = view::rules_of(tx.conn, tx.ctx, policy_version)?;
    Ok(calendar::work_calendar(tx.conn, county)?.add_working_days(tx.ctx.today, rules.publicity_working_days))
}

/// What is not over is not rated: the last day may be the worst.
fn require_over(tx: &Tx, period_to: chrono::NaiveDate) -> Work<()> {
    if tx.ctx.today > period_to {
        return Ok(());
    }
    let zh = format!("评定期间至 {period_to} 止，期满后方可公示");
    let en = format!("the period that is rated lasts until {period_to}; it is announced afterwards");
    Err(Problem::new(Code::StateConflict).detail(zh, en).into())
}

pub fn announce_rating(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[RatingState::Reviewed])?;
    require_over(tx, row.period_to)?;
    let mut content = store::content(tx.conn, row.id)?;
    row.set_state(RatingState::Announced);
    row.shared = true;
    row.announced_on = Some(ctx.today);
    row.publicity_ends_on = Some(publicity_end(tx, &row.county, row.policy_version)?);
    content.proceedings.0.announcement = Some(Announced { at: ctx.now, by: Actor::of(&ctx.caller) });
    record::advance(tx, row, content, "rating.announced", json!({}), input)
}

/// Announces every reviewed rating of a cycle in the caller's territory.
pub fn announce_rating_cycle(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> Work<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let mut row = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_live()?;
    require_over(tx, row.period_to)?;
    let ends_on = publicity_end(tx, &row.county, row.policy_version)?;
    let area = ctx.caller.division.clone().unwrap_or_default();
    let flip = Flip { cycle: row.id, area: &area, today: ctx.today, now: ctx.now };
    let announced = store::announce_all(tx.conn, &flip, ends_on)?;
    if announced == 0 {
        let (zh, en) = ("没有已复核、待公示的评定", "no reviewed rating waits to be announced");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    row.version += 1;
    row.bulk = Json(Some(Bulk::of(ctx)));
    row.updated_at = ctx.now;
    store::save_cycle(tx.conn, &row)?;
    let step = json!({ "area": area, "ratings": announced, "publicity_ends_on": ends_on });
    record::record_cycle(tx, &row, "rating_cycle.announced", step, input)?;
    cycle_view::entity(tx.conn, ctx, row, Some(announced))
}

fn objector(ctx: &Ctx, input: &ObjectionIn) -> Objector {
    match ctx.caller.role {
        Role::PropertyCompany => Objector::Company,
        Role::ComplexCommittee => Objector::Committee,
        _ if input.on_behalf_of_owners => Objector::Owners,
        _ => Objector::Community,
    }
}

/// Objections to one rating are few; more are a mistake of a program.
const MOST_OBJECTIONS: usize = 100;

pub fn object_to_rating(tx: &mut Tx, id: Id, body: &Body<ObjectionIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |conn, input, faults| {
        if input.on_behalf_of_owners && ctx.caller.role != Role::Community {
            let (zh, en) = ("业主的异议由社区代为提交", "the owners' objection is handed in by the community");
            faults.push(Fault::new("/on_behalf_of_owners", "conflict", zh, en));
        }
        // The rated company reads it.
        if input.on_behalf_of_owners {
            check_personal_data(&input.text, faults);
        }
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[RatingState::Announced])?;
    require_before(ctx.today, row.publicity_ends_on)?;
    let mut content = store::content(tx.conn, row.id)?;
    if content.proceedings.0.objections.len() >= MOST_OBJECTIONS {
        let (zh, en) = ("该评定的异议数已达上限", "this rating has as many objections as it can");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    files::attach_evidence(tx, OwnerKind::Rating, row.id, &input.evidence)?;
    let objection = Objection {
        id: ctx.new_id(),
        objector: objector(ctx, input),
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

/// Accepted: it is scored again, reviewed and announced once more; nothing of it was published.
pub fn decide_rating_objection(tx: &mut Tx, id: Id, body: &Body<ObjectionDecisionIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let mut content = store::content(tx.conn, row.id)?;
    let objections = content.proceedings.0.objections.clone();
    let review = content.proceedings.0.review.clone();
    let input = tx.checked(body, |_, input, faults| {
        if !objections.iter().any(|one| one.id == input.objection_id) {
            let (zh, en) = ("该评定没有此异议", "this rating has no such objection");
            faults.push(Fault::new("/objection_id", "unknown_reference", zh, en));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    let scored = content.scored_by(&ctx.caller);
    let one = content.proceedings.0.objections.iter_mut().find(|one| one.id == input.objection_id);
    let one = one.ok_or_else(|| Problem::broken("an objection that was checked is not found"))?;
    if one.decision.is_some() {
        let (zh, en) = ("该异议已有处理决定", "this objection has been decided");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    let reviewed = review.iter().any(|review| ctx.caller.is_person(&review.by.iss, &review.by.sub));
    if reviewed || scored {
        let (zh, en) = ("评分人、复核人不得处理异议", "whoever scored or reviewed does not decide the objection");
        return Err(Problem::new(Code::SamePerson).detail(zh, en).into());
    }
    let outcome = input.outcome;
    one.decision =
        Some(ObjectionDecision { outcome, reasons: input.reasons.clone(), at: ctx.now, by: Actor::of(&ctx.caller) });
    row.objections_open -= 1;
    if outcome == ObjectionOutcome::Accepted && row.state == RatingState::Announced.code() {
        row.set_state(RatingState::Draft);
        row.announced_on = None;
        row.publicity_ends_on = None;
        content.proceedings.0.announcement = None;
        // What comes next is another rating: the company may reply to that.
        content.proceedings.0.reply = None;
    }
    let step = json!({ "objection_id": input.objection_id, "outcome": outcome });
    record::advance(tx, row, content, "rating.objection_decided", step, input)
}

fn check_personal_data(text: &str, faults: &mut Vec<Fault>) {
    if let Some(found) = typical_cases::rules::personal_data(text) {
        let (zh, en) = found.words();
        let (zh, en) = (format!("含有{zh}"), format!("holds {en}"));
        faults.push(Fault::new("/text", "personal_data", zh, en));
    }
}

/// The right of reply: once, from the announcement on; it is published with the rating.
pub fn reply_to_rating(tx: &mut Tx, id: Id, body: &Body<ReplyIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |_, input, faults| {
        check_personal_data(&input.text, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[RatingState::Announced, RatingState::Published])?;
    let mut content = store::content(tx.conn, row.id)?;
    if content.proceedings.0.reply.is_some() {
        let (zh, en) = ("已提交回应", "there is a reply already");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    content.proceedings.0.reply = Some(Step { text: input.text.clone(), at: ctx.now, by: Actor::of(&ctx.caller) });
    record::advance(tx, row, content, "rating.replied", json!({}), input)
}
