//! Business time (业务时间), which deadlines and decisions use. Tokens use real time.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant as StopWatch;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::db::types::{Id, Instant};

/// Source of real time.
pub type Source = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

pub struct Clock {
    zone: Tz,
    source: Source,
    /// Microseconds that business time is ahead of real time, or of 1970 if it stands still. Only in the sandbox.
    offset: Option<AtomicI64>,
    still: bool,
    /// Number of ids issued. Only in the sandbox.
    ids: AtomicU64,
    /// The last real time that a comparison confirmed, and when it did.
    credible: RwLock<Option<(DateTime<Utc>, StopWatch)>>,
}

impl Clock {
    pub fn real(zone: Tz) -> Clock {
        Clock::following(zone, Arc::new(Utc::now))
    }

    /// A clock that reads real time from `source` instead of the system clock.
    pub fn following(zone: Tz, source: Source) -> Clock {
        let (ids, credible) = (AtomicU64::new(0), RwLock::new(None));
        Clock { zone, source, offset: None, still: false, ids, credible }
    }

    /// A clock that starts at `start` and can be moved, to try deadlines.
    pub fn sandbox(zone: Tz, start: DateTime<Utc>) -> Clock {
        let clock = Clock { offset: Some(AtomicI64::new(0)), ..Clock::real(zone) };
        clock.set(start);
        clock
    }

    /// A sandbox's clock that moves by hand only, so that a second run happens at the same instants.
    pub fn still(zone: Tz, start: DateTime<Utc>) -> Clock {
        let clock = Clock { offset: Some(AtomicI64::new(0)), still: true, ..Clock::real(zone) };
        clock.set(start);
        clock
    }

    pub fn zone(&self) -> Tz {
        self.zone
    }

    pub fn is_sandbox(&self) -> bool {
        self.offset.is_some()
    }

    pub fn now(&self) -> Instant {
        self.at((self.source)())
    }

    /// Business time at an instant of real time.
    fn at(&self, real: DateTime<Utc>) -> Instant {
        let offset = self.offset.as_ref().map_or(0, |o| o.load(Ordering::SeqCst));
        let from = if self.still { DateTime::UNIX_EPOCH } else { real };
        let now = from + TimeDelta::microseconds(offset);
        // The database stores microseconds. Truncate here, so that a response shows what a later read returns.
        Instant(DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now))
    }

    /// Real time according to this machine's clock.
    pub fn system(&self) -> Instant {
        let now = (self.source)();
        Instant(DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now))
    }

    /// Records that a comparison confirmed this real time.
    pub fn believe(&self, real: Instant) {
        *self.credible.write().unwrap_or_else(PoisonError::into_inner) = Some((real.0, StopWatch::now()));
    }

    /// Business time for background jobs. It continues from the last confirmed time, so a jump of the system clock
    /// between two comparisons does not affect it.
    pub fn acting(&self) -> Instant {
        let credible = *self.credible.read().unwrap_or_else(PoisonError::into_inner);
        match credible {
            Some((real, since)) => self.at(real + since.elapsed()),
            None => self.now(),
        }
    }

    /// Moves the clock of the sandbox. Does nothing to a real clock.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Some(offset) = &self.offset {
            let from = if self.still { DateTime::UNIX_EPOCH } else { (self.source)() };
            let ahead: Duration = to - from;
            offset.store(ahead.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// A new UUIDv7. In the sandbox it is made from business time and a counter, so that every run of a demo is the
    /// same.
    pub fn new_id(&self, now: Instant) -> Id {
        if !self.is_sandbox() {
            return Id::new();
        }
        let count = self.ids.fetch_add(1, Ordering::SeqCst);
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&count.to_be_bytes());
        let millis = u64::try_from(now.0.timestamp_millis()).unwrap_or_default();
        Id(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    pub fn day_of(&self, instant: Instant) -> NaiveDate {
        self.local(instant).date()
    }

    /// Local date and time at an instant, in the time zone of the deployment.
    pub fn local(&self, instant: Instant) -> NaiveDateTime {
        instant.0.with_timezone(&self.zone).naive_local()
    }

    pub fn today(&self) -> NaiveDate {
        self.day_of(self.now())
    }
}
