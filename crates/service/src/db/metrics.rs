//! What the store counts; `metrics` registers it.

use prometheus::{Histogram, HistogramOpts, IntCounter};

/// What the store counts. Its handles count into nothing until they are registered.
#[derive(Clone)]
pub struct StoreMetrics {
    pub batch_jobs: Histogram,
    pub commit_seconds: Histogram,
    pub hold_seconds: Histogram,
    pub wait_primary: Histogram,
    pub wait_standby: Histogram,
    pub wait_readers: Histogram,
    pub standby_served: IntCounter,
    pub standby_behind: IntCounter,
    pub standby_away: IntCounter,
    pub standby_failed: IntCounter,
}

impl StoreMetrics {
    /// For a store that nobody asks for its metrics: they are counted and shown nowhere.
    pub fn unregistered() -> prometheus::Result<StoreMetrics> {
        let histogram = || Histogram::with_opts(HistogramOpts::new("unregistered", "shown nowhere"));
        let counter = || IntCounter::new("unregistered", "shown nowhere");
        Ok(StoreMetrics {
            batch_jobs: histogram()?,
            commit_seconds: histogram()?,
            hold_seconds: histogram()?,
            wait_primary: histogram()?,
            wait_standby: histogram()?,
            wait_readers: histogram()?,
            standby_served: counter()?,
            standby_behind: counter()?,
            standby_away: counter()?,
            standby_failed: counter()?,
        })
    }
}
