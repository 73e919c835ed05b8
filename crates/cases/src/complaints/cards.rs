//! The cards of an open complaint, and the escalation to the supervising office with the first red card.

use std::sync::Arc;

use serde_json::json;

use super::model::*;
use super::record::{self, GoverningRules, IssuedCard, NewStep};
use super::{rules, store};
use crate::db::{Instant, WorkResult};
use crate::service::{Ctx, Service, Tx};

/// The context in which the deadline check acts.
pub fn program(state: &Arc<Service>, now: Instant) -> Ctx {
    Ctx::of_program(state.clone(), "complaint_clock", "clock", now)
}

/// Gives each due card that was not given yet, and escalates with the first red one. Returns whether a card was given;
/// if so, the row is saved.
pub fn give_cards(
    tx: &mut Tx,
    row: &mut ComplaintRow,
    mut given: Vec<IssuedCard>,
    terms: &GoverningRules,
) -> WorkResult<bool> {
    let now = tx.ctx.now;
    let mut any = false;
    let rules = terms.rules_of(row)?;
    let come = rules::cards(row, rules, &terms.clock()).into_iter().filter(|card| card.at.0 <= now.0);
    for card in come {
        let this = (card.deadline, card.colour, card.due);
        if given.contains(&this) {
            continue;
        }
        given.push(this);
        let new = CardRow {
            complaint_id: row.id,
            deadline: card.deadline,
            colour: card.colour,
            due_at: card.due,
            issued_at: now,
            handler_role: row.handler_role,
            handler_division: row.handler_division.clone(),
        };
        if !store::give_card(tx.conn, &new)? {
            continue;
        }
        any = true;
        let facts = json!({ "deadline": card.deadline, "due": card.due, "handler": row.handler() });
        let red = card.colour == CardColour::Red;
        row.red_cards += i64::from(red);
        let kind = if red { StepKind::RedCard } else { StepKind::YellowCard };
        write(tx, row, NewStep::new(kind).to(StepAudience::Parties).facts(facts))?;
        if red
            && row.course.0.escalated_at.is_none()
            && let Some(supervising_office) = row.supervising_office()
        {
            row.course.0.escalated_at = Some(now);
            let facts = json!({ "supervising_office": supervising_office });
            write(tx, row, NewStep::new(StepKind::Escalated).to(StepAudience::Parties).facts(facts))?;
        }
    }
    row.next_at = rules::next_check_at(row, &given, rules, &terms.clock());
    if any {
        store::save_check(tx.conn, row)?;
    }
    Ok(any)
}

/// Records a step of the service. The caller saves the row after the last step.
pub fn write(tx: &mut Tx, row: &mut ComplaintRow, step: NewStep) -> WorkResult<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    record::write(tx, row, StepActor::Program, step).map(drop)
}

/// Gives the due cards before a step, if the deadline check has not reached the complaint yet, for example while one
/// replica takes over from another. Otherwise the handler could act before the card for a missed deadline is given.
pub fn catch_up(tx: &mut Tx, row: &mut ComplaintRow) -> WorkResult<()> {
    let now = tx.ctx.now;
    if !row.is_open || row.next_at.is_none_or(|at| at.0 > now.0) {
        return Ok(());
    }
    let state = tx.ctx.state.clone();
    if !state.clock_watch.permits_in(tx.conn, &state.clock)? {
        return Ok(());
    }
    let ctx = program(&tx.ctx.state, now);
    let mut own = Tx::of(tx.conn, &ctx);
    let terms = GoverningRules::load(own.conn, &ctx, &row.county)?;
    let given = record::issued_cards(own.conn, row.id)?;
    give_cards(&mut own, row, given, &terms).map(drop)
}
