//! Saving a step of a rating or cycle, and recording it in the ledger.

use serde_json::{Value, json};

use super::rows::{ContentRow, CycleRow, RatingRow};
use super::store;
use super::view::{self, Rating};
use crate::db::WorkResult;
use crate::http::Entity;
use crate::ledger::{self, Audience, Event};
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::service::Tx;

/// Saves a step of a rating, records it, and returns the rating.
pub fn advance(
    tx: &mut Tx,
    mut row: RatingRow,
    content: ContentRow,
    kind: &'static str,
    step: Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<Entity<Rating>> {
    save(tx, &mut row, &content, kind, step, texts)?;
    view::to_entity(tx.conn, tx.ctx, row, content)
}

/// Saves a step of a rating and records it.
pub fn save(
    tx: &mut Tx,
    row: &mut RatingRow,
    content: &ContentRow,
    kind: &'static str,
    step: Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, row, content)?;
    record(tx, row, kind, step, texts)
}

/// Records a step of a rating. Before the announcement, and while it is scored again, only offices see the event. The
/// parties always see the decision on an objection.
pub fn record(
    tx: &mut Tx,
    row: &RatingRow,
    kind: &'static str,
    step: Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<()> {
    let told = row.shared && (!row.state.is_in_the_making() || kind == "rating.objection_decided");
    let audience = if told { Audience::Parties } else { Audience::Offices };
    let event = Event::new(kind, "rating", row.id)
        .in_territory(row.place())
        .company(Some(row.company_id))
        .complex(Some(row.complex_id))
        .audience(audience)
        .policy(row.policy_version)
        .data(json!({
            "cycle_id": row.cycle_id, "complex_id": row.complex_id, "state": row.state,
            "total": super::rows::total_of(row), "raw_star": row.raw_star, "star": row.final_star,
            "announcement_ends_on": row.announcement_ends_on, "published_on": row.published_on,
            "withdrawn_on": row.withdrawn_on, "is_current": row.is_current, "focus_since": row.focus_since,
            "version": row.version, "step": step,
        }))
        .with_texts(texts.texts());
    ledger::append(tx, event)?;
    Ok(())
}

/// Records a step of a cycle.
pub fn record_cycle(
    tx: &mut Tx,
    row: &CycleRow,
    kind: &'static str,
    step: Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<()> {
    let event = Event::new(kind, "rating_cycle", row.id)
        .in_territory(row.place())
        .audience(Audience::Offices)
        .policy(row.policy_version)
        .data(json!({
            "kind": row.kind, "division": row.area(), "state": row.state, "period_from": row.period_from,
            "period_to": row.period_to, "opens_on": row.opens_on, "closes_on": row.closes_on,
            "published_on": row.published_on, "version": row.version, "step": step,
        }))
        .with_texts(texts.texts());
    ledger::append(tx, event)?;
    Ok(())
}
