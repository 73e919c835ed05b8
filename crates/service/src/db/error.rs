//! Database errors, and how the two databases report them.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::admission::Mismatch;
use crate::problem::{Code, Problem};
use crate::templates::texts::Lacking;

/// Why a unit of work failed.
#[derive(Debug)]
pub enum WorkError {
    /// Caused by the caller, or by a state that forbids the action. Returned as it is.
    Problem(Box<Problem>),
    /// The idempotency key was used before. This is its stored response.
    Replay(Box<StoredResponse>),
    /// The text of an official document is missing. It is rendered outside the transaction, which then runs again.
    Text(Box<Lacking>),
    /// A query failed.
    Query(DieselError),
    /// The database is not available now.
    Out(Unavailable),
    /// The work panicked and had no effect.
    Panicked,
}

/// A response stored for an idempotency key.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredResponse {
    pub status: u16,
    pub etag: Option<String>,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

/// Result of database work.
pub type WorkResult<T> = Result<T, WorkError>;

/// Why the database is not available. Each case ends without a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// Unreachable, or no connection became free in time.
    Unreachable,
    /// Its disk is full.
    Full,
    /// Too many requests are waiting, or a lock was not granted in time.
    Busy,
    /// A request with the same idempotency key is in progress.
    KeyInProgress,
    /// It lacks the tables of this version.
    NotMigrated,
    /// It belongs to another deployment.
    Refused(Mismatch),
    /// The connection was lost during the commit, which may or may not have happened.
    OutcomeUnknown,
}

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unavailable::Unreachable => "the database cannot be reached",
            Unavailable::Full => "the disk of the database is full",
            Unavailable::Busy => "too many requests are waiting for the database",
            Unavailable::KeyInProgress => "a request with the same idempotency key is in progress",
            Unavailable::NotMigrated | Unavailable::Refused(Mismatch::NotMigrated) => {
                "the database is not migrated to this version"
            }
            Unavailable::Refused(Mismatch::NewerSchema) => "the database has the schema of a newer version",
            Unavailable::Refused(Mismatch::Keyring) => "the keyring is not the one of this database",
            Unavailable::Refused(Mismatch::TimeZone) => "the database has another time_zone",
            Unavailable::Refused(Mismatch::PublicUrl) => "the database has another public_url",
            Unavailable::OutcomeUnknown => "the connection was lost during the commit",
        })
    }
}

/// One sentence for logs and command output.
impl std::fmt::Display for WorkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WorkError::Problem(problem) => write!(f, "{} ({problem})", problem.code.row().en),
            WorkError::Replay(_) => f.write_str("it was answered before"),
            WorkError::Text(_) => f.write_str("the text of a document is not made yet"),
            WorkError::Query(error) => error.fmt(f),
            WorkError::Out(outage) => outage.fmt(f),
            WorkError::Panicked => f.write_str("the work panicked"),
        }
    }
}

impl From<DieselError> for WorkError {
    fn from(error: DieselError) -> Self {
        WorkError::Query(error)
    }
}

impl From<Box<Lacking>> for WorkError {
    fn from(lacking: Box<Lacking>) -> Self {
        WorkError::Text(lacking)
    }
}

impl From<Problem> for WorkError {
    fn from(problem: Problem) -> Self {
        WorkError::Problem(Box::new(problem))
    }
}

/// A failure of the database, recognised from diesel's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    Unreachable,
    Full,
    Busy,
    Deadlock,
    LockTimeout,
    DiskIo,
    /// A table or column is missing.
    NotMigrated,
    /// A unique constraint. The caller knows which one from what it wrote.
    Duplicate,
    Other,
}

impl StoreError {
    /// Does this failure put the other jobs of the batch in doubt?
    pub fn breaks_batch(self) -> bool {
        matches!(self, StoreError::Full | StoreError::DiskIo | StoreError::Busy | StoreError::Unreachable)
    }

    /// Uses the driver's error kind if there is one, otherwise its message, because neither driver exposes the SQLSTATE
    /// or result code.
    pub fn of(error: &DieselError) -> StoreError {
        let DieselError::DatabaseError(kind, info) = error else {
            return match error {
                DieselError::BrokenTransactionManager => StoreError::Unreachable,
                _ => StoreError::Other,
            };
        };
        match kind {
            DatabaseErrorKind::UniqueViolation => return StoreError::Duplicate,
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                return StoreError::Unreachable;
            }
            _ => {}
        }
        let message = info.message().to_ascii_lowercase();
        let says = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
        let missing = says(&["relation \"", "column \""]) && says(&["does not exist"]);
        if missing || says(&["no such table", "no such column"]) {
            StoreError::NotMigrated
        } else if says(&["database or disk is full", "no space left on device", "could not extend file"]) {
            StoreError::Full
        } else if says(&["disk i/o error"]) {
            StoreError::DiskIo
        } else if says(&["deadlock detected", "could not serialize access"]) {
            StoreError::Deadlock
        } else if says(&["lock timeout", "canceling statement due to statement timeout"]) {
            StoreError::LockTimeout
        } else if says(&["database is locked", "database table is locked", "too many clients", "too many connections"])
        {
            StoreError::Busy
        } else if says(&[
            "server closed the connection",
            "terminating connection",
            "no connection to the server",
            "connection to server",
            "could not connect",
            "connection refused",
            "connection not open",
            "the database system is",
            "ssl connection has been closed",
            "could not receive data from server",
            "could not send data to server",
            "unable to open database file",
        ]) {
            StoreError::Unreachable
        } else {
            StoreError::Other
        }
    }
}

impl WorkError {
    /// The database failure behind this error, if any.
    pub fn store_error(&self) -> Option<StoreError> {
        match self {
            WorkError::Query(error) => Some(StoreError::of(error)),
            _ => None,
        }
    }

    /// Did a unique constraint refuse the write? SQLite does not report its name, so this is for writes that can
    /// violate only one.
    pub fn is_duplicate(error: &DieselError) -> bool {
        StoreError::of(error) == StoreError::Duplicate
    }
}

impl From<Unavailable> for Problem {
    fn from(outage: Unavailable) -> Self {
        Problem::new(match outage {
            Unavailable::Refused(mismatch) => return refused(mismatch),
            Unavailable::NotMigrated => {
                return Problem::new(Code::DatabaseUnavailable).detail(
                    "数据库尚未迁移至本版本。请运行 `xiaoqu migrate`。",
                    "The database is not migrated to this version. Run `xiaoqu migrate`.",
                );
            }
            Unavailable::Unreachable => Code::DatabaseUnavailable,
            Unavailable::Full => Code::StorageFull,
            Unavailable::Busy => Code::Busy,
            Unavailable::KeyInProgress => Code::IdempotencyInProgress,
            Unavailable::OutcomeUnknown => Code::OutcomeUnknown,
        })
    }
}

/// The problem for callers while the database is not used. Keys and values are only in the log.
fn refused(mismatch: Mismatch) -> Problem {
    let (zh, en) = match mismatch {
        Mismatch::NotMigrated => return Unavailable::NotMigrated.into(),
        Mismatch::NewerSchema => (
            "数据库已由更新版本的程序迁移，本版本不得使用。请换用该版本。",
            "A newer version has migrated the database, and this version must not use it. Run the newer version.",
        ),
        Mismatch::Keyring => (
            "密钥环与数据库不匹配，本服务不读写任何数据。请换用正确的密钥环或者数据库。",
            "The keyring does not match the database. Nothing is read or written. Use the right keyring or database.",
        ),
        Mismatch::TimeZone => (
            "配置的 time_zone 与数据库记录的不同。请改回，或者运行 `xiaoqu deployment accept --time-zone`。",
            "time_zone differs from the one in the database. Set it back, or run `xiaoqu deployment accept --time-zone`.",
        ),
        Mismatch::PublicUrl => (
            "配置的 public_url 与数据库记录的不同。请改回，或者运行 `xiaoqu deployment accept --public-url`。",
            "public_url differs from the one in the database. Set it back, or run `xiaoqu deployment accept --public-url`.",
        ),
    };
    Problem::new(Code::DatabaseUnavailable).detail(zh, en)
}

impl From<WorkError> for Problem {
    fn from(fail: WorkError) -> Self {
        match fail {
            WorkError::Problem(problem) => *problem,
            WorkError::Out(outage) => outage.into(),
            WorkError::Query(error) => match StoreError::of(&error) {
                StoreError::Unreachable => Unavailable::Unreachable.into(),
                StoreError::Full => Unavailable::Full.into(),
                StoreError::Busy | StoreError::Deadlock | StoreError::LockTimeout => Unavailable::Busy.into(),
                StoreError::NotMigrated => {
                    tracing::error!(%error, "the database is not migrated to this version: run `xiaoqu migrate`");
                    Unavailable::NotMigrated.into()
                }
                StoreError::DiskIo | StoreError::Duplicate | StoreError::Other => {
                    Problem::broken_by("a query failed", error)
                }
            },
            WorkError::Panicked => Problem::broken("work on the database panicked"),
            WorkError::Replay(_) | WorkError::Text(_) => {
                Problem::broken("a transaction ended with an error that only its request can handle")
            }
        }
    }
}
