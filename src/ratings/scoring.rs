//! Scores of the assessors, and their review by another person.

use serde_json::json;

use super::input::{ReviewIn, ScoresIn};
use super::model::{ObjectionOutcome, RatingState, ReviewOutcome};
use super::rows::{ContentRow, CycleRow, RatingRow, Review, Sheet, assessor_of};
use super::rules::{self, Given};
use super::view::{self, Rating};
use super::{follow, record, store};
use crate::access::{Actor, Scope};
use crate::complexes;
use crate::db::{Id, Work};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::problem::{Code, Problem};
use crate::service::{Body, Ctx, Tx};

/// Between its days, or when it is scored once more.
fn require_open(ctx: &Ctx, cycle: &CycleRow, row: &RatingRow, content: &ContentRow) -> Work<()> {
    cycle.require_live()?;
    if ctx.today < cycle.opens_on {
        let (zh, en) = (format!("评分自 {} 开始", cycle.opens_on), format!("scoring begins on {}", cycle.opens_on));
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    let steps = &content.proceedings.0;
    let returned = steps.review.as_ref().is_some_and(|review| review.outcome == ReviewOutcome::Returned);
    let accepted = |outcome: ObjectionOutcome| outcome == ObjectionOutcome::Accepted;
    let objected =
        steps.objections.iter().any(|one| one.decision.as_ref().is_some_and(|decision| accepted(decision.outcome)));
    if ctx.today > cycle.closes_on && row.corrects.is_none() && !returned && !objected {
        let last = cycle.closes_on;
        return Err(Problem::new(Code::DeadlinePassed)
            .detail(format!("评分已于 {last} 截止"), format!("the last day for scores was {last}"))
            .into());
    }
    Ok(())
}

/// An office scores for itself and hands in the owners' survey; a community the same.
fn check_assessor(ctx: &Ctx, input: &ScoresIn, faults: &mut Vec<Fault>) {
    if !assessor_of(ctx.caller.role).contains(&input.assessor) {
        let (zh, en) = ("您的单位不能填报该评分表", "this sheet is not your office's");
        faults.push(Fault::new("/assessor", "conflict", zh, en));
    }
}

pub fn submit_rating_scores(tx: &mut Tx, id: Id, body: &Body<ScoresIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let rules = view::rules_of(tx.conn, ctx, row.policy_version)?;
    let input = tx.checked(body, |conn, input, faults| {
        check_assessor(ctx, input, faults);
        let given = Given {
            assessor: input.assessor,
            items: &input.items,
            satisfaction: input.satisfaction,
            respondents: input.respondents,
            vetoes: &input.vetoes,
            bonus: &input.bonus,
        };
        rules::check_scores(&rules, &given, faults);
        let households = complexes::find(conn, &ctx.scope, row.complex_id)?.households;
        if input.respondents.zip(households).is_some_and(|(answered, all)| answered > all) {
            let (zh, en) = ("参评户数超过小区总户数", "more households than the complex has");
            faults.push(Fault::new("/respondents", "out_of_range", zh, en));
        }
        files::check_lists(conn, ctx, &input.lists(), faults)
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[RatingState::Draft, RatingState::Scored])?;
    let system = Scope::System("a rating that the caller sees names its cycle");
    let cycle = store::find_cycle(tx.conn, &system, row.cycle_id)?;
    let mut content = store::content(tx.conn, row.id)?;
    require_open(ctx, &cycle, &row, &content)?;
    let ScoresIn { assessor, items, satisfaction, respondents, vetoes, bonus, evidence } = input.clone();
    let sheet = Sheet {
        assessor,
        items,
        satisfaction,
        respondents,
        vetoes,
        bonus,
        evidence,
        at: ctx.now,
        by: Actor::of(&ctx.caller),
    };
    if let Some(at) = content.sheets.0.iter().position(|before| before.assessor == assessor) {
        let before = content.sheets.0.remove(at);
        files::release(tx, row.id, &before.all_evidence())?;
    }
    files::attach_evidence(tx, OwnerKind::Rating, row.id, &sheet.all_evidence())?;
    content.sheets.0.push(sheet);
    content.sheets.0.sort_by_key(|sheet| sheet.assessor);
    let whole = follow::derive(tx, &rules, &mut row, &mut content)?.is_some();
    row.set_state(if whole { RatingState::Scored } else { RatingState::Draft });
    let step =
        json!({ "assessor": input.assessor, "satisfaction": input.satisfaction, "respondents": input.respondents });
    record::advance(tx, row, content, "rating.scored", step, input)
}

/// Whoever scored does not review.
fn require_another_person(ctx: &Ctx, content: &ContentRow) -> Work<()> {
    if content.scored_by(&ctx.caller) {
        let (zh, en) = ("评分人不得复核", "whoever scored does not review");
        return Err(Problem::new(Code::SamePerson).detail(zh, en).into());
    }
    Ok(())
}

pub fn review_rating(tx: &mut Tx, id: Id, body: &Body<ReviewIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |_, input, faults| {
        if input.outcome == ReviewOutcome::Returned && input.reasons.is_none() {
            let (zh, en) = ("退回须说明理由", "a return needs its reasons");
            faults.push(Fault::new("/reasons", "required", zh, en));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    row.require_state(&[RatingState::Scored])?;
    let mut content = store::content(tx.conn, row.id)?;
    require_another_person(ctx, &content)?;
    let ReviewIn { outcome, reasons } = input.clone();
    content.proceedings.0.review = Some(Review { outcome, reasons, at: ctx.now, by: Actor::of(&ctx.caller) });
    row.set_state(match outcome {
        ReviewOutcome::Confirmed => RatingState::Reviewed,
        ReviewOutcome::Returned => RatingState::Draft,
    });
    record::advance(tx, row, content, "rating.reviewed", json!({ "outcome": outcome }), input)
}
