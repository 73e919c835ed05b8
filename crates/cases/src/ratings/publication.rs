//! Publishing and withdrawing ratings.

use serde_json::json;

use super::consequences::is_low;
use super::cycle_view::{self, RatingCycle};
use super::input::StepIn;
use super::model::{CycleState, RatingState};
use super::rows::{Announced, BulkDecision, CycleRow, RatingRow};
use super::store::{self, BulkTransition};
use super::view::{self, Rating};
use super::{cycle_rules, ladder_adjustment, plaques, record, step_rules};
use crate::access::{Actor, Scope};
use crate::db::{Id, Json, WorkResult};
use crate::http::Entity;
use crate::ledger;
use crate::proceedings::model::{ReasonsIn, Step};
use crate::proceedings::port::after;
use crate::service::{Body, Tx};

fn mark_published(tx: &mut Tx, cycle: &mut CycleRow, step: serde_json::Value, input: &StepIn) -> WorkResult<()> {
    cycle.version += 1;
    cycle.state = CycleState::Published;
    cycle.published_on = cycle.published_on.or(Some(tx.ctx.today));
    cycle.updated_at = tx.ctx.now;
    store::save_cycle(tx.conn, cycle)?;
    record::record_cycle(tx, cycle, "rating_cycle.published", step, input)
}

/// Publishes all ratings of the cycle that are ready in one transaction. Their consequences follow in chunks, on behalf
/// of the person who published.
pub fn publish_rating_cycle(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> WorkResult<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let mut cycle = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    cycle_rules::require_owner(&ctx.caller, cycle.area())?;
    let input = tx.input(body)?;
    tx.if_match(cycle.version)?;
    cycle_rules::require_live(cycle.state)?;
    let rules = view::rules_of(tx.conn, ctx, cycle.policy_version)?;
    let area = cycle.area().to_owned();
    let transition = BulkTransition { cycle: cycle.id, area: &area, today: ctx.today, now: ctx.now };
    let published = store::publish_ready(tx.conn, &transition, rules.focus_at)?;
    cycle_rules::require_some_published(published)?;
    // One digest in the ledger binds the published stars: one line for each rating, ordered by id.
    let lines: String = store::published_now(tx.conn, &transition)?
        .iter()
        .map(|(id, complex, star)| format!("{id} {complex} {}\n", star.unwrap_or_default()))
        .collect();
    let bound = ledger::sha256_hex(&lines);
    cycle.bulk = Json(Some(BulkDecision::of(ctx)));
    mark_published(tx, &mut cycle, json!({ "ratings": published, "digest": bound }), input)?;
    cycle_view::entity(tx.conn, ctx, cycle, Some(published))
}

/// Publishes one rating with its consequences.
pub fn publish_rating(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    step_rules::may_publish(&row, ctx.today)?;
    let system = Scope::System("a rating that the caller may see names its cycle");
    let mut cycle = store::find_cycle_for_update(tx.conn, &system, row.cycle_id)?;
    cycle_rules::require_owner(&ctx.caller, cycle.area())?;
    let rules = view::rules_of(tx.conn, ctx, row.policy_version)?;
    let mut content = store::content(tx.conn, row.id)?;
    let current = store::current_of(tx.conn, row.complex_id)?;
    row.state = RatingState::Published;
    row.published_on = Some(ctx.today);
    row.is_current = current.as_ref().is_none_or(|current| current.period_to <= row.period_to);
    if let Some(mut before) = current.filter(|_| row.is_current) {
        row.focus_since = before.focus_since;
        before.is_current = false;
        before.superseded_on = Some(ctx.today);
        before.version += 1;
        before.updated_at = ctx.now;
        store::save_row(tx.conn, &before)?;
    }
    ladder_adjustment::set_focus(&rules, &mut row, ctx.today);
    content.proceedings.0.publication = Some(Announced { at: ctx.now, by: Actor::of(&ctx.caller) });
    if cycle.state != CycleState::Published {
        mark_published(tx, &mut cycle, json!({ "rating_id": row.id }), input)?;
    }
    record::save(tx, &mut row, &content, "rating.published", json!({}), input)?;
    consequences(tx, &row)?;
    view::to_entity(tx.conn, ctx, row, content)
}

/// Issues the plaque, and proposes what a low star calls for.
pub fn consequences(tx: &mut Tx, row: &RatingRow) -> WorkResult<()> {
    plaques::renew(tx, row)?;
    // Only a low star calls for a measure or changes one.
    if row.focus_since.is_some() { after(tx).ratings_changed(tx, row.complex_id) } else { Ok(()) }
}

/// Withdraws a rating with reasons. The rating before it is current again, and the consequences are undone.
pub fn withdraw_rating(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    let mut content = store::content(tx.conn, row.id)?;
    step_rules::may_withdraw(&row, &content, &ctx.caller)?;
    let was_current = row.is_current;
    content.proceedings.0.withdrawal = Some(Step::new(ctx, input.clone()));
    row.state = RatingState::Withdrawn;
    row.is_current = false;
    row.focus_since = None;
    row.withdrawn_on = Some(ctx.today);
    row.objections_open = 0;
    record::save(tx, &mut row, &content, "rating.withdrawn", json!({}), input)?;
    plaques::renew(tx, &row)?;
    plaques::withdraw_all(tx, &row)?;
    if was_current && let Some(before) = store::newest_published(tx.conn, row.complex_id)? {
        restore(tx, before, &row)?;
    }
    if row.published_on.is_some() {
        count_anew(tx, &row)?;
        after(tx).ratings_changed(tx, row.complex_id)?;
    }
    view::to_entity(tx.conn, ctx, row, content)
}

/// Computes again since when a complex is on the focus list, because a withdrawn rating does not count.
fn count_anew(tx: &mut Tx, withdrawn: &RatingRow) -> WorkResult<()> {
    let Some(mut current) = store::current_of(tx.conn, withdrawn.complex_id)? else { return Ok(()) };
    if current.focus_since.is_none() {
        return Ok(());
    }
    let rules = view::rules_of(tx.conn, tx.ctx, current.policy_version)?;
    let mut since = None;
    for row in
        store::standing_at(tx.conn, withdrawn.complex_id)?.iter().filter(|row| row.period_to <= current.period_to)
    {
        let low = row.star().is_some_and(|star| is_low(&rules, star));
        // A rating that the ladder lowered later came on the list that day. One that superseded a low rating keeps the
        // day of that.
        let own = row.focus_since.max(row.published_on);
        since = if low { since.or(own) } else { None };
    }
    if since.is_some() && since != current.focus_since {
        current.focus_since = since;
        let content = store::content(tx.conn, current.id)?;
        let step = json!({ "because_of": withdrawn.id });
        record::save(tx, &mut current, &content, "rating.adjusted", step, &())?;
    }
    Ok(())
}

fn restore(tx: &mut Tx, mut before: RatingRow, withdrawn: &RatingRow) -> WorkResult<()> {
    let rules = view::rules_of(tx.conn, tx.ctx, before.policy_version)?;
    let mut content = store::content(tx.conn, before.id)?;
    before.is_current = true;
    before.superseded_on = None;
    // The ladder may have changed while the rating was superseded.
    ladder_adjustment::derive(tx, &rules, &mut before, &mut content)?;
    if before.focus_since.is_none() {
        let published = before.published_on.unwrap_or(tx.ctx.today);
        ladder_adjustment::set_focus(&rules, &mut before, published);
    }
    ladder_adjustment::set_focus(&rules, &mut before, tx.ctx.today);
    let step = json!({ "instead_of": withdrawn.id });
    record::save(tx, &mut before, &content, "rating.restored", step, &())?;
    plaques::renew(tx, &before)
}
