//! Processes the consequences of an announced or published cycle (plaques, events, proposals of removal) in small
//! chunks, so that other writers can work in between. Each pending rating is marked in its row, so the work survives a
//! restart.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use serde_json::json;

use super::{publication, record, store};
use crate::access::{Caller, Scope};
use crate::db::{Conn, Id, WorkResult, WriteLock};
use crate::problem::Problem;
use crate::service::{Ctx, Service, Tx};

/// Limits of one transaction: the number of ratings, and the time after which it takes no further rating. Sealing the
/// events and the commit come on top; the whole must stay below 100 ms on a busy machine.
const CHUNK: i64 = 50;
const TIME_BUDGET: Duration = Duration::from_millis(25);

/// Processes one chunk of pending ratings. Returns how many ratings that was.
pub async fn process_pending(state: &Arc<Service>) -> Result<usize, Problem> {
    let waiting = state.db.read(|conn| Ok(store::pending(conn, 1)?.len())).await?;
    if waiting == 0 {
        return Ok(0);
    }
    let with = state.clone();
    // Measured from the start of the last attempt to the end of the commit.
    let work = move |conn: &mut Conn| {
        let started = StopWatch::now();
        Ok((chunk(conn, &with, started)?, started))
    };
    let (done, started) = state.db.write(WriteLock::default(), work).await?;
    state.metrics.rating_chunk_seconds.observe(started.elapsed().as_secs_f64());
    state.seal.notify_one();
    Ok(done)
}

fn chunk(conn: &mut Conn, state: &Arc<Service>, started: StopWatch) -> WorkResult<usize> {
    let system = Scope::System("the consequences of a publication do not depend on the caller");
    let mut of_cycle: HashMap<Id, Ctx> = HashMap::new();
    let mut locked = HashSet::new();
    let mut done = Vec::new();
    for waiting in store::pending(conn, CHUNK)? {
        if !done.is_empty() && started.elapsed() > TIME_BUDGET {
            break;
        }
        let ctx = match of_cycle.entry(waiting.cycle_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let cycle = store::find_cycle(conn, &system, waiting.cycle_id)?;
                let bulk = cycle
                    .bulk
                    .0
                    .ok_or_else(|| Problem::broken("a published rating belongs to a cycle without a publication"))?;
                let caller = Caller::acting(&bulk.by, bulk.client);
                let (operation, at) = ("publish_rating_cycle", bulk.at);
                new.insert(Ctx::on_behalf(state.clone(), caller, operation, bulk.request_id, at))
            }
        };
        if locked.insert(waiting.company_id) {
            crate::companies::family::lock_head_of(conn, waiting.company_id)?;
        }
        let Some(row) = store::still_pending(conn, waiting.id)? else { continue };
        let mut tx = Tx::of(conn, ctx);
        if row.published_on.is_some() {
            record::record(&mut tx, &row, "rating.published", json!({}), &())?;
            publication::consequences(&mut tx, &row)?;
        } else {
            // Announced together with others: the event notifies the parties that may object.
            record::record(&mut tx, &row, "rating.announced", json!({}), &())?;
        }
        done.push(row.id);
    }
    store::mark_processed(conn, &done)?;
    Ok(done.len())
}
