//! Runs work that user input controls on a separate thread: with a sufficient stack and a time limit, and without
//! blocking others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// Stack size in bytes; the system allocates only what is used.
const STACK: usize = 64 << 20;
/// Maximum number of threads. A thread that exceeds its time limit counts until it ends.
const MOST: usize = 16;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Why the work was abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderFailure {
    /// It exceeded its time limit.
    TooLong,
    /// It panicked.
    Panicked,
    /// Too many threads run already, or no thread could be started.
    Busy,
}

struct Counted;

impl Counted {
    fn new() -> Option<Counted> {
        let counted = RUNNING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < MOST).then_some(n + 1));
        counted.ok().map(|_| Counted)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Runs the work and waits for at most `limit`. The work gets the instant at which its time is over, and must stop by
/// itself soon after, because a thread cannot be stopped from outside.
pub fn apart<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce(Instant) -> T + Send + 'static,
) -> Result<T, RenderFailure> {
    let until = Instant::now() + limit;
    let mut counted = Counted::new();
    while counted.is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
        counted = Counted::new();
    }
    let Some(counted) = counted else { return Err(RenderFailure::Busy) };
    let (sender, receiver) = sync_channel(1);
    let run = move || {
        let done = work(until);
        drop(counted);
        // The receiver may have stopped waiting.
        let _ = sender.send(done);
    };
    if std::thread::Builder::new().name("text".into()).stack_size(STACK).spawn(run).is_err() {
        return Err(RenderFailure::Busy);
    }
    receiver.recv_timeout(until.saturating_duration_since(Instant::now())).map_err(|error| match error {
        RecvTimeoutError::Timeout => RenderFailure::TooLong,
        RecvTimeoutError::Disconnected => RenderFailure::Panicked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_answered_given_up_or_has_panicked() {
        let long = Duration::from_secs(10);
        assert_eq!(apart(long, |_| 7), Ok(7));
        let slow = |_| std::thread::sleep(Duration::from_millis(300));
        assert_eq!(apart(Duration::from_millis(20), slow), Err(RenderFailure::TooLong));
        assert_eq!(apart(long, |_| panic!("on purpose")), Err::<(), _>(RenderFailure::Panicked));
        assert_eq!(apart(long, |_| 8), Ok(8));
    }

    #[test]
    fn the_stack_holds_what_a_request_thread_does_not() {
        fn deep(n: usize) -> usize {
            let room = std::hint::black_box([n; 64]);
            if n == 0 { 0 } else { room[0].min(1) + deep(n - 1) }
        }
        assert_eq!(apart(Duration::from_secs(10), |_| deep(40_000)), Ok(40_000));
    }
}
