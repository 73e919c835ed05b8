//! Business time. Tokens keep real time; deadlines and decisions use this.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant as StopWatch;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::db::types::{Id, Instant};

/// Where real time comes from.
pub type Source = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

pub struct Clock {
    zone: Tz,
    source: Source,
    /// Microseconds ahead of real time, in the sandbox.
    offset: Option<AtomicI64>,
    /// Ids given out, in the sandbox.
    ids: AtomicU64,
    /// The last real time that was found to be credible, and when that was.
    credible: RwLock<Option<(DateTime<Utc>, StopWatch)>>,
}

impl Clock {
    pub fn real(zone: Tz) -> Clock {
        Clock::following(zone, Arc::new(Utc::now))
    }

    /// Real time from elsewhere than the system's clock.
    pub fn following(zone: Tz, source: Source) -> Clock {
        Clock { zone, source, offset: None, ids: AtomicU64::new(0), credible: RwLock::new(None) }
    }

    /// A clock that starts at an instant and can be moved; for trying deadlines.
    pub fn sandbox(zone: Tz, start: DateTime<Utc>) -> Clock {
        let clock = Clock { offset: Some(AtomicI64::new(0)), ..Clock::real(zone) };
        clock.set(start);
        clock
    }

    /// A sandbox's clock that moves by hand only, so that what is done twice happens at the same instants.
    pub fn still(zone: Tz, start: DateTime<Utc>) -> Clock {
        Clock { offset: Some(AtomicI64::new(0)), ..Clock::following(zone, Arc::new(move || start)) }
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

    /// Business time at a moment of real time.
    fn at(&self, real: DateTime<Utc>) -> Instant {
        let offset = self.offset.as_ref().map_or(0, |o| o.load(Ordering::SeqCst));
        let now = real + TimeDelta::microseconds(offset);
        // The store holds microseconds: what is answered now is what is read later.
        Instant(DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now))
    }

    /// Real time, as this machine's clock says it.
    pub fn system(&self) -> Instant {
        let now = (self.source)();
        Instant(DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now))
    }

    /// Real time was compared and found credible.
    pub fn believe(&self, real: Instant) {
        *self.credible.write().unwrap_or_else(PoisonError::into_inner) = Some((real.0, StopWatch::now()));
    }

    /// Business time for work that nobody asked for: it goes on from the last credible time, so a jump of the system's clock
    /// between two comparisons does not reach it.
    pub fn acting(&self) -> Instant {
        let credible = *self.credible.read().unwrap_or_else(PoisonError::into_inner);
        match credible {
            Some((real, since)) => self.at(real + since.elapsed()),
            None => self.now(),
        }
    }

    /// Moves the sandbox's clock; a real one stays as it is.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Some(offset) = &self.offset {
            let ahead: Duration = to - (self.source)();
            offset.store(ahead.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// A new UUIDv7. In the sandbox it comes from business time and a counter, so that a demo is the same on every run.
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

    /// What the clocks of the deployment say at an instant.
    pub fn local(&self, instant: Instant) -> NaiveDateTime {
        instant.0.with_timezone(&self.zone).naive_local()
    }

    pub fn today(&self) -> NaiveDate {
        self.day_of(self.now())
    }
}
