//! Background jobs, which run until the service stops.

use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use futures_util::future::LocalBoxFuture;

use super::Service;
use crate::problem::Problem;

/// Interval of jobs that delete expired data.
pub const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// A job that is repeated.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    pub by: By,
    /// Time from the start of the service to the first run.
    pub first: Duration,
    /// Time from the start of one run to the start of the next.
    pub every: Duration,
    /// How often to check whether a run is due in this replica.
    pub poll: Duration,
    /// An event that makes a run due at once.
    pub woken: Option<fn(&Service) -> LocalBoxFuture<'_, ()>>,
    pub run: fn(Arc<Service>) -> LocalBoxFuture<'static, Result<(), Problem>>,
    /// Logged after a failure. The job is tried again at the next run.
    pub waits: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    EachReplica,
    /// The replica that holds the lease.
    LeaseHolder,
    /// The same, while its clock is confirmed.
    Background,
}

impl Job {
    /// A job with this interval, and this delay before the first run.
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

    /// Runs the job until the service stops.
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
