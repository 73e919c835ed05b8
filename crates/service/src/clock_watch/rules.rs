//! Decides when a clock has jumped.

use std::time::Duration;

use chrono::TimeDelta;

use crate::db::Instant;

/// Largest step back that is accepted, as time servers make them. Replicas may differ by as much.
const STEP_BACK: TimeDelta = TimeDelta::minutes(5);

/// How far the clock may be ahead before an operator must confirm it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Compared with the database's clock, and while the process runs.
    pub jump: TimeDelta,
    /// Compared with the last recorded time, which may be long ago.
    pub downtime: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { jump: TimeDelta::hours(1), downtime: TimeDelta::hours(48) }
    }
}

/// The system clock and the times that it is compared with.
#[derive(Clone, Copy, Debug)]
pub struct ClockReadings {
    pub now: Instant,
    /// The database's clock, if it runs on another machine.
    pub database: Option<Instant>,
    /// The last time by which background jobs acted.
    pub recorded: Option<Instant>,
    /// The previous reading of the clock in this process, and the time that has really passed since.
    pub before: Option<(Instant, Duration)>,
}

/// A jump and its size. Positive is forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// Compared with the database's clock.
    Database(TimeDelta),
    /// While the process ran.
    Running(TimeDelta),
    /// Compared with the last recorded time.
    Recorded(TimeDelta),
}

pub fn judge(readings: &ClockReadings, limits: &Limits) -> Option<Jump> {
    let now = readings.now.0;
    if let Some(database) = readings.database {
        let ahead = now - database.0;
        if ahead.abs() > limits.jump {
            return Some(Jump::Database(ahead));
        }
    }
    if let Some((before, passed)) = readings.before {
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        let ahead = (now - before.0) - passed;
        if ahead > limits.jump || ahead < -STEP_BACK {
            return Some(Jump::Running(ahead));
        }
    }
    if let Some(recorded) = readings.recorded {
        let ahead = now - recorded.0;
        if ahead > limits.downtime || ahead < -STEP_BACK {
            return Some(Jump::Recorded(ahead));
        }
    }
    None
}

impl Jump {
    /// A fixed code for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Jump::Database(_) => "differs_from_database",
            Jump::Running(by) | Jump::Recorded(by) if by < TimeDelta::zero() => "went_back",
            Jump::Running(_) => "jumped_forward",
            Jump::Recorded(_) => "far_after_the_last_recorded_time",
        }
    }
}

impl std::fmt::Display for Jump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Jump::Database(by) | Jump::Running(by) | Jump::Recorded(by)) = self;
        // Rounded to the nearest minute.
        let size = by.abs() + TimeDelta::seconds(30);
        let days = size.num_days();
        let size = format!("{} d {:02} h {:02} min", days, size.num_hours() % 24, size.num_minutes() % 60);
        let way = if *by < TimeDelta::zero() { "behind" } else { "ahead" };
        match self {
            Jump::Database(_) => write!(f, "the system clock is {size} {way} of the database's"),
            Jump::Running(_) => write!(f, "the system clock jumped: it is {size} {way} of where it was"),
            Jump::Recorded(_) => write!(f, "the system clock is {size} {way} of the last recorded time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant(text.parse().unwrap())
    }

    const NOW: &str = "2026-06-15T01:00:00Z";

    fn readings() -> ClockReadings {
        ClockReadings { now: at(NOW), database: None, recorded: None, before: None }
    }

    fn code(readings: ClockReadings) -> Option<&'static str> {
        judge(&readings, &Limits::default()).map(Jump::code)
    }

    #[test]
    fn a_clock_that_goes_on_is_believed() {
        assert_eq!(code(readings()), None, "there is nothing to compare with");
        let before = Some((at("2026-06-15T00:59:59Z"), Duration::from_secs(1)));
        let recorded = Some(at("2026-06-15T00:59:30Z"));
        assert_eq!(code(ClockReadings { database: Some(at(NOW)), recorded, before, ..readings() }), None);
    }

    #[test]
    fn the_database_s_clock_may_differ_by_an_hour() {
        for (database, jump) in [
            ("2026-06-15T00:00:00Z", None),
            ("2026-06-15T02:00:00Z", None),
            ("2026-06-14T23:59:59Z", Some("differs_from_database")),
            ("2026-06-15T02:00:01Z", Some("differs_from_database")),
        ] {
            assert_eq!(code(ClockReadings { database: Some(at(database)), ..readings() }), jump, "{database}");
        }
    }

    #[test]
    fn a_jump_while_the_process_runs_is_seen_on_one_machine_alone() {
        let before =
            |text, seconds| ClockReadings { before: Some((at(text), Duration::from_secs(seconds))), ..readings() };
        assert_eq!(code(before("2025-05-11T01:00:00Z", 1)), Some("jumped_forward"));
        assert_eq!(code(before("2026-06-15T00:30:00Z", 1)), None, "half an hour");
        assert_eq!(code(before("2026-06-15T01:04:00Z", 1)), None, "a time server sets it right");
        assert_eq!(code(before("2026-06-15T01:06:00Z", 1)), Some("went_back"));
        assert_eq!(code(before("2026-06-14T01:00:00Z", 24 * 3600)), None, "a day has passed");
    }

    #[test]
    fn two_days_may_have_passed_since_the_last_recorded_time() {
        for (recorded, jump) in [
            ("2026-06-13T01:00:00Z", None),
            ("2026-06-13T00:59:59Z", Some("far_after_the_last_recorded_time")),
            ("2026-06-15T01:04:00Z", None),
            ("2026-06-15T01:06:00Z", Some("went_back")),
        ] {
            assert_eq!(code(ClockReadings { recorded: Some(at(recorded)), ..readings() }), jump, "{recorded}");
        }
    }

    #[test]
    fn a_jump_says_its_size() {
        let jump =
            judge(&ClockReadings { recorded: Some(at("2025-05-11T00:30:00Z")), ..readings() }, &Limits::default())
                .unwrap();
        assert_eq!(jump.to_string(), "the system clock is 400 d 00 h 30 min ahead of the last recorded time");
    }
}
