//! Metrics of the process, from Linux's `/proc`. On other systems they stay 0.

use prometheus::IntGauge;

pub struct Process {
    pub start: IntGauge,
    pub resident: IntGauge,
    pub anonymous: IntGauge,
    pub open_fds: IntGauge,
    pub threads: IntGauge,
}

impl Process {
    pub fn started(&self) {
        self.start.set(chrono::Utc::now().timestamp());
    }

    pub fn refresh(&self) {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|line| line.split_whitespace().next()?.parse::<i64>().ok())
        };
        self.resident.set(field("VmRSS").unwrap_or_default() * 1024);
        self.anonymous.set(field("RssAnon").unwrap_or_default() * 1024);
        self.threads.set(field("Threads").unwrap_or_default());
        // Without the descriptor that reads this folder.
        let open = std::fs::read_dir("/proc/self/fd").map_or(0, |all| all.count().saturating_sub(1));
        self.open_fds.set(open as i64);
    }
}
