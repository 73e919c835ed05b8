//! The deadline check, a background job: it gives cards, escalates, closes complaints that were not reopened in time,
//! and erases personal data after the retention period.
//!
//! It works in short transactions, so that other writers get their turn. Each complaint stores the time of its next
//! check, so a restart loses nothing, and two replicas at once give no card twice. A complaint whose check fails is
//! deferred and logged, and does not hold up the others.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use chrono::TimeDelta;
use serde_json::json;

use super::cards::{give_cards, program, write};
use super::model::*;
use super::record::{self, GoverningRules, IssuedCard, NewStep};
use super::{erasure, rules, store};
use crate::db::{Conn, Id, Instant, StoreError, WorkError, WorkResult, WriteLock};
use crate::problem::Problem;
use crate::service::{Service, Tx};

/// Most complaints of one transaction, and the time after which it starts no further check.
const CHUNK: usize = 100;
const TIME_BUDGET: Duration = Duration::from_millis(25);
/// Most due complaints that one query reads.
const BATCH: i64 = 500;

/// Checks every complaint that is due. Returns the number of complaints checked.
pub async fn check_due(state: &Arc<Service>) -> Result<usize, Problem> {
    let started = StopWatch::now();
    let mut checked = 0;
    loop {
        let now = state.clock.acting();
        let due = state.db.read(move |conn| store::due_for_check(conn, now, BATCH)).await?;
        let before = checked;
        for chunk in due.chunks(CHUNK) {
            checked += check_all(state, chunk.to_vec()).await?;
        }
        // Complaints that are locked by others are left to the next run.
        if checked == before || due.len() < BATCH as usize {
            break;
        }
    }
    if checked > 0 {
        state.metrics.complaint_sweep_seconds.observe(started.elapsed().as_secs_f64());
        state.seal.notify_one();
    }
    Ok(checked)
}

async fn check_all(state: &Arc<Service>, mut ids: Vec<Id>) -> Result<usize, Problem> {
    let mut checked = 0;
    let mut at_once = CHUNK;
    while !ids.is_empty() {
        let these = ids[..at_once.min(ids.len())].to_vec();
        let (with, of) = (state.clone(), these.clone());
        match state.db.write(WriteLock::default(), move |conn| check_batch(conn, &with, &of)).await {
            Ok(outcome) => {
                checked += outcome.checked;
                ids.drain(..outcome.passed.clamp(1, ids.len()));
            }
            Err(fail) => {
                let Some(term) = retry_delay(&fail) else { return Err(fail.into()) };
                if let [one] = these[..] {
                    defer(state, one, term, fail).await?;
                    ids.remove(0);
                }
                // The transaction was rolled back. One complaint at a time shows which one fails.
                at_once = 1;
            }
        }
    }
    Ok(checked)
}

/// How long to defer a complaint after this failure; none if the database itself fails.
fn retry_delay(fail: &WorkError) -> Option<TimeDelta> {
    match fail {
        WorkError::Problem(_) | WorkError::Panicked => Some(TimeDelta::hours(1)),
        WorkError::Query(error) => match StoreError::of(error) {
            StoreError::Other | StoreError::Duplicate => Some(TimeDelta::hours(1)),
            // Another transaction holds a lock.
            StoreError::Deadlock | StoreError::LockTimeout => Some(TimeDelta::minutes(1)),
            _ => None,
        },
        WorkError::Replay(_) | WorkError::Text(_) | WorkError::Out(_) => None,
    }
}

async fn defer(state: &Arc<Service>, id: Id, term: TimeDelta, fail: WorkError) -> Result<(), Problem> {
    let (with, code) = (state.clone(), Problem::from(fail).code.name());
    let work = move |conn: &mut Conn| {
        let now = with.clock.acting();
        // A failure that affects every complaint also occurs here, and then nothing is deferred.
        GoverningRules::load(conn, &program(&with, now), "")?;
        store::defer(conn, id, now, Instant(now.0 + term))
    };
    state.db.write(WriteLock::default(), work).await?;
    let minutes = term.num_minutes();
    tracing::error!(complaint = %id, code, minutes, "the deadline check of this complaint failed and is postponed");
    Ok(())
}

/// How many of the batch's complaints were passed, from the first on, and how many of those were checked.
struct BatchOutcome {
    passed: usize,
    checked: usize,
}

/// Checks these complaints in order, until the time budget is used up.
fn check_batch(conn: &mut Conn, state: &Arc<Service>, ids: &[Id]) -> WorkResult<BatchOutcome> {
    let started = StopWatch::now();
    let now = state.clock.acting();
    let ctx = program(state, now);
    let mut tx = Tx::of(conn, &ctx);
    let mut terms: HashMap<String, GoverningRules> = HashMap::new();
    let mut rows = store::still_due(tx.conn, ids, now)?;
    let mut cards = store::cards_among(tx.conn, ids)?;
    let mut outcome = BatchOutcome { passed: 0, checked: 0 };
    let mut later = Vec::new();
    for id in ids {
        if outcome.checked > 0 && started.elapsed() > TIME_BUDGET {
            break;
        }
        if let Some(row) = rows.remove(id) {
            let given = record::issued(cards.remove(id).unwrap_or_default());
            let terms = match terms.entry(row.county.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(GoverningRules::load(tx.conn, &ctx, &row.county)?),
            };
            later.extend(check(&mut tx, row, given, terms)?);
            outcome.checked += 1;
        }
        outcome.passed += 1;
    }
    store::reschedule_all(tx.conn, &later)?;
    Ok(outcome)
}

/// Checks one complaint. If nothing was due after all, for example after a change of the calendar, returns its id and
/// its next check.
fn check(
    tx: &mut Tx,
    mut row: ComplaintRow,
    given: Vec<IssuedCard>,
    terms: &GoverningRules,
) -> WorkResult<Option<(Id, Option<Instant>)>> {
    let now = tx.ctx.now;
    if row.is_open {
        let any = give_cards(tx, &mut row, given, terms)?;
        return Ok((!any).then_some((row.id, row.next_at)));
    }
    if row.state == ComplaintState::Replied {
        rules::close(&mut row, now);
        write(tx, &mut row, NewStep::new(StepKind::Closed).facts(json!({ "unanswered": true })))?;
    } else {
        erasure::erase(tx, &mut row, None)?;
        let step = NewStep::new(StepKind::Erased).to(StepAudience::Offices).facts(json!({ "retention": true }));
        write(tx, &mut row, step)?;
    }
    row.next_at = rules::next_check_at(&row, &given, terms.rules_of(&row)?, &terms.clock());
    store::save_check(tx.conn, &row)?;
    Ok(None)
}
