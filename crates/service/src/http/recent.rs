//! Read your own writes: after a write, a caller's lists come from the primary until the standby has caught up.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

use crate::access::Caller;

/// Beyond this number, callers are forgotten early and may see a list from before their write.
const MOST: usize = 50_000;

pub struct RecentWriters {
    kept: Duration,
    hasher: RandomState,
    last: Cache<u64, Instant>,
}

impl RecentWriters {
    pub fn new(max_lag: Duration) -> RecentWriters {
        // One second more than the allowed lag of the standby, because its clock can differ from the primary's.
        RecentWriters { kept: max_lag + Duration::from_secs(1), hasher: RandomState::new(), last: Cache::new(MOST) }
    }

    pub fn note(&self, caller: &Caller) {
        self.last.insert(self.key(caller), Instant::now());
    }

    pub fn holds(&self, caller: &Caller) -> bool {
        self.last.get(&self.key(caller)).is_some_and(|wrote| wrote.elapsed() < self.kept)
    }

    fn key(&self, caller: &Caller) -> u64 {
        self.hasher.hash_one(caller.person())
    }
}
