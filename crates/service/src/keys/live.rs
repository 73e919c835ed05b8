//! The keyring of a running service. Replicas share the file, and each reloads it when it changes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use chrono::Utc;

use super::file::{self, FileError};
use super::ring::Keyring;
use super::wrapping::Wrapping;

/// Path of the keyring, and its wrapping key.
#[derive(Clone, Debug)]
pub struct Source {
    pub file: PathBuf,
    pub wrapping: Wrapping,
}

impl Source {
    pub fn read(&self) -> Result<Keyring, FileError> {
        file::read(&self.file, &self.wrapping.key()?)
    }

    /// Files that users other than the service and its administrator may read or change. A file owned by root may be
    /// readable by its group: this is how the service's account reads it, for example in the Debian package.
    pub fn open_to_others(&self) -> Vec<&Path> {
        let wrapping = match &self.wrapping {
            Wrapping::File(path) => Some(path.as_path()),
            _ => None,
        };
        let loose = |path: &&Path| {
            use std::os::unix::fs::MetadataExt;
            let forbidden = |owner| if owner == 0 { 0o037 } else { 0o077 };
            std::fs::metadata(path).is_ok_and(|data| data.mode() & forbidden(data.uid()) != 0)
        };
        [Some(self.file.as_path()), wrapping].into_iter().flatten().filter(loose).collect()
    }

    fn stamp(&self) -> Stamp {
        let of = |path: &PathBuf| {
            let data = std::fs::metadata(path).ok()?;
            #[cfg(unix)]
            let number = std::os::unix::fs::MetadataExt::ino(&data);
            #[cfg(not(unix))]
            let number = 0;
            Some((data.modified().ok()?, data.len(), number))
        };
        let wrapping = match &self.wrapping {
            Wrapping::File(path) => of(path),
            Wrapping::Value(_) => None,
        };
        (of(&self.file), wrapping)
    }
}

type FileStamp = Option<(SystemTime, u64, u64)>;
type Stamp = (FileStamp, FileStamp);

/// The current keyring.
pub struct Keys {
    ring: RwLock<Arc<Keyring>>,
    source: Option<(Source, Mutex<Stamp>)>,
    broken: AtomicBool,
    generation: AtomicU64,
}

impl Keys {
    /// Keys for one run, not stored in a file.
    pub fn fixed(ring: Keyring) -> Keys {
        Keys::of(ring, None)
    }

    fn of(ring: Keyring, source: Option<(Source, Mutex<Stamp>)>) -> Keys {
        let (broken, generation) = (AtomicBool::new(false), AtomicU64::new(0));
        Keys { ring: RwLock::new(Arc::new(ring)), source, broken, generation }
    }

    pub fn generate() -> anyhow::Result<Keys> {
        Ok(Keys::fixed(Keyring::generate(Utc::now())?))
    }

    pub fn open(source: Source) -> Result<Keys, FileError> {
        // The stamp first, so that a change in between is detected by the next check.
        let stamp = source.stamp();
        let ring = source.read()?;
        Ok(Keys::of(ring, Some((source, Mutex::new(stamp)))))
    }

    pub fn ring(&self) -> Arc<Keyring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the keyring, as if the file had changed.
    pub fn replace(&self, ring: Keyring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Increases with each change. Caches of results that depend on keys are invalid when it differs.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The changed file could not be read, and the previous keys are still used.
    pub fn broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Reloads the file if it changed. If it cannot be used, the keys stay as they are.
    pub fn refresh(&self) {
        let Some((source, seen)) = &self.source else { return };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = source.stamp();
        if stamp == *seen {
            return;
        }
        *seen = stamp;
        match source.read() {
            // Somebody restored an old file. This process has already indexed phone numbers, which could not be found
            // any more.
            Ok(ring) if ring.index_keys().is_empty() && !self.ring().index_keys().is_empty() => {
                self.broken.store(true, Ordering::Relaxed);
                tracing::error!("the changed keyring has no index key; the previous keys remain in use");
            }
            // A ledger key is never removed from a keyring. A file that lacks one is another keyring, and its data keys
            // could not decrypt existing data.
            Ok(ring) if !self.ring().ledger_keys().iter().all(|own| ring.has_ledger_key(own.id())) => {
                self.broken.store(true, Ordering::Relaxed);
                tracing::error!("the changed file is another keyring; the previous keys remain in use");
            }
            Ok(ring) => {
                self.replace(ring);
                self.broken.store(false, Ordering::Relaxed);
                tracing::info!("the keyring was reloaded");
            }
            Err(error) => {
                self.broken.store(true, Ordering::Relaxed);
                tracing::error!(%error, "the changed keyring cannot be used; the previous keys remain in use");
            }
        }
    }
}
