//! The clock looks at tickets: it gives cards, escalates what is late, closes what nobody answers, erases what was kept long
//! enough. Some at a time, so that the writer is free for others in between; each ticket says itself when it is next, so
//! nothing is lost with the process, and two sweepers at once give no card twice.

use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use serde_json::json;

use super::model::*;
use super::record::{self, Given, NewStep, Terms};
use super::{outcome, persons, rules, store};
use crate::access::Caller;
use crate::app::State;
use crate::db::{Conn, Id, Work, WriteGate};
use crate::http::{Ctx, Tx};
use crate::problem::Problem;

/// Tickets that one transaction looks at most, and the time after which it takes on no more.
const CHUNK: i64 = 100;
const ENOUGH: Duration = Duration::from_millis(25);
/// What is looked up at once.
const LOOK: i64 = 500;

/// Looks at everything that is due for it; returns how many tickets that was.
pub async fn sweep(state: &Arc<State>) -> Result<usize, Problem> {
    let begun = StopWatch::now();
    let mut looked = 0;
    loop {
        let now = state.clock.now();
        let due = state.db.read(move |conn| store::due_for_a_look(conn, now, LOOK)).await?;
        let before = looked;
        for chunk in due.chunks(CHUNK as usize) {
            looked += work_off(state, chunk.to_vec()).await?;
        }
        // One that cannot be looked at must not hold up the others for ever: the next sweep tries again.
        if looked == before || due.len() < LOOK as usize {
            break;
        }
    }
    if looked > 0 {
        state.metrics.complaint_sweep_seconds.observe(begun.elapsed().as_secs_f64());
        state.sealer.wake();
    }
    Ok(looked)
}

async fn work_off(state: &Arc<State>, mut ids: Vec<Id>) -> Result<usize, Problem> {
    let mut looked = 0;
    while !ids.is_empty() {
        let (with, these) = (state.clone(), ids.clone());
        let work = move |conn: &mut Conn| look_at(conn, &with, &these);
        let done = state.db.write(WriteGate::default(), work).await?;
        looked += done;
        ids.drain(..done.clamp(1, ids.len()));
    }
    Ok(looked)
}

/// Looks at the first of these, as many as there is time for; returns how many.
fn look_at(conn: &mut Conn, state: &Arc<State>, ids: &[Id]) -> Work<usize> {
    let begun = StopWatch::now();
    let now = state.clock.now();
    let request = format!("clock-{}", state.clock.new_id(now));
    let ctx = Ctx::on_behalf(state.clone(), Caller::program(now), "complaint_clock", request, now);
    let mut tx = Tx::of(conn, &ctx);
    let terms = Terms::load(tx.conn, &ctx)?;
    let mut rows = store::still_due(tx.conn, ids, now)?;
    let mut cards = store::cards_among(tx.conn, ids)?;
    let mut looked = 0;
    for id in ids {
        if looked > 0 && begun.elapsed() > ENOUGH {
            break;
        }
        if let Some(row) = rows.remove(id) {
            let given = record::given(cards.remove(id).unwrap_or_default());
            look(&mut tx, row, given, &terms)?;
        }
        looked += 1;
    }
    Ok(looked)
}

fn look(tx: &mut Tx, mut row: ComplaintRow, given: Vec<Given>, terms: &Terms) -> Work<()> {
    let now = tx.ctx.now;
    if row.is_open {
        return give_cards(tx, row, given, terms);
    }
    if row.state == ComplaintState::Replied.code() {
        outcome::close(&mut row, now);
        let step = NewStep::new(StepKind::Closed).facts(json!({ "unanswered": true }));
        return record::advance(tx, &mut row, terms, StepActor::Program, step).map(drop);
    }
    persons::erase(tx, &mut row, None)?;
    let step = NewStep::new(StepKind::Erased).to(StepAudience::Offices).facts(json!({ "retention": true }));
    record::advance(tx, &mut row, terms, StepActor::Program, step).map(drop)
}

/// Each card that has come and was not given yet. With the first red one the ticket is its supervisor's business, too. Where
/// nothing has come after all, such as where the calendar of a year was put in, it is looked at again when it does.
fn give_cards(tx: &mut Tx, mut row: ComplaintRow, mut given: Vec<Given>, terms: &Terms) -> Work<()> {
    let now = tx.ctx.now;
    let rules = terms.rules_of(&row)?;
    let come = rules::cards(&row, rules, &terms.clock()).into_iter().filter(|card| card.at.0 <= now.0);
    for card in come {
        let this = (card.deadline, card.colour, card.due);
        if given.contains(&this) {
            continue;
        }
        given.push(this);
        let new = CardRow {
            complaint_id: row.id,
            deadline: card.deadline.code().to_owned(),
            colour: card.colour.code().to_owned(),
            due_at: card.due,
            issued_at: now,
            handler_role: row.handler_role.clone(),
            handler_division: row.handler_division.clone(),
        };
        if !store::give_card(tx.conn, &new)? {
            continue;
        }
        let facts = json!({ "deadline": card.deadline, "due": card.due, "handler": row.handler()? });
        let red = card.colour == CardColour::Red;
        row.red_cards += i64::from(red);
        let kind = if red { StepKind::RedCard } else { StepKind::YellowCard };
        write(tx, &mut row, NewStep::new(kind).to(StepAudience::Parties).facts(facts))?;
        if red && row.course.0.escalated_at.is_none() {
            row.course.0.escalated_at = Some(now);
            let facts = json!({ "supervisor": row.supervisor()? });
            write(tx, &mut row, NewStep::new(StepKind::Escalated).to(StepAudience::Parties).facts(facts))?;
        }
    }
    row.next_at = rules::next_look(&row, &given, rules, &terms.clock());
    store::save_look(tx.conn, &row)
}

/// A step of the program; the row is saved after the last of them.
fn write(tx: &mut Tx, row: &mut ComplaintRow, step: NewStep) -> Work<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    record::write(tx, row, StepActor::Program, step).map(drop)
}
