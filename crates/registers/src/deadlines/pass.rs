//! Recomputes all open deadlines after a change of the calendar. Each transaction covers a few rows, so that other
//! writers can run in between. An interrupted pass is repeated safely.

use std::sync::Arc;
use std::time::Duration;

use super::{Deadlines, Feature, Terms, store};
use crate::calendar;
use crate::db::{Conn, Id, WorkError, WriteLock};
use crate::problem::Problem;
use crate::service::{Ctx, Service, Tx};

/// Rows changed in one transaction.
const CHUNK: usize = 20;

/// Moves open deadlines if the calendar has changed since the last pass. Returns the number of moved rows.
pub async fn follow_calendar(state: &Arc<Service>) -> Result<usize, Problem> {
    let stamps = state.db.read(|conn| Ok((calendar::stamp(conn)?, store::followed(conn)?))).await?;
    let (now, followed) = stamps;
    if followed.as_deref() == Some(now.as_str()) {
        return Ok(0);
    }
    let mut moved = 0;
    for feature in state.parts.get::<Deadlines>().0 {
        moved += follow_feature(state, feature).await?;
    }
    state.db.write(WriteLock::default(), move |conn| store::set_followed(conn, &now)).await?;
    if moved > 0 {
        tracing::info!(rows = moved, "the calendar has changed: open deadlines were moved");
        state.seal.notify_one();
    }
    Ok(moved)
}

/// Runs [`follow_calendar`] for at most `limit`, while a request waits. The background job does the rest.
pub async fn follow_within(state: &Arc<Service>, limit: Duration) {
    match tokio::time::timeout(limit, follow_calendar(state)).await {
        Ok(Ok(_)) => {}
        Ok(Err(problem)) => {
            tracing::warn!(error = %problem, "open deadlines could not be adapted to the new calendar; this is retried");
        }
        Err(_) => tracing::info!("open deadlines are adapted to the new calendar in the background"),
    }
}

async fn follow_feature(state: &Arc<Service>, feature: &'static Feature) -> Result<usize, Problem> {
    let (mut after, mut moved) = (None, 0);
    loop {
        let with = state.clone();
        let find_moved = move |conn: &mut Conn| {
            let mut terms = Terms::load(conn, &with)?;
            (feature.find_moved)(conn, &mut terms, after)
        };
        let batch = state.db.read(find_moved).await?;
        for chunk in batch.moved.chunks(CHUNK) {
            moved += follow_rows(state, feature, chunk.to_vec()).await?;
        }
        after = batch.last;
        if after.is_none() {
            return Ok(moved);
        }
    }
}

async fn follow_rows(state: &Arc<Service>, feature: &'static Feature, ids: Vec<Id>) -> Result<usize, Problem> {
    match write(state, feature, ids.clone()).await {
        Err(WorkError::Problem(_) | WorkError::Query(_) | WorkError::Panicked) if ids.len() > 1 => {}
        other => return Ok(other?),
    }
    // The chunk was rolled back. Try each row alone, so that one failing row does not block the others.
    let mut moved = 0;
    for id in ids {
        match write(state, feature, vec![id]).await {
            Ok(rows) => moved += rows,
            Err(fail @ WorkError::Out(_)) => return Err(fail.into()),
            Err(fail) => {
                let code = Problem::from(fail).code.name();
                tracing::error!(table = feature.table, row = %id, code, "a deadline could not be adapted to the calendar");
            }
        }
    }
    Ok(moved)
}

async fn write(state: &Arc<Service>, feature: &'static Feature, ids: Vec<Id>) -> Result<usize, WorkError> {
    let with = state.clone();
    let work = move |conn: &mut Conn| {
        let now = with.clock.now();
        let ctx = Ctx::of_program(with.clone(), "follow_calendar", "calendar", now);
        let mut tx = Tx::of(conn, &ctx);
        let mut terms = Terms::load(tx.conn, &with)?;
        let mut moved = 0;
        for id in &ids {
            moved += usize::from((feature.follow)(&mut tx, &mut terms, *id)?);
        }
        Ok(moved)
    };
    state.db.write(WriteLock::default(), work).await
}
