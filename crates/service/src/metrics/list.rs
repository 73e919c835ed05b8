//! All metrics. The counters, the page `docs/metrics.md`, the dashboard and the alerts are checked against this list.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }
}

pub struct Row {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Row {
    Row { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Row {
    Row { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Row {
    Row { name, kind: Kind::Histogram, labels, help }
}

pub static LIST: &[Row] = &[
    counter("xiaoqu_http_requests_total", &["operation", "status"], "Responses, by operation and status"),
    histogram(
        "xiaoqu_http_request_seconds",
        &["operation", "class"],
        "Time from request to response, by operation and status class (2xx)",
    ),
    gauge("xiaoqu_http_requests_in_flight", &[], "Requests in progress"),
    counter(
        "xiaoqu_problems_total",
        &["code"],
        "Problem responses, by code; database_unavailable, storage_full, busy and outcome_unknown are outages",
    ),
    counter("xiaoqu_idempotent_replays_total", &[], "Responses replayed for an idempotency key"),
    counter(
        "xiaoqu_security_events_total",
        &["kind"],
        "Security events, by kind (docs/operators/security-events.md lists them)",
    ),
    counter(
        "xiaoqu_unnamed_proxy_requests_total",
        &[],
        "Requests with X-Forwarded-For or Forwarded from an address that trusted_proxies does not name",
    ),
    gauge("xiaoqu_write_queue", &[], "SQLite: writes queued for the only writer"),
    gauge("xiaoqu_writer_held_seconds", &[], "SQLite: time that the writer has spent on its current batch"),
    histogram("xiaoqu_write_batch_jobs", &[], "SQLite: writes in one commit"),
    histogram("xiaoqu_commit_seconds", &[], "Time of a COMMIT, including the write to disk"),
    histogram(
        "xiaoqu_write_hold_seconds",
        &[],
        "SQLite: time that a batch held the one writer, from its BEGIN to the end of its COMMIT; PostgreSQL: time of a \
         write's transaction, with its waits for locks",
    ),
    histogram(
        "xiaoqu_rating_chunk_seconds",
        &[],
        "Time of a transaction that processes the consequences of the publication of a rating cycle",
    ),
    histogram(
        "xiaoqu_complaint_sweep_seconds",
        &[],
        "Time of one deadline check of complaints: cards, escalations, closure, erasure",
    ),
    gauge(
        "xiaoqu_pool_connections",
        &["pool", "state"],
        "Connections of a pool (primary, standby; SQLite: readers), by state (in_use, idle)",
    ),
    histogram("xiaoqu_pool_wait_seconds", &["pool"], "Time that work waited for a connection of the pool"),
    counter(
        "xiaoqu_standby_reads_total",
        &["result"],
        "Lists requested from the standby, by result: served; or behind, away (unreachable) or failed, and then read from \
         the primary",
    ),
    gauge("xiaoqu_lease_held", &[], "1 in the replica that runs the background jobs"),
    gauge("xiaoqu_migrations", &["state"], "Migrations that the database has (applied) and this version has (known)"),
    gauge("xiaoqu_calendar_years_missing", &[], "Years without a calendar, counting this year and the next"),
    gauge("xiaoqu_keyring_broken", &[], "1 while the changed keyring cannot be used and the previous one is active"),
    gauge("xiaoqu_clock_stopped", &[], "1 while background jobs are paused because the clock jumped"),
    gauge(
        "xiaoqu_database_refused",
        &["reason"],
        "1 while the database is not used, because it belongs to another deployment (docs/operators/database-identity.md)",
    ),
    gauge(
        "xiaoqu_disk_free_bytes",
        &["place"],
        "Free space where an SQLite database and the folder of attachments are stored",
    ),
    gauge(
        "xiaoqu_storage_full",
        &[],
        "1 after a write failed because the database's disk is full, until a write succeeds",
    ),
    gauge("xiaoqu_ledger_size", &[], "Sealed ledger entries"),
    gauge("xiaoqu_ledger_unsealed", &[], "Events not sealed yet; it grows only while sealing fails"),
    gauge(
        "xiaoqu_issuer_keys_age_seconds",
        &["issuer"],
        "Time since the keys of a trusted issuer were fetched, or since the start of the service if they never were",
    ),
    gauge("xiaoqu_build_info", &["version"], "1, with the version of the program"),
    gauge("process_start_time_seconds", &[], "Start time of the process, in seconds since 1970"),
    gauge("process_resident_memory_bytes", &[], "Memory of the process, including mapped files"),
    gauge("process_anonymous_memory_bytes", &[], "Anonymous memory of the process"),
    gauge("process_open_fds", &[], "Open files and connections of the process"),
    gauge("process_threads", &[], "Threads of the process"),
];

/// The table in `docs/metrics.md`.
#[cfg(test)]
fn table() -> String {
    let mut page = String::from("| metric | type | labels | what it is |\n|---|---|---|---|\n");
    for row in LIST {
        let labels = row.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        page += &format!("| `{}` | {} | {labels} | {} |\n", row.name, row.kind.word(), row.help);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_metrics_has_the_list() {
        let page = include_str!("../../../../docs/metrics.md");
        assert!(page.contains(&table()), "docs/metrics.md should hold:\n{}", table());
    }

    /// All metric names in a text.
    fn names(text: &str) -> impl Iterator<Item = &str> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.filter(|word| word.starts_with("xiaoqu_") || word.starts_with("process_"))
    }

    fn is_listed(name: &str) -> bool {
        LIST.iter().any(|row| match row.kind {
            Kind::Histogram => {
                name.strip_prefix(row.name).is_some_and(|end| ["_bucket", "_sum", "_count"].contains(&end))
            }
            _ => name == row.name,
        })
    }

    #[test]
    fn the_dashboard_asks_for_metrics_that_there_are() {
        let text = include_str!("../../../../docs/grafana/xiaoqu.json");
        let dashboard: serde_json::Value = serde_json::from_str(text).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        let mut asked = 0;
        for panel in panels {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let query = target["expr"].as_str().unwrap();
                assert!(names(query).count() > 0, "{query} asks for nothing of ours");
                for name in names(query) {
                    assert!(is_listed(name), "{name} in {query}");
                    asked += 1;
                }
            }
        }
        assert!(panels.len() > 8 && asked > 12);
        for row in LIST.iter().filter(|row| row.name != "process_threads") {
            assert!(text.contains(row.name), "no panel shows {}", row.name);
        }
    }

    #[test]
    fn the_alerts_ask_for_metrics_that_there_are() {
        let text = include_str!("../../../../docs/grafana/alerts.yml");
        let queries = text.lines().filter_map(|line| line.trim().strip_prefix("expr: "));
        let mut asked = 0;
        for name in queries.flat_map(names) {
            assert!(is_listed(name), "{name}");
            asked += 1;
        }
        assert!(asked > 6);
        assert_eq!(text.matches("- alert: ").count(), text.matches("expr: ").count());
    }
}
