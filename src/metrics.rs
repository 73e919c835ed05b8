//! What is counted, in the Prometheus text format.

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    pub security_events: IntCounterVec,
    pub write_queue: IntGauge,
    pub calendar_years_missing: IntGauge,
    pub keyring_broken: IntGauge,
    pub issuer_keys_age: IntGaugeVec,
}

impl Metrics {
    pub fn new() -> anyhow::Result<Metrics> {
        let registry = Registry::new_custom(Some("xiaoqu".into()), None)?;
        let requests = IntCounterVec::new(
            Opts::new("http_requests_total", "Requests answered, by operation and status"),
            &["operation", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("http_request_seconds", "Time from request to answer, by operation")
                .buckets(vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]),
            &["operation"],
        )?;
        let security_events = IntCounterVec::new(
            Opts::new("security_events_total", "Security events, by kind (docs/operators.md lists them)"),
            &["kind"],
        )?;
        let write_queue = IntGauge::new("write_queue", "Writes that wait for the one writer (SQLite)")?;
        let calendar_years_missing =
            IntGauge::new("calendar_years_missing", "Of this year and the next, how many have no holiday calendar")?;
        let keyring_broken = IntGauge::new(
            "keyring_broken",
            "1 while the changed keyring cannot be used and the one before it is in force",
        )?;
        let issuer_keys_age = IntGaugeVec::new(
            Opts::new(
                "issuer_keys_age_seconds",
                "How long ago the keys of a trusted issuer were fetched (or the service started, where they never were)",
            ),
            &["issuer"],
        )?;
        registry.register(Box::new(issuer_keys_age.clone()))?;
        registry.register(Box::new(keyring_broken.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(security_events.clone()))?;
        registry.register(Box::new(write_queue.clone()))?;
        registry.register(Box::new(calendar_years_missing.clone()))?;
        Ok(Metrics {
            registry,
            requests,
            seconds,
            security_events,
            write_queue,
            calendar_years_missing,
            keyring_broken,
            issuer_keys_age,
        })
    }

    pub fn answered(&self, operation: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[operation, &status.to_string()]).inc();
        self.seconds.with_label_values(&[operation]).observe(seconds);
    }

    pub fn text(&self) -> anyhow::Result<String> {
        let mut out = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut out)?;
        Ok(String::from_utf8(out)?)
    }
}
