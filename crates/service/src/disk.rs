//! Watches the free space of the folders that hold data, and warns before they are full.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Interval between two checks.
pub const POLL: Duration = Duration::from_secs(15);
const MEGABYTE: u64 = 1024 * 1024;
/// Not checked yet, or the check failed.
const UNKNOWN: u64 = u64::MAX;

/// A folder whose file system is watched.
struct Place {
    name: &'static str,
    folder: PathBuf,
    free: AtomicU64,
    low: AtomicBool,
}

pub struct Disks {
    places: Vec<Place>,
    /// Warn below this number of bytes; 0 turns the warning off.
    least: u64,
}

impl Disks {
    pub fn new(places: impl IntoIterator<Item = (&'static str, PathBuf)>, least_megabytes: u64) -> Disks {
        let place = |(name, folder)| Place { name, folder, free: AtomicU64::new(UNKNOWN), low: AtomicBool::new(false) };
        let disks = Disks { places: places.into_iter().map(place).collect(), least: least_megabytes * MEGABYTE };
        disks.refresh();
        disks
    }

    /// Checks each folder, and logs when its free space falls below the limit or rises above it again.
    pub fn refresh(&self) {
        for place in &self.places {
            let Ok(found) = rustix::fs::statvfs(&place.folder) else { continue };
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            place.free.store(free, Ordering::Relaxed);
            let low = free < self.least;
            if low != place.low.swap(low, Ordering::Relaxed) {
                let (folder, free_mb) = (place.folder.display(), free / MEGABYTE);
                if low {
                    tracing::warn!(place = place.name, %folder, free_mb, "the disk is nearly full");
                } else {
                    tracing::info!(place = place.name, %folder, free_mb, "the disk has room again");
                }
            }
        }
    }

    /// Free bytes of each folder that could be checked.
    pub fn free(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let known = |place: &Place| (place.name, place.free.load(Ordering::Relaxed));
        self.places.iter().map(known).filter(|(_, free)| *free != UNKNOWN)
    }

    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.free().filter(|(_, free)| *free < self.least).map(|(name, free)| {
            format!("disk_low: {} MB are free on the disk of the {name} (disk_warning_megabytes)", free / MEGABYTE)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_below_the_limit_is_a_warning_and_one_above_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let of = |least| Disks::new([("database", folder.path().to_owned())], least);
        assert_eq!(of(0).warnings().count(), 0);
        let low = of(u64::MAX / MEGABYTE);
        let warnings: Vec<String> = low.warnings().collect();
        assert!(warnings.len() == 1 && warnings[0].starts_with("disk_low: "), "{warnings:?}");
        assert!(low.free().all(|(name, free)| name == "database" && free > 0));
    }

    #[test]
    fn a_place_that_is_not_there_is_no_warning() {
        assert_eq!(Disks::new([("database", PathBuf::from("/nowhere/at/all"))], 1).free().count(), 0);
    }
}
