//! SQLite's only writer: a supervised thread that commits many waiting jobs at once, each in its own savepoint.
//!
//! Three failures need special care, each with a test in `tests/store/`. A full disk rolls the whole batch back, and
//! the next SAVEPOINT would open and commit a transaction of its own. A panic leaves a connection that reports `Ok` and
//! commits nothing. A transaction inside the batch's transaction fails. After any of these, the whole batch is rolled
//! back, its connection is discarded, and the other jobs run again, each in a batch of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use std::sync::Mutex;
use tokio::sync::oneshot;

use super::admission::{Admission, ConnectionKind};
use super::frame::Frame;
use super::job::Job;
use super::sqlite::open_writer;
use super::{Conn, StoreError, StoreMetrics, Unavailable, WorkError};

/// Most jobs in one commit.
const BATCH: usize = 256;

/// A step that runs once in each batch, before the commit.
pub type BeforeCommit = Arc<dyn Fn(&mut Conn) -> Result<(), WorkError> + Send + Sync>;

#[derive(PartialEq)]
enum Ran {
    Done,
    Refused,
    /// The database failed, so the whole batch is in doubt.
    StoreFailed(StoreError),
}

/// A job that can be run again, and whose result is sent once.
struct Task {
    job: Job,
    result: Option<Result<(), WorkError>>,
    reply: Option<oneshot::Sender<Result<(), WorkError>>>,
}

impl Task {
    fn run(&mut self, conn: &mut Conn) -> Ran {
        let result = (self.job)(conn);
        let ran = match &result {
            Ok(()) => Ran::Done,
            Err(fail) => match fail.store_error() {
                Some(fault) if fault.breaks_batch() => Ran::StoreFailed(fault),
                _ => Ran::Refused,
            },
        };
        self.result = Some(result);
        ran
    }

    fn answer(&mut self) {
        if let (Some(reply), Some(result)) = (self.reply.take(), self.result.take()) {
            // The caller may have disconnected. Its write remains.
            let _ = reply.send(result);
        }
    }

    fn fail(&mut self, fail: WorkError) {
        self.result = Some(Err(fail));
        self.answer();
    }
}

/// When the writer started its current batch; `None` while it waits for one.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<Option<Instant>>>);

impl Held {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = since;
    }
}

pub struct Writer {
    queue: Mutex<Option<SyncSender<Task>>>,
    depth: Arc<AtomicUsize>,
    held: Held,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub fn start(
        (path, admission): (String, Arc<Admission>),
        conn: Option<Conn>,
        queue: usize,
        metrics: StoreMetrics,
        before_commit: Option<BeforeCommit>,
    ) -> anyhow::Result<Writer> {
        let (sender, receiver) = sync_channel(queue);
        let depth = Arc::new(AtomicUsize::new(0));
        let held = Held::default();
        let mut batches =
            Batches { path, admission, conn, depth: depth.clone(), held: held.clone(), metrics, before_commit };
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || batches.serve(receiver))?;
        Ok(Writer { queue: Mutex::new(Some(sender)), depth, held, thread: Mutex::new(Some(thread)) })
    }

    pub fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }

    /// How long it has been working on its current batch.
    pub fn held_for(&self) -> Duration {
        let since = *self.held.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    pub async fn submit(&self, job: Job) -> Result<(), WorkError> {
        let (reply, answer) = oneshot::channel();
        let task = Task { job, result: None, reply: Some(reply) };
        let queue = self.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let Some(queue) = queue else { return Err(WorkError::Out(Unavailable::Unreachable)) };
        self.depth.fetch_add(1, Ordering::Relaxed);
        match queue.try_send(task) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                self.depth.fetch_sub(1, Ordering::Relaxed);
                return Err(WorkError::Out(Unavailable::Busy));
            }
            Err(TrySendError::Disconnected(_)) => return Err(WorkError::Out(Unavailable::Unreachable)),
        }
        drop(queue);
        answer.await.unwrap_or(Err(WorkError::Out(Unavailable::Unreachable)))
    }

    /// Closes the queue and waits until all queued jobs are committed.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take() {
            let _ = thread.join();
        }
    }
}

struct Batches {
    path: String,
    admission: Arc<Admission>,
    conn: Option<Conn>,
    depth: Arc<AtomicUsize>,
    held: Held,
    before_commit: Option<BeforeCommit>,
    metrics: StoreMetrics,
}

enum Batch {
    Committed,
    /// The batch is rolled back. The job at this index must not run again, for the given reason.
    Broken(Option<(usize, WorkError)>),
}

impl Batches {
    fn serve(&mut self, receiver: Receiver<Task>) {
        while let Ok(first) = receiver.recv() {
            let mut jobs = vec![first];
            jobs.extend(receiver.try_iter().take(BATCH - 1));
            let taken = jobs.len();
            self.commit(jobs);
            self.depth.fetch_sub(taken, Ordering::Relaxed);
        }
    }

    fn commit(&mut self, mut jobs: Vec<Task>) {
        match self.run(&mut jobs) {
            Batch::Committed => jobs.iter_mut().for_each(Task::answer),
            Batch::Broken(culprit) => {
                self.conn = None;
                if let Some((index, fail)) = culprit {
                    jobs.remove(index).fail(fail);
                }
                for job in jobs {
                    self.commit_alone(job);
                }
            }
        }
    }

    fn commit_alone(&mut self, job: Task) {
        let mut alone = [job];
        match self.run(&mut alone) {
            Batch::Committed => alone[0].answer(),
            Batch::Broken(culprit) => {
                self.conn = None;
                let fail = culprit.map_or(WorkError::Out(Unavailable::Unreachable), |(_, fail)| fail);
                alone[0].fail(fail);
            }
        }
    }

    fn open(&self) -> Result<Conn, WorkError> {
        let mut conn = open_writer(&self.path).map(Conn::Sqlite).map_err(|error| {
            tracing::error!(%error, "the writer cannot open the database");
            WorkError::Out(Unavailable::Unreachable)
        })?;
        match self.admission.admit(&mut conn, ConnectionKind::Primary) {
            Ok(()) => Ok(conn),
            Err(_) => Err(self.admission.pass().err().unwrap_or(WorkError::Out(Unavailable::Unreachable))),
        }
    }

    /// Runs a batch. The writer is marked as free before results are sent, because `/readyz` may be called right after.
    fn run(&mut self, jobs: &mut [Task]) -> Batch {
        self.held.set(Some(Instant::now()));
        let batch = self.try_run(jobs);
        self.held.set(None);
        batch
    }

    fn try_run(&mut self, jobs: &mut [Task]) -> Batch {
        let mut conn = match self.conn.take().map_or_else(|| self.open(), Ok) {
            Ok(conn) => conn,
            Err(fail) => {
                std::thread::sleep(Duration::from_millis(50));
                let alone = jobs.len() == 1;
                return Batch::Broken(alone.then_some((0, fail)));
            }
        };
        let batch = run_batch(&mut conn, jobs, &self.metrics, self.before_commit.as_ref());
        if matches!(batch, Batch::Committed) {
            self.conn = Some(conn);
        } else {
            let _ = conn.batch_execute("ROLLBACK");
        }
        batch
    }
}

fn run_batch(
    conn: &mut Conn,
    jobs: &mut [Task],
    metrics: &StoreMetrics,
    before_commit: Option<&BeforeCommit>,
) -> Batch {
    let alone = jobs.len() == 1;
    // A failed framing statement belongs to no job, but a job that is alone in its batch needs the error as its result.
    let framing = |error: diesel::result::Error| Batch::Broken(alone.then(|| (0, outage(StoreError::of(&error)))));
    let held = Instant::now();
    if let Err(error) = Frame::BeginImmediate.run(conn) {
        return framing(error);
    }
    for (index, job) in jobs.iter_mut().enumerate() {
        if let Err(error) = Frame::SavepointJob.run(conn) {
            return framing(error);
        }
        let ran = match catch_unwind(AssertUnwindSafe(|| job.run(conn))) {
            Ok(ran) => ran,
            Err(_) => {
                tracing::error!("a job of the writer panicked");
                return Batch::Broken(Some((index, WorkError::Panicked)));
            }
        };
        let closed = match ran {
            Ran::Done => Frame::ReleaseJob.run(conn),
            Ran::Refused => conn.batch_execute("ROLLBACK TO job; RELEASE job"),
            Ran::StoreFailed(fault) => return Batch::Broken(Some((index, outage(fault)))),
        };
        // If the transaction is gone (a full disk ends it), stop here: a later SAVEPOINT would open a transaction of
        // its own.
        if let Err(error) = closed {
            return framing(error);
        }
    }
    if let Some(step) = before_commit
        && let Err(error) = last_step(conn, step)
    {
        return framing(error);
    }
    let began = Instant::now();
    let committed = Frame::Commit.run(conn);
    metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
    metrics.hold_seconds.observe(held.elapsed().as_secs_f64());
    metrics.batch_jobs.observe(jobs.len() as f64);
    match committed {
        Ok(()) => Batch::Committed,
        Err(error) => framing(error),
    }
}

/// Runs the step before the commit in a savepoint. If it fails, the jobs are committed without it.
fn last_step(conn: &mut Conn, step: &BeforeCommit) -> Result<(), diesel::result::Error> {
    conn.batch_execute("SAVEPOINT last")?;
    match catch_unwind(AssertUnwindSafe(|| step(conn))) {
        Ok(Ok(())) => return conn.batch_execute("RELEASE last"),
        Ok(Err(WorkError::Query(error))) if StoreError::of(&error).breaks_batch() => return Err(error),
        Ok(Err(fail)) => tracing::error!(%fail, "the step before the commit failed"),
        Err(_) => tracing::error!("the step before the commit panicked"),
    }
    conn.batch_execute("ROLLBACK TO last; RELEASE last")
}

/// After a failed write or fsync of the WAL, the state of the page cache is unknown. Such a write is never retried: the
/// process exits, and the WAL is recovered at the next start.
fn outage(fault: StoreError) -> WorkError {
    match fault {
        StoreError::DiskIo => {
            tracing::error!(
                "disk I/O error in the writer: the process ends, so that recovery decides what is on the disk"
            );
            std::process::exit(74);
        }
        StoreError::Full => WorkError::Out(Unavailable::Full),
        StoreError::Busy => WorkError::Out(Unavailable::Busy),
        _ => WorkError::Out(Unavailable::Unreachable),
    }
}
