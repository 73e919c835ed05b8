//! The keyring of a running service: replicas share the file, and each reads it again when it changes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use chrono::Utc;

use super::file::{self, FileError};
use super::ring::Keyring;
use super::wrapping::Wrapping;

/// Where a keyring is kept, and what opens it.
#[derive(Clone, Debug)]
pub struct Source {
    pub file: PathBuf,
    pub wrapping: Wrapping,
}

impl Source {
    pub fn read(&self) -> Result<Keyring, FileError> {
        file::read(&self.file, &self.wrapping.key()?)
    }

    /// Files that others than the service and its administrator may read or change. A file of root's may be readable by its
    /// group: that is how the service's account gets to it, as in the Debian package.
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

/// The keys in force.
pub struct Keys {
    ring: RwLock<Arc<Keyring>>,
    source: Option<(Source, Mutex<Stamp>)>,
    broken: AtomicBool,
    generation: AtomicU64,
}

impl Keys {
    /// Keys of one run, kept nowhere.
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
        // The stamp first: a change between the two is seen by the next look.
        let stamp = source.stamp();
        let ring = source.read()?;
        Ok(Keys::of(ring, Some((source, Mutex::new(stamp)))))
    }

    pub fn ring(&self) -> Arc<Keyring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another keyring, as if the file had been changed.
    pub fn replace(&self, ring: Keyring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Grows by one with each change: whoever keeps something that the keys decided forgets it then.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The last change of the file could not be read, and the keys before it are still in force.
    pub fn broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Reads the file again if it changed. One that cannot be used leaves the keys as they are.
    pub fn refresh(&self) {
        let Some((source, seen)) = &self.source else { return };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = source.stamp();
        if stamp == *seen {
            return;
        }
        *seen = stamp;
        match source.read() {
            // An old file put back: who serves has looked up callers already, and would find nobody any more.
            Ok(ring) if ring.index_keys().is_empty() && !self.ring().index_keys().is_empty() => {
                self.broken.store(true, Ordering::Relaxed);
                tracing::error!("the changed keyring has no index key; the keys before it stay in force");
            }
            // Of the keyring that was opened no ledger key is ever taken out: one without it is another keyring, and what is
            // sealed under its keys could not be read together with the rest.
            Ok(ring) if !self.ring().ledger_keys().iter().all(|own| ring.has_ledger_key(own.id())) => {
                self.broken.store(true, Ordering::Relaxed);
                tracing::error!("the changed file is another keyring; the keys before it stay in force");
            }
            Ok(ring) => {
                self.replace(ring);
                self.broken.store(false, Ordering::Relaxed);
                tracing::info!("the keyring was read again");
            }
            Err(error) => {
                self.broken.store(true, Ordering::Relaxed);
                tracing::error!(%error, "the changed keyring cannot be used; the keys before it stay in force");
            }
        }
    }
}
