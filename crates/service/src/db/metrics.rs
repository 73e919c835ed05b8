//! Metrics of the database; `metrics` registers them.

use prometheus::{Histogram, HistogramOpts, IntCounter};

/// Metrics of the database. Their values are not exported until they are registered.
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
    /// Metrics that are counted but never exported.
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
