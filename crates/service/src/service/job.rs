//! Work that goes on beside the requests until the service stops.

use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use futures_util::future::LocalBoxFuture;

use super::Service;
use crate::problem::Problem;

/// How often what has run out is put away.
pub const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// One piece of work, again and again.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    pub by: By,
    /// From the start to the first time.
    pub first: Duration,
    /// From the beginning of one time to the next.
    pub every: Duration,
    /// How often it is looked whether it is due, and this replica's.
    pub poll: Duration,
    /// What makes it due at once, beside the time.
    pub woken: Option<fn(&Service) -> LocalBoxFuture<'_, ()>>,
    pub run: fn(Arc<Service>) -> LocalBoxFuture<'static, Result<(), Problem>>,
    /// Told where it fails: the next time it is tried again.
    pub waits: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    EachReplica,
    /// The one that holds the lease.
    LeaseHolder,
    /// The same, while its clock is credible.
    Background,
}

impl Job {
    /// Every so often, and for the first time after that long.
    pub const fn every(
        every: Duration,
        name: &'static str,
        by: By,
        waits: &'static str,
        run: fn(Arc<Service>) -> LocalBoxFuture<'static, Result<(), Problem>>,
    ) -> Job {
        Job { name, by, first: every, every, poll: every, woken: None, run, waits }
    }

    pub const fn first_after(self, first: Duration) -> Job {
        Job { first, ..self }
    }

    pub const fn polling_every(self, poll: Duration) -> Job {
        Job { poll, ..self }
    }

    pub const fn woken_by(self, woken: fn(&Service) -> LocalBoxFuture<'_, ()>) -> Job {
        Job { woken: Some(woken), ..self }
    }

    async fn may(&self, state: &Service) -> bool {
        match self.by {
            By::EachReplica => true,
            By::LeaseHolder => state.lease.held(&state.db).await,
            By::Background => state.does_background_work().await,
        }
    }

    /// For as long as the service runs.
    pub async fn follow(self, state: Arc<Service>) {
        let mut next = StopWatch::now() + self.first;
        loop {
            if StopWatch::now() >= next && self.may(&state).await {
                next = StopWatch::now() + self.every;
                if let Err(problem) = (self.run)(state.clone()).await {
                    tracing::warn!(error = %problem, job = self.name, "{}", self.waits);
                }
            }
            let Some(woken) = self.woken else {
                tokio::time::sleep(self.poll).await;
                continue;
            };
            if tokio::time::timeout(self.poll, woken(&state)).await.is_ok() {
                next = StopWatch::now();
            }
        }
    }
}
