//! Business time. Tokens keep real time; deadlines and decisions use this.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::db::types::Instant;

pub struct Clock {
    zone: Tz,
    /// Microseconds ahead of real time, in the sandbox.
    offset: Option<AtomicI64>,
}

impl Clock {
    pub fn real(zone: Tz) -> Clock {
        Clock { zone, offset: None }
    }

    /// A clock that starts at an instant and can be moved; for trying deadlines.
    pub fn sandbox(zone: Tz, start: DateTime<Utc>) -> Clock {
        let clock = Clock { zone, offset: Some(AtomicI64::new(0)) };
        clock.set(start);
        clock
    }

    pub fn is_sandbox(&self) -> bool {
        self.offset.is_some()
    }

    pub fn now(&self) -> Instant {
        let offset = self.offset.as_ref().map_or(0, |o| o.load(Ordering::SeqCst));
        let now = Utc::now() + TimeDelta::microseconds(offset);
        // The store holds microseconds: what is answered now is what is read later.
        Instant(DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now))
    }

    /// Moves the sandbox's clock; a real one stays as it is.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Some(offset) = &self.offset {
            let ahead: Duration = to - Utc::now();
            offset.store(ahead.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    pub fn day_of(&self, instant: Instant) -> NaiveDate {
        instant.0.with_timezone(&self.zone).date_naive()
    }

    pub fn today(&self) -> NaiveDate {
        self.day_of(self.now())
    }
}
