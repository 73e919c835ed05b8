//! The clock looks at tickets: it gives cards, escalates what is late, closes what nobody answers, erases what was kept long
//! enough. Some at a time, so that the writer is free for others in between; each ticket says itself when it is next, so
//! nothing is lost with the process, and two sweepers at once give no card twice. One that cannot be looked at holds up no
//! other: it is put off, and told.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use chrono::TimeDelta;
use serde_json::json;

use super::model::*;
use super::record::{self, Given, NewStep, Terms};
use super::{outcome, persons, rules, store};
use crate::access::Caller;
use crate::db::{Conn, Fail, Id, Instant, StoreFault, Work, WriteGate};
use crate::problem::Problem;
use crate::service::{Ctx, Service, Tx};

/// Tickets that one transaction looks at most, and the time after which it takes on no more.
const CHUNK: usize = 100;
const ENOUGH: Duration = Duration::from_millis(25);
/// What is looked up at once.
const LOOK: i64 = 500;

/// Looks at everything that is due for it; returns how many tickets that was.
pub async fn sweep(state: &Arc<Service>) -> Result<usize, Problem> {
    let begun = StopWatch::now();
    let mut looked = 0;
    loop {
        let now = state.clock.acting();
        let due = state.db.read(move |conn| store::due_for_a_look(conn, now, LOOK)).await?;
        let before = looked;
        for chunk in due.chunks(CHUNK) {
            looked += work_off(state, chunk.to_vec()).await?;
        }
        // What is left is in somebody else's hands: the next sweep sees to it.
        if looked == before || due.len() < LOOK as usize {
            break;
        }
    }
    if looked > 0 {
        state.metrics.complaint_sweep_seconds.observe(begun.elapsed().as_secs_f64());
        state.seal.notify_one();
    }
    Ok(looked)
}

async fn work_off(state: &Arc<Service>, mut ids: Vec<Id>) -> Result<usize, Problem> {
    let mut looked = 0;
    let mut at_once = CHUNK;
    while !ids.is_empty() {
        let these = ids[..at_once.min(ids.len())].to_vec();
        let (with, of) = (state.clone(), these.clone());
        match state.db.write(WriteGate::default(), move |conn| look_at(conn, &with, &of)).await {
            Ok(round) => {
                looked += round.looked;
                ids.drain(..round.passed.clamp(1, ids.len()));
            }
            Err(fail) => {
                let Some(term) = put_off_by(&fail) else { return Err(fail.into()) };
                if let [one] = these[..] {
                    put_off(state, one, term, fail).await?;
                    ids.remove(0);
                }
                // It had no effect: which of them it was shows when each is alone.
                at_once = 1;
            }
        }
    }
    Ok(looked)
}

/// For how long a ticket is put off that failed so, where it is the ticket's doing; where the store cannot serve, nothing is.
fn put_off_by(fail: &Fail) -> Option<TimeDelta> {
    match fail {
        Fail::Problem(_) | Fail::Panicked => Some(TimeDelta::hours(1)),
        Fail::Query(error) => match StoreFault::of(error) {
            StoreFault::Other | StoreFault::Duplicate => Some(TimeDelta::hours(1)),
            // Somebody holds what it needs.
            StoreFault::Deadlock | StoreFault::LockTimeout => Some(TimeDelta::minutes(1)),
            _ => None,
        },
        Fail::Replay(_) | Fail::Text(_) | Fail::Out(_) => None,
    }
}

async fn put_off(state: &Arc<Service>, id: Id, term: TimeDelta, fail: Fail) -> Result<(), Problem> {
    let (with, code) = (state.clone(), Problem::from(fail).code.name());
    let work = move |conn: &mut Conn| {
        let now = with.clock.acting();
        // What fails for every ticket is no ticket's doing: that fails here, too.
        Terms::load(conn, &program(&with, now), "")?;
        store::put_off(conn, id, now, Instant(now.0 + term))
    };
    state.db.write(WriteGate::default(), work).await?;
    let minutes = term.num_minutes();
    tracing::error!(complaint = %id, code, minutes, "the clock cannot look at this complaint: it is put off");
    Ok(())
}

/// The program, as it acts by the clock.
fn program(state: &Arc<Service>, now: Instant) -> Ctx {
    let request = format!("clock-{}", state.clock.new_id(now));
    Ctx::on_behalf(state.clone(), Caller::program(now), "complaint_clock", request, now)
}

/// Of a transaction's tickets, the first that it got through, and how many of them it looked at.
struct Round {
    passed: usize,
    looked: usize,
}

/// Looks at the first of these, as many as there is time for.
fn look_at(conn: &mut Conn, state: &Arc<Service>, ids: &[Id]) -> Work<Round> {
    let begun = StopWatch::now();
    let now = state.clock.acting();
    let ctx = program(state, now);
    let mut tx = Tx::of(conn, &ctx);
    let mut terms: HashMap<String, Terms> = HashMap::new();
    let mut rows = store::still_due(tx.conn, ids, now)?;
    let mut cards = store::cards_among(tx.conn, ids)?;
    let mut round = Round { passed: 0, looked: 0 };
    let mut later = Vec::new();
    for id in ids {
        if round.looked > 0 && begun.elapsed() > ENOUGH {
            break;
        }
        if let Some(row) = rows.remove(id) {
            let given = record::given(cards.remove(id).unwrap_or_default());
            let terms = match terms.entry(row.county.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Terms::load(tx.conn, &ctx, &row.county)?),
            };
            later.extend(look(&mut tx, row, given, terms)?);
            round.looked += 1;
        }
        round.passed += 1;
    }
    store::look_later(tx.conn, &later)?;
    Ok(round)
}

/// Looks at a ticket. One of which nothing has come after all, such as where the calendar of a year was put in, is given back
/// with when to look at it again.
fn look(tx: &mut Tx, mut row: ComplaintRow, given: Vec<Given>, terms: &Terms) -> Work<Option<(Id, Option<Instant>)>> {
    let now = tx.ctx.now;
    if row.is_open {
        let any = give_cards(tx, &mut row, given, terms)?;
        return Ok((!any).then_some((row.id, row.next_at)));
    }
    if row.state == ComplaintState::Replied.code() {
        outcome::close(&mut row, now);
        write(tx, &mut row, NewStep::new(StepKind::Closed).facts(json!({ "unanswered": true })))?;
    } else {
        persons::erase(tx, &mut row, None)?;
        let step = NewStep::new(StepKind::Erased).to(StepAudience::Offices).facts(json!({ "retention": true }));
        write(tx, &mut row, step)?;
    }
    row.next_at = rules::next_look(&row, &given, terms.rules_of(&row)?, &terms.clock());
    store::save_look(tx.conn, &row)?;
    Ok(None)
}

/// Each card that has come and was not given yet; says whether there was one, and then the row is saved. With the first red
/// one the ticket is its supervisor's business, too.
fn give_cards(tx: &mut Tx, row: &mut ComplaintRow, mut given: Vec<Given>, terms: &Terms) -> Work<bool> {
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
        any = true;
        let facts = json!({ "deadline": card.deadline, "due": card.due, "handler": row.handler()? });
        let red = card.colour == CardColour::Red;
        row.red_cards += i64::from(red);
        let kind = if red { StepKind::RedCard } else { StepKind::YellowCard };
        write(tx, row, NewStep::new(kind).to(StepAudience::Parties).facts(facts))?;
        if red
            && row.course.0.escalated_at.is_none()
            && let Some(supervisor) = row.supervisor()?
        {
            row.course.0.escalated_at = Some(now);
            let facts = json!({ "supervisor": supervisor });
            write(tx, row, NewStep::new(StepKind::Escalated).to(StepAudience::Parties).facts(facts))?;
        }
    }
    row.next_at = rules::next_look(row, &given, rules, &terms.clock());
    if any {
        store::save_look(tx.conn, row)?;
    }
    Ok(any)
}

/// A step of the program; the row is saved after the last of them.
fn write(tx: &mut Tx, row: &mut ComplaintRow, step: NewStep) -> Work<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    record::write(tx, row, StepActor::Program, step).map(drop)
}

/// Gives the cards of a ticket that is being taken in hand and that the clock has not come to yet: nobody outruns a deadline,
/// also while one replica takes over from another.
pub fn catch_up(tx: &mut Tx, row: &mut ComplaintRow) -> Work<()> {
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
    let terms = Terms::load(own.conn, &ctx, &row.county)?;
    let given = record::given(store::cards_of(own.conn, row.id)?);
    give_cards(&mut own, row, given, &terms).map(drop)
}
