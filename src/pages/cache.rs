//! Rendered pages, kept for a few seconds. However many people read a page, it queries the database once in this time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quick_cache::Weighter;

use super::html::Rendered;

/// Maximum number of bytes of all kept pages.
const ROOM: u64 = 16 * 1024 * 1024;
/// Estimated number of pages in these bytes, to size the cache.
const PAGES: usize = 2048;

/// Kind of the page, and its subject.
pub type Key = (&'static str, String);

#[derive(Clone)]
struct Kept {
    page: Arc<Rendered>,
    made: Instant,
}

#[derive(Clone)]
struct BySize;

impl Weighter<Key, Kept> for BySize {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        // Size of an entry without its key and body, in bytes.
        const OVERHEAD: usize = 256;
        (key.1.len() + kept.page.body.len() + OVERHEAD) as u64
    }
}

pub struct Cache {
    life: Duration,
    kept: quick_cache::sync::Cache<Key, Kept, BySize>,
}

impl Cache {
    /// `life` is how long a page is kept. Zero keeps none.
    pub fn new(life: Duration) -> Cache {
        Cache { life, kept: quick_cache::sync::Cache::with_weighter(PAGES, ROOM, BySize) }
    }

    pub fn get(&self, key: &Key) -> Option<Arc<Rendered>> {
        if self.life.is_zero() {
            return None;
        }
        self.kept.get(key).filter(|kept| kept.made.elapsed() < self.life).map(|kept| kept.page)
    }

    pub fn keep(&self, key: Key, page: Rendered) -> Arc<Rendered> {
        let page = Arc::new(page);
        if !self.life.is_zero() {
            self.kept.insert(key, Kept { page: page.clone(), made: Instant::now() });
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(length: usize) -> Rendered {
        Rendered::new("text/html", vec![b'x'; length])
    }

    #[test]
    fn a_page_is_kept_for_its_life_and_no_longer() {
        let cache = Cache::new(Duration::from_millis(50));
        let key = ("page", "1".to_owned());
        assert!(cache.get(&key).is_none());
        cache.keep(key.clone(), page(10));
        assert_eq!(cache.get(&key).unwrap().body.len(), 10);
        assert!(cache.get(&("other", "1".to_owned())).is_none());
        std::thread::sleep(Duration::from_millis(60));
        assert!(cache.get(&key).is_none());
        let off = Cache::new(Duration::ZERO);
        off.keep(key.clone(), page(10));
        assert!(off.get(&key).is_none());
    }

    #[test]
    fn pages_take_no_more_room_than_there_is() {
        let cache = Cache::new(Duration::from_secs(60));
        for id in 0..100 {
            cache.keep(("page", id.to_string()), page(1024 * 1024));
        }
        assert!(cache.kept.weight() <= ROOM);
        assert!(cache.kept.len() >= 8);
    }
}
