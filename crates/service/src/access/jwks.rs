//! Keys of a trusted issuer that are fetched from its JWKS URL and kept up to date.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::Context;
use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;

use super::issuer::{Key, keys};
use crate::settings::{MOST_JWKS_BYTES, is_loopback, usable_keys};

/// Timeout for a whole response of an issuer.
const PATIENCE: Duration = Duration::from_secs(5);
const CONNECTING: Duration = Duration::from_secs(2);

/// Intervals at which keys are fetched.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub refresh: Duration,
    /// Minimum time between two attempts.
    pub retry: Duration,
}

/// The keys that an issuer published last. They are kept while the issuer is unreachable or its response is not a key
/// set.
pub struct FetchedKeys {
    issuer: String,
    url: String,
    algorithms: Vec<Algorithm>,
    pace: Pace,
    http: reqwest::Client,
    known: RwLock<Known>,
    /// Held during a fetch. Concurrent callers wait for its result.
    flight: Mutex<()>,
}

struct Known {
    /// `None` before the first successful fetch.
    keys: Option<Arc<Vec<Key>>>,
    text: String,
    fetched: Instant,
    tried: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Changed,
    Same,
    /// The last attempt was too recent.
    TooSoon,
    Failed,
}

impl FetchedKeys {
    pub fn new(issuer: &str, url: &str, algorithms: &[Algorithm], pace: Pace) -> anyhow::Result<FetchedKeys> {
        // No idle connections: the workers' runtimes come and go, and a fetch is rare.
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(CONNECTING)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("xiaoqu/", env!("CARGO_PKG_VERSION")));
        http = if is_loopback(url) { http.no_proxy() } else { http.https_only(true) };
        Ok(FetchedKeys {
            issuer: issuer.into(),
            url: url.into(),
            algorithms: algorithms.to_vec(),
            pace,
            http: http.build().context("no HTTP client for the keys of trusted issuers")?,
            known: RwLock::new(Known { keys: None, text: String::new(), fetched: Instant::now(), tried: None }),
            flight: Mutex::new(()),
        })
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub fn current(&self) -> Option<Arc<Vec<Key>>> {
        self.read(|known| known.keys.clone())
    }

    /// Time since the last successful fetch, or since the start if none succeeded.
    pub fn age(&self) -> Duration {
        self.read(|known| known.fetched.elapsed())
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn tried_lately(&self) -> bool {
        self.read(|known| known.tried.is_some_and(|at| at.elapsed() < self.pace.retry))
    }

    /// Fetches the keys, unless they were fetched a moment ago. Waits if a fetch is running.
    pub async fn refresh(self: &Arc<Self>) -> Outcome {
        if self.flight.try_lock().is_ok() && self.tried_lately() {
            return Outcome::TooSoon;
        }
        // In a task of its own, so that a caller that disconnects does not end the fetch that others wait for.
        let own = self.clone();
        let flight = tokio::spawn(async move {
            let _held = own.flight.lock().await;
            if own.tried_lately() {
                return Outcome::TooSoon;
            }
            own.write(|known| known.tried = Some(Instant::now()));
            match own.fetch().await {
                Ok(text) => own.take(text),
                Err(error) => own.failed(&error),
            }
        });
        flight.await.unwrap_or(Outcome::Failed)
    }

    fn take(&self, text: String) -> Outcome {
        if self.read(|known| known.keys.is_some() && known.text == text) {
            self.write(|known| known.fetched = Instant::now());
            return Outcome::Same;
        }
        let set = usable_keys(&text, &self.algorithms).map_err(anyhow::Error::msg);
        match set.and_then(|set| keys(&set, &self.algorithms)) {
            Ok(keys) => {
                tracing::info!(issuer = self.issuer, keys = keys.len(), "keys of a trusted issuer fetched");
                self.write(|known| {
                    (known.keys, known.text, known.fetched) = (Some(Arc::new(keys)), text, Instant::now());
                });
                Outcome::Changed
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&self, error: &anyhow::Error) -> Outcome {
        let reason = format!("{error:#}");
        tracing::warn!(issuer = self.issuer, reason, "keys of a trusted issuer could not be fetched");
        Outcome::Failed
    }

    async fn fetch(&self) -> anyhow::Result<String> {
        let mut response = self.http.get(&self.url).send().await.map_err(reqwest::Error::without_url)?;
        anyhow::ensure!(response.status() == 200, "the answer is {}, not 200", response.status().as_u16());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            anyhow::ensure!(bytes.len() + chunk.len() <= MOST_JWKS_BYTES, "more than {MOST_JWKS_BYTES} bytes");
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes).context("not UTF-8")
    }

    /// Fetches the keys regularly until the service stops. Calls `changed` when they differ.
    pub async fn follow(self: Arc<Self>, changed: impl Fn()) {
        loop {
            let outcome = self.refresh().await;
            if outcome == Outcome::Changed {
                changed();
            }
            tokio::time::sleep(if outcome == Outcome::Failed { self.pace.retry } else { self.pace.refresh }).await;
        }
    }
}
