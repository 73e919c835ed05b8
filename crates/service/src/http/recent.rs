//! Read your own writes: who wrote a moment ago is not shown a list of before.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

use crate::access::Caller;

/// Callers beyond this number are forgotten early, and may see a list of before their write.
const MOST: usize = 50_000;

pub struct RecentWriters {
    kept: Duration,
    hasher: RandomState,
    last: Cache<u64, Instant>,
}

impl RecentWriters {
    pub fn new(max_lag: Duration) -> RecentWriters {
        // A second more than the standby may be behind: its clock is not the primary's.
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
