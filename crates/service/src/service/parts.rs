//! In-memory state of individual features, such as caches. It is looked up by type, so that the shared layer does not
//! depend on features.

use std::any::{Any, TypeId};
use std::collections::HashMap;

/// One value of each type.
#[derive(Default)]
pub struct Parts(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl Parts {
    pub fn with<T: Any + Send + Sync>(mut self, part: T) -> Parts {
        self.0.insert(TypeId::of::<T>(), Box::new(part));
        self
    }

    /// # Panics
    ///
    /// If the service was built without this part. `app` has the only list of parts, and every test starts from it.
    pub fn get<T: Any>(&self) -> &T {
        let part = self.0.get(&TypeId::of::<T>()).and_then(|part| part.downcast_ref());
        part.unwrap_or_else(|| panic!("app lists no {}", std::any::type_name::<T>()))
    }
}
