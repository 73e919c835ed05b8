//! Score sheets of the raters, and their review by another person.

use serde_json::json;

use super::input::{RatingReviewIn, ScoresIn};
use super::model::{RatingReviewOutcome, RatingState};
use super::rows::{Review, Sheet};
use super::rules::{self, RaterScores};
use super::view::{self, Rating};
use super::{ladder_adjustment, record, step_rules, store};
use crate::access::{Actor, Scope};
use crate::complexes;
use crate::db::{Id, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::service::{Body, Tx};

pub fn submit_rating_scores(tx: &mut Tx, id: Id, body: &Body<ScoresIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let rules = view::rules_of(tx.conn, ctx, row.policy_version)?;
    let input = tx.checked(body, |conn, input, faults| {
        step_rules::check_rater(ctx.caller.role, input, faults);
        let given = RaterScores {
            rater: input.rater,
            items: &input.items,
            satisfaction: input.satisfaction,
            respondents: input.respondents,
            vetoes: &input.vetoes,
            bonus: &input.bonus,
        };
        rules::check_scores(&rules, &given, faults);
        let households = complexes::find(conn, &ctx.scope, row.complex_id)?.households;
        step_rules::check_respondents(input.respondents, households, faults);
        files::check_lists(conn, ctx, &input.lists(), faults)
    })?;
    tx.if_match(row.version)?;
    step_rules::require_state(row.state, &[RatingState::Draft, RatingState::Scored])?;
    let system = Scope::System("a rating that the caller may see names its cycle");
    let cycle = store::find_cycle(tx.conn, &system, row.cycle_id)?;
    let mut content = store::content(tx.conn, row.id)?;
    step_rules::may_score(&cycle, &row, &content.proceedings.0, ctx.today)?;
    let ScoresIn { rater, items, satisfaction, respondents, vetoes, bonus, evidence } = input.clone();
    let sheet = Sheet {
        rater,
        items,
        satisfaction,
        respondents,
        vetoes,
        bonus,
        evidence,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    };
    if let Some(at) = content.sheets.0.iter().position(|before| before.rater == rater) {
        let before = content.sheets.0.remove(at);
        files::release(tx, row.id, &before.all_evidence())?;
    }
    files::attach_evidence(tx, OwnerKind::Rating, row.id, &sheet.all_evidence())?;
    content.sheets.0.push(sheet);
    content.sheets.0.sort_by_key(|sheet| sheet.rater);
    let whole = ladder_adjustment::derive(tx, &rules, &mut row, &mut content)?.is_some();
    row.state = if whole { RatingState::Scored } else { RatingState::Draft };
    let step = json!({ "rater": input.rater, "satisfaction": input.satisfaction, "respondents": input.respondents });
    record::advance(tx, row, content, "rating.scored", step, input)
}

pub fn review_rating(tx: &mut Tx, id: Id, body: &Body<RatingReviewIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |_, input, faults| {
        step_rules::check_review(input, faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    step_rules::require_state(row.state, &[RatingState::Scored])?;
    let mut content = store::content(tx.conn, row.id)?;
    step_rules::may_review(content.scored_by(&ctx.caller))?;
    let RatingReviewIn { outcome, reasons } = input.clone();
    content.proceedings.0.review = Some(Review { outcome, reasons, at: ctx.now, by: Actor::of(&ctx.caller) });
    row.state = match outcome {
        RatingReviewOutcome::Confirmed => RatingState::Reviewed,
        RatingReviewOutcome::Returned => RatingState::Draft,
    };
    record::advance(tx, row, content, "rating.reviewed", json!({ "outcome": outcome }), input)
}
