//! After the publication of a cycle: plaques, events and proposals of each rating, some at a time, so that the writer is free
//! for others in between. A rating says itself that this is still to come, so it survives the end of the process.

use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use serde_json::json;

use super::{publication, record, store};
use crate::access::{Caller, Scope};
use crate::app::State;
use crate::db::{Conn, Work, WriteGate};
use crate::http::{Ctx, Tx};
use crate::problem::{Code, Problem};

/// Ratings that one transaction takes on at most, and the time after which it takes on no more.
const CHUNK: i64 = 50;
const ENOUGH: Duration = Duration::from_millis(40);

/// Works out a chunk of what is still to come; returns how many ratings that was.
pub async fn work_off(state: &Arc<State>) -> Result<usize, Problem> {
    let waiting = state.db.read(|conn| Ok(store::pending(conn, 1)?.len())).await?;
    if waiting == 0 {
        return Ok(0);
    }
    let with = state.clone();
    // From the beginning of its last run to after its commit.
    let work = move |conn: &mut Conn| {
        let begun = StopWatch::now();
        Ok((chunk(conn, &with, begun)?, begun))
    };
    let (done, begun) = state.db.write(WriteGate::default(), work).await?;
    state.metrics.rating_chunk_seconds.observe(begun.elapsed().as_secs_f64());
    state.sealer.wake();
    Ok(done)
}

fn chunk(conn: &mut Conn, state: &Arc<State>, begun: StopWatch) -> Work<usize> {
    let mut done = 0;
    for waiting in store::pending(conn, CHUNK)? {
        if done > 0 && begun.elapsed() > ENOUGH {
            break;
        }
        let system = Scope::System("what follows from a publication, whoever published");
        let cycle = store::find_cycle(conn, &system, waiting.cycle_id)?;
        let publication = cycle.publication.0.ok_or_else(|| Problem::new(Code::Internal))?;
        crate::standing::store::lock_head_of(conn, waiting.company_id)?;
        let Some(mut row) = store::still_pending(conn, waiting.id)? else { continue };
        let caller = Caller::acting(&publication.by, publication.client);
        let ctx = Ctx::on_behalf(state.clone(), caller, "publish_rating_cycle", publication.request_id);
        let mut tx = Tx::of(conn, &ctx);
        row.pending = false;
        store::save_row(tx.conn, &row)?;
        record::record(&mut tx, &row, "rating.published", json!({}), &())?;
        publication::consequences(&mut tx, &row)?;
        done += 1;
    }
    Ok(done)
}
