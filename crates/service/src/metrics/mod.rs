//! Metrics in the Prometheus text format. A request only uses handles that were created at start-up, so that it needs
//! no lookup by label.

mod list;
mod process;

use std::sync::OnceLock;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

pub use list::{Kind, LIST, Row};

use crate::access::permissions::Permissions;
use crate::db::StoreMetrics;
use crate::problem::{CODES, Code};

const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Buckets, fine below 100 ms: no write should hold SQLite's writer for longer.
const HOLDS: &[f64] = &[
    0.001, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.125, 0.15, 0.2, 0.25, 0.5, 1.0, 2.5,
    10.0,
];
const COUNTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    /// Indexed like the table of permissions. The last one is for requests without an operation.
    operations: Vec<Operation>,
    in_flight: IntGauge,
    problems: Vec<IntCounter>,
    pub replays: IntCounter,
    pub security_events: IntCounterVec,
    pub unnamed_proxy: IntCounter,
    pub store: StoreMetrics,
    pub rating_chunk_seconds: Histogram,
    pub complaint_sweep_seconds: Histogram,
    pub write_queue: IntGauge,
    pub writer_held: IntGauge,
    pub pool_connections: IntGaugeVec,
    pub lease_held: IntGauge,
    pub migrations: IntGaugeVec,
    pub calendar_years_missing: IntGauge,
    pub keyring_broken: IntGauge,
    pub disk_free: IntGaugeVec,
    pub storage_full: IntGauge,
    pub clock_stopped: IntGauge,
    pub database_refused: IntGaugeVec,
    pub ledger_size: IntGauge,
    pub ledger_unsealed: IntGauge,
    pub issuer_keys_age: IntGaugeVec,
    process: process::Process,
}

/// The handles of one operation, each created when first needed.
struct Operation {
    name: &'static str,
    by_status: Vec<OnceLock<IntCounter>>,
    by_class: [OnceLock<Histogram>; 5],
}

/// A request in progress, until this is dropped.
pub struct InFlight<'a>(&'a IntGauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Registers the metrics of the list, each once.
struct Registrar {
    registry: Registry,
    taken: Vec<&'static str>,
}

impl Registrar {
    fn row(&mut self, name: &str, kind: Kind) -> anyhow::Result<&'static Row> {
        let row = LIST.iter().find(|row| row.name == name && row.kind == kind);
        let row = row.ok_or_else(|| anyhow::anyhow!("no {kind:?} {name} is in the list of metrics"))?;
        self.taken.push(row.name);
        Ok(row)
    }

    fn add<C: Collector + Clone + 'static>(&self, collector: C) -> anyhow::Result<C> {
        self.registry.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    fn counters(&mut self, name: &str) -> anyhow::Result<IntCounterVec> {
        let row = self.row(name, Kind::Counter)?;
        self.add(IntCounterVec::new(Opts::new(row.name, row.help), row.labels)?)
    }

    fn counter(&mut self, name: &str) -> anyhow::Result<IntCounter> {
        Ok(self.counters(name)?.get_metric_with_label_values::<&str>(&[])?)
    }

    fn gauges(&mut self, name: &str) -> anyhow::Result<IntGaugeVec> {
        let row = self.row(name, Kind::Gauge)?;
        self.add(IntGaugeVec::new(Opts::new(row.name, row.help), row.labels)?)
    }

    fn gauge(&mut self, name: &str) -> anyhow::Result<IntGauge> {
        Ok(self.gauges(name)?.get_metric_with_label_values::<&str>(&[])?)
    }

    fn histograms(&mut self, name: &str, buckets: &[f64]) -> anyhow::Result<HistogramVec> {
        let row = self.row(name, Kind::Histogram)?;
        let options = HistogramOpts::new(row.name, row.help).buckets(buckets.to_vec());
        self.add(HistogramVec::new(options, row.labels)?)
    }

    fn histogram(&mut self, name: &str, buckets: &[f64]) -> anyhow::Result<Histogram> {
        Ok(self.histograms(name, buckets)?.get_metric_with_label_values::<&str>(&[])?)
    }
}

/// Registers the metrics of the database.
fn store_metrics(all: &mut Registrar) -> anyhow::Result<StoreMetrics> {
    let wait = all.histograms("xiaoqu_pool_wait_seconds", SECONDS)?;
    let standby = all.counters("xiaoqu_standby_reads_total")?;
    Ok(StoreMetrics {
        batch_jobs: all.histogram("xiaoqu_write_batch_jobs", COUNTS)?,
        commit_seconds: all.histogram("xiaoqu_commit_seconds", SECONDS)?,
        hold_seconds: all.histogram("xiaoqu_write_hold_seconds", HOLDS)?,
        wait_primary: wait.get_metric_with_label_values(&["primary"])?,
        wait_standby: wait.get_metric_with_label_values(&["standby"])?,
        wait_readers: wait.get_metric_with_label_values(&["readers"])?,
        standby_served: standby.get_metric_with_label_values(&["served"])?,
        standby_behind: standby.get_metric_with_label_values(&["behind"])?,
        standby_away: standby.get_metric_with_label_values(&["away"])?,
        standby_failed: standby.get_metric_with_label_values(&["failed"])?,
    })
}

impl Metrics {
    pub fn new(permissions: &Permissions) -> anyhow::Result<Metrics> {
        let mut all = Registrar { registry: Registry::new(), taken: Vec::new() };
        let problems = all.counters("xiaoqu_problems_total")?;
        let build = all.gauges("xiaoqu_build_info")?;
        build.get_metric_with_label_values(&[env!("CARGO_PKG_VERSION")])?.set(1);
        let operation = |name| Operation {
            name,
            by_status: (100..600).map(|_| OnceLock::new()).collect(),
            by_class: Default::default(),
        };
        let metrics = Metrics {
            requests: all.counters("xiaoqu_http_requests_total")?,
            seconds: all.histograms("xiaoqu_http_request_seconds", SECONDS)?,
            operations: permissions.rows().iter().map(|row| row.operation).chain(["unknown"]).map(operation).collect(),
            in_flight: all.gauge("xiaoqu_http_requests_in_flight")?,
            problems: CODES
                .iter()
                .map(|row| problems.get_metric_with_label_values(&[row.name]))
                .collect::<Result<_, _>>()?,
            replays: all.counter("xiaoqu_idempotent_replays_total")?,
            security_events: all.counters("xiaoqu_security_events_total")?,
            unnamed_proxy: all.counter("xiaoqu_unnamed_proxy_requests_total")?,
            store: store_metrics(&mut all)?,
            rating_chunk_seconds: all.histogram("xiaoqu_rating_chunk_seconds", HOLDS)?,
            complaint_sweep_seconds: all.histogram("xiaoqu_complaint_sweep_seconds", HOLDS)?,
            write_queue: all.gauge("xiaoqu_write_queue")?,
            writer_held: all.gauge("xiaoqu_writer_held_seconds")?,
            pool_connections: all.gauges("xiaoqu_pool_connections")?,
            lease_held: all.gauge("xiaoqu_lease_held")?,
            migrations: all.gauges("xiaoqu_migrations")?,
            calendar_years_missing: all.gauge("xiaoqu_calendar_years_missing")?,
            keyring_broken: all.gauge("xiaoqu_keyring_broken")?,
            disk_free: all.gauges("xiaoqu_disk_free_bytes")?,
            storage_full: all.gauge("xiaoqu_storage_full")?,
            clock_stopped: all.gauge("xiaoqu_clock_stopped")?,
            database_refused: all.gauges("xiaoqu_database_refused")?,
            ledger_size: all.gauge("xiaoqu_ledger_size")?,
            ledger_unsealed: all.gauge("xiaoqu_ledger_unsealed")?,
            issuer_keys_age: all.gauges("xiaoqu_issuer_keys_age_seconds")?,
            process: process::Process {
                start: all.gauge("process_start_time_seconds")?,
                resident: all.gauge("process_resident_memory_bytes")?,
                anonymous: all.gauge("process_anonymous_memory_bytes")?,
                open_fds: all.gauge("process_open_fds")?,
                threads: all.gauge("process_threads")?,
            },
            registry: all.registry,
        };
        metrics.process.started();
        let missing = LIST.iter().find(|row| !all.taken.contains(&row.name));
        anyhow::ensure!(missing.is_none(), "nothing counts {:?}", missing.map(|row| row.name));
        Ok(metrics)
    }

    pub fn request_started(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// Counts a response. Without an index, it is counted as a request without an operation.
    pub fn answered(&self, index: Option<usize>, status: u16, seconds: f64) {
        // The last one is for requests without an operation.
        let Some(operation) = self.operations.get(index.unwrap_or(self.operations.len() - 1)) else { return };
        if let Some(counter) = operation.by_status.get(usize::from(status).wrapping_sub(100)) {
            let made = || self.requests.with_label_values(&[operation.name, &status.to_string()]);
            counter.get_or_init(made).inc();
        }
        if let Some(histogram) = operation.by_class.get(usize::from(status / 100).wrapping_sub(1)) {
            let made = || self.seconds.with_label_values(&[operation.name, &format!("{}xx", status / 100)]);
            histogram.get_or_init(made).observe(seconds);
        }
    }

    pub fn problem(&self, code: Code) {
        if let Some(counter) = self.problems.get(code as usize) {
            counter.inc();
        }
    }

    /// All metrics in the Prometheus text format.
    pub fn text(&self) -> anyhow::Result<String> {
        self.process.refresh();
        let mut out = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut out)?;
        Ok(String::from_utf8(out)?)
    }
}
