//! Database work behind a trait object. Every operation has work of its own type. The code around it (threads, pools,
//! the writer, retries) is compiled once instead of once for each type.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Conn, WorkError};
use crate::problem::Problem;

/// Work that can be run again. Its result is stored in a [`Found`].
pub type Job = Box<dyn FnMut(&mut Conn) -> Result<(), WorkError> + Send>;
/// The same as a borrowed closure.
pub type JobRef<'a> = &'a mut dyn FnMut(&mut Conn) -> Result<(), WorkError>;

/// Where a job stores its result.
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
    F: FnMut(&mut Conn) -> Result<T, WorkError> + Send + 'static,
{
    let found = Found::default();
    let place = found.clone();
    (Box::new(move |conn| work(conn).map(|value| place.keep(value))), found)
}

impl<T> Found<T> {
    pub fn keep(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    /// The result of the last run, if it succeeded.
    pub fn after(self, done: Result<(), WorkError>) -> Result<T, WorkError> {
        done?;
        left(self.0.lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}

/// Runs borrowed work, for callers that wait on their own thread.
pub fn run<T>(
    work: &mut dyn FnMut(&mut Conn) -> Result<T, WorkError>,
    on: impl FnOnce(JobRef<'_>) -> Result<(), WorkError>,
) -> Result<T, WorkError> {
    let mut place = None;
    on(&mut |conn| {
        place = Some(work(conn)?);
        Ok(())
    })?;
    left(place)
}

fn left<T>(value: Option<T>) -> Result<T, WorkError> {
    value.ok_or_else(|| Problem::broken("work on the database finished without a result").into())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use diesel::Connection;

    use super::*;

    #[test]
    fn what_the_last_run_found_is_given_where_all_of_it_was_done() {
        let conn = &mut Conn::Sqlite(diesel::SqliteConnection::establish(":memory:").unwrap());
        let runs = Arc::new(AtomicI64::new(0));
        let counted = runs.clone();
        let (mut twice, found) = job(move |_| Ok(counted.fetch_add(1, Ordering::Relaxed)));
        twice(conn).unwrap();
        let done = twice(conn);
        assert_eq!(found.after(done).unwrap(), 1);

        let (mut refused, found) = job(|_| Err::<i64, _>(WorkError::Panicked));
        let done = refused(conn);
        assert!(matches!(found.after(done), Err(WorkError::Panicked)));

        let (mut done_before, found) = job(|_| Ok(7));
        done_before(conn).unwrap();
        assert!(matches!(found.after(Err(WorkError::Panicked)), Err(WorkError::Panicked)), "it was taken back");
    }
}
