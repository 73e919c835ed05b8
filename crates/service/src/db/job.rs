//! Work on a connection without its types. Each operation gives the store work of a type of its own; what leads from there to
//! a connection (threads, pools, the writer, retries) is compiled once, and not once for each of them.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Conn, Fail};
use crate::problem::Problem;

/// Work that may run again; what it finds waits in its [`Found`].
pub type Job = Box<dyn FnMut(&mut Conn) -> Result<(), Fail> + Send>;
/// The same, borrowed.
pub type JobRef<'a> = &'a mut dyn FnMut(&mut Conn) -> Result<(), Fail>;

/// Where a job leaves what it found.
pub struct Found<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Found<T> {
    fn default() -> Self {
        Found(Arc::default())
    }
}

impl<T> Clone for Found<T> {
    fn clone(&self) -> Self {
        Found(self.0.clone())
    }
}

pub fn job<T, F>(mut work: F) -> (Job, Found<T>)
where
    T: Send + 'static,
    F: FnMut(&mut Conn) -> Result<T, Fail> + Send + 'static,
{
    let found = Found::default();
    let place = found.clone();
    (Box::new(move |conn| work(conn).map(|value| place.keep(value))), found)
}

impl<T> Found<T> {
    pub fn keep(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    /// What the last run found, where all of it was done.
    pub fn after(self, done: Result<(), Fail>) -> Result<T, Fail> {
        done?;
        found(self.0.lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}

/// Runs work that is only borrowed, for those who wait for it on their own thread.
pub fn run<T>(
    work: &mut dyn FnMut(&mut Conn) -> Result<T, Fail>,
    on: impl FnOnce(JobRef<'_>) -> Result<(), Fail>,
) -> Result<T, Fail> {
    let mut place = None;
    on(&mut |conn| {
        place = Some(work(conn)?);
        Ok(())
    })?;
    found(place)
}

fn found<T>(value: Option<T>) -> Result<T, Fail> {
    value.ok_or_else(|| Problem::broken("work on the store was done and left nothing").into())
}
