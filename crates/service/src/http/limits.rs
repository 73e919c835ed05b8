//! Rate limits per caller and per address. They are checked from the request headers alone: before the body is read
//! and, for addresses, before a signature is verified.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use quick_cache::sync::Cache;

use super::address::{Proxies, limit_key};
use crate::access::Caller;
use crate::problem::{Code, Problem};

/// Number of callers and addresses that each limit remembers. The least recently seen one is forgotten first, so memory
/// is bounded in a flood of addresses, and no clean-up is needed.
const REMEMBERED: usize = 50_000;

pub const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
pub const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
pub const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// A burst of requests, refilled at a number of requests per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_second: NonZeroU32,
    pub burst: NonZeroU32,
}

impl Rate {
    /// `None` (no limit) if either number is 0.
    pub fn new(per_second: usize, burst: usize) -> Option<Rate> {
        let whole = |number: usize| u32::try_from(number).ok().and_then(NonZeroU32::new);
        Some(Rate { per_second: whole(per_second)?, burst: whole(burst)? })
    }
}

/// The configured limits. All are off by default, as in the demo and the tests.
#[derive(Clone, Debug, Default)]
pub struct LimitOptions {
    /// Requests of one caller.
    pub caller: Option<Rate>,
    /// Requests without a token from one address.
    pub address: Option<Rate>,
    /// Requests with one refused token from one address.
    pub refused_tokens: Option<Rate>,
    /// Tokens with a wrong signature from one address.
    pub forged_tokens: Option<Rate>,
    /// Token requests from one address.
    pub token_requests: Option<Rate>,
    /// Concurrent requests from one address; 0 is no limit.
    pub at_once: usize,
    /// Requests of `/livez` and `/readyz` from one address.
    pub probes: Option<Rate>,
    pub proxies: Proxies,
}

/// State of a caller's limit, for the `RateLimit-*` headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    limit: u32,
    remaining: u32,
    /// Seconds until the full `limit` is available again.
    reset: u64,
}

impl Allowance {
    pub fn write(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
    }
}

/// The limit is exceeded.
#[derive(Clone, Copy, Debug)]
pub struct Exhausted {
    pub allowance: Option<Allowance>,
    wait: Duration,
}

impl From<Exhausted> for Problem {
    fn from(over: Exhausted) -> Problem {
        let seconds = whole_seconds(over.wait).max(1);
        Problem::new(Code::TooManyRequests).header(RETRY_AFTER, seconds.to_string())
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// The theoretical arrival time (GCRA) of each key, in a bounded cache.
struct Recent(Cache<u64, Arc<AtomicU64>>);

impl StateStore for Recent {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Ok(cell) = self.0.get_or_insert_with(key, || Ok::<_, Infallible>(Arc::default()));
        let mut known = cell.load(Ordering::Acquire);
        loop {
            let (outcome, next) = decide((known != 0).then(|| known.into()))?;
            match cell.compare_exchange_weak(known, next.into(), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(outcome),
                Err(other) => known = other,
            }
        }
    }
}

struct Limiter {
    rate: Rate,
    cells: RateLimiter<u64, Recent, DefaultClock, StateInformationMiddleware>,
}

impl Limiter {
    fn new(rate: Rate) -> Limiter {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Limiter { rate, cells: RateLimiter::new(quota, Recent(Cache::new(REMEMBERED)), DefaultClock::default()) }
    }

    fn take(&self, key: u64) -> Result<Allowance, Exhausted> {
        match self.cells.check_key(&key) {
            Ok(state) => Ok(self.allowance(state.remaining_burst_capacity())),
            Err(until) => Err(Exhausted {
                allowance: Some(self.allowance(0)),
                wait: until.wait_time_from(self.cells.clock().now()),
            }),
        }
    }

    fn allowance(&self, remaining: u32) -> Allowance {
        let limit = self.rate.burst.get();
        let missing = u64::from(limit.saturating_sub(remaining));
        Allowance { limit, remaining, reset: missing.div_ceil(u64::from(self.rate.per_second.get())) }
    }
}

/// A request in progress. Dropping it ends the count.
pub struct UnderWay {
    counts: Arc<Mutex<HashMap<u64, usize>>>,
    key: u64,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

pub struct Limits {
    caller: Option<Limiter>,
    address: Option<Limiter>,
    refused_tokens: Option<Limiter>,
    forged_tokens: Option<Limiter>,
    token_requests: Option<Limiter>,
    probes: Option<Limiter>,
    /// Blocked until then: a token from an address, or a whole address.
    shut_out: Cache<u64, Instant>,
    at_once: usize,
    /// Number of requests in progress for each address. Addresses without any are removed.
    under_way: Arc<Mutex<HashMap<u64, usize>>>,
    proxies: Proxies,
    hasher: RandomState,
}

impl Limits {
    pub fn new(options: LimitOptions) -> Limits {
        Limits {
            caller: options.caller.map(Limiter::new),
            address: options.address.map(Limiter::new),
            refused_tokens: options.refused_tokens.map(Limiter::new),
            forged_tokens: options.forged_tokens.map(Limiter::new),
            token_requests: options.token_requests.map(Limiter::new),
            probes: options.probes.map(Limiter::new),
            shut_out: Cache::new(REMEMBERED),
            at_once: options.at_once,
            under_way: Arc::default(),
            proxies: options.proxies,
            hasher: RandomState::new(),
        }
    }

    pub fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// Counts a request of an address as in progress until the returned value is dropped. An address that opens many
    /// requests and sends them slowly does not hold up others.
    pub fn begin(&self, address: Option<IpAddr>) -> Result<Option<UnderWay>, Exhausted> {
        let Some(key) = address.map(limit_key).filter(|_| self.at_once > 0) else { return Ok(None) };
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key).or_default();
        if *count >= self.at_once {
            return Err(Exhausted { allowance: None, wait: Duration::from_secs(1) });
        }
        *count += 1;
        drop(counts);
        Ok(Some(UnderWay { counts: self.under_way.clone(), key }))
    }

    /// Counts one request of a caller: a person by subject, a machine by its client, which is its subject (RFC 9068,
    /// 2.2).
    pub fn caller(&self, caller: &Caller) -> Result<Option<Allowance>, Exhausted> {
        let Some(limiter) = &self.caller else { return Ok(None) };
        limiter.take(self.hasher.hash_one(caller.person())).map(Some)
    }

    /// Counts one request without a token.
    pub fn address(&self, address: Option<IpAddr>) -> Result<Option<Allowance>, Exhausted> {
        take_by_address(self.address.as_ref(), address)
    }

    /// Counts one token request.
    pub fn token_request(&self, address: Option<IpAddr>) -> Result<Option<Allowance>, Exhausted> {
        take_by_address(self.token_requests.as_ref(), address)
    }

    /// Counts one request of a health probe.
    pub fn probe(&self, address: Option<IpAddr>) -> Result<Option<Allowance>, Exhausted> {
        take_by_address(self.probes.as_ref(), address)
    }

    /// May this token from this address be verified? Checked before its signature. A refused token that is sent again
    /// and again is blocked for a while. Other tokens from the same address are not, because everybody in an office or
    /// behind a proxy shares one address. Only a flood of wrong signatures, which are costly to verify, blocks the
    /// whole address, and even then tokens that were verified before are accepted.
    pub fn may_present(&self, address: Option<IpAddr>, token: &str) -> Result<(), Exhausted> {
        let Some(address) = address else { return Ok(()) };
        let waits = [self.token_key(address, token), self.address_key(address)].into_iter().filter_map(|key| {
            let wait = self.shut_out.get(&key)?.saturating_duration_since(Instant::now());
            (!wait.is_zero()).then_some(wait)
        });
        match waits.max() {
            Some(wait) => Err(Exhausted { allowance: None, wait }),
            None => Ok(()),
        }
    }

    /// Records a refused token of this address. `forged` means that its signature was wrong.
    pub fn refused_token(&self, address: Option<IpAddr>, token: &str, forged: bool) {
        let Some(address) = address else { return };
        let spend = |limiter: Option<&Limiter>, key: u64| {
            if let Some(Err(over)) = limiter.map(|limiter| limiter.take(key)) {
                self.shut_out.insert(key, Instant::now() + over.wait);
            }
        };
        spend(self.refused_tokens.as_ref(), self.token_key(address, token));
        if forged {
            spend(self.forged_tokens.as_ref(), self.address_key(address));
        }
    }

    fn token_key(&self, address: IpAddr, token: &str) -> u64 {
        self.hasher.hash_one((limit_key(address), Some(token)))
    }

    fn address_key(&self, address: IpAddr) -> u64 {
        self.hasher.hash_one((limit_key(address), None::<&str>))
    }
}

/// A connection without an address, which no network makes, has no limit by address.
fn take_by_address(limiter: Option<&Limiter>, address: Option<IpAddr>) -> Result<Option<Allowance>, Exhausted> {
    match (limiter, address) {
        (Some(limiter), Some(address)) => limiter.take(limit_key(address)).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_lets_its_burst_through_and_then_says_how_long_to_wait() {
        let limiter = Limiter::new(Rate::new(1, 3).unwrap());
        let seen: Vec<_> = (0..3).map(|_| limiter.take(1).unwrap()).collect();
        assert_eq!(seen[0], Allowance { limit: 3, remaining: 2, reset: 1 });
        assert_eq!(seen[2], Allowance { limit: 3, remaining: 0, reset: 3 });
        let over = limiter.take(1).unwrap_err();
        assert!(over.wait <= Duration::from_secs(1), "{over:?}");
        assert!(limiter.take(2).is_ok(), "another key is another's");
        assert!(Rate::new(0, 3).is_none());
    }

    #[test]
    fn a_flood_of_addresses_takes_a_bounded_memory_and_frees_nobody_who_keeps_asking() {
        let limiter = Limiter::new(Rate::new(1, 2).unwrap());
        let mut over = 0;
        for address in 0..(4 * REMEMBERED as u64) {
            let _ = limiter.take(1_000_000 + address);
            over += usize::from(address % 10 == 0 && limiter.take(7).is_err());
        }
        let held = limiter.cells.into_state_store().0.len();
        assert!(held <= REMEMBERED, "{held}");
        assert!(over > 3 * REMEMBERED / 10, "{over}");
    }
}
