//! Keeps stored deadlines in line with the calendar.
//!
//! A deadline in working days is computed once and stored, so that everyone sees the same day. When the calendar
//! changes, each feature recomputes its open deadlines. A deadline never moves to an earlier day, and each move has an
//! event. `app::DEADLINES` lists these features; a test finds deadline columns that are neither listed there nor
//! excused here.

mod pass;
mod store;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};

use crate::calendar;
use crate::calendar::rules::WorkCalendar;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::policy;
use crate::policy::versions::{CountyPolicies, Policies};
use crate::service::job::{By, Job};
use crate::service::{Service, Tx};

pub use pass::{follow_calendar, follow_within};

/// A table with stored deadlines.
pub struct Feature {
    pub table: &'static str,
    /// Its deadline columns; members of stored JSON are written `column.member`.
    pub columns: &'static [&'static str],
    find_moved: fn(&mut Conn, &mut Terms, Option<Id>) -> WorkResult<MovedBatch>,
    follow: fn(&mut Tx, &mut Terms, Id) -> WorkResult<bool>,
}

impl Feature {
    pub const fn of<R: Follows>(table: &'static str, columns: &'static [&'static str]) -> Feature {
        Feature { table, columns, find_moved: find_moved::<R>, follow: follow::<R> }
    }
}

/// Completes a change of the calendar that another replica started and did not finish, and applies the public holidays
/// of a new program version.
pub const JOB: Job = Job::every(
    Duration::from_secs(30),
    "calendar",
    By::LeaseHolder,
    "open deadlines could not be adapted to the calendar; this is retried",
    |state| Box::pin(async move { follow_calendar(&state).await.map(drop) }),
)
.first_after(Duration::ZERO);

/// Every table with stored deadlines that count working days or must end on one.
pub struct Deadlines(pub &'static [Feature]);

/// Date columns in the database that are not such deadlines, each with the reason.
pub static EXCUSED: &[(&str, &str)] = &[
    ("client_assertions.expires_at", "time for which an assertion cannot be used again, in real time"),
    ("client_secrets.expires_at", "expiry of a secret, in real time"),
    ("complaint_cards.deadline", "kind of deadline that the card is about"),
    ("complaint_cards.due_at", "deadline at the time of the card; not changed afterwards"),
    ("complaints.next_at", "recomputed with the deadlines that it depends on"),
    ("contracts.effective_to", "the term that the parties agreed"),
    ("contracts.last_day", "the day on which a contract ended"),
    ("contracts.interim_until", "a day that an office set"),
    ("complex_services.effective_to", "the term that the parties agreed"),
    ("leases.until", "expiry of a lease, in real time"),
    ("listings.listed_until", "a term of months from the policy, which counts no working days"),
    ("rating_cycles.closes_on", "a day that an office set"),
    ("token_revocations.expires_at", "end of a token revocation, in real time"),
];

/// A row whose deadlines follow the calendar.
pub trait Follows: Sized {
    fn id(&self) -> Id;
    /// At most `at_most` rows with an open deadline, in the order of their ids, starting after `after`.
    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<Self>>;
    /// The row, locked in the same way as by its other operations.
    fn locked(conn: &mut Conn, id: Id) -> WorkResult<Self>;
    /// Recomputes the open deadlines with the current calendar; none moves to an earlier day. Returns those that moved.
    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>>;
    /// Saves the row and records an event with the moved deadlines.
    fn save_moved(self, tx: &mut Tx, moved: &[Moved]) -> WorkResult<()>;
}

/// A deadline that has moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    pub deadline: &'static str,
    pub from: Value,
    pub to: Value,
}

/// Data on moved deadlines for an event or a timeline.
pub fn facts(moved: &[Moved]) -> Value {
    json!({ "moved": moved, "because": "calendar" })
}

/// Sets a day to a later one and notes the move; earlier days change nothing.
pub fn move_day(name: &'static str, day: &mut NaiveDate, to: NaiveDate, moved: &mut Vec<Moved>) {
    if to > *day {
        moved.push(Moved { deadline: name, from: json!(day), to: json!(to) });
        *day = to;
    }
}

/// Sets an instant to a later one and notes the move; earlier instants change nothing.
pub fn move_instant(name: &'static str, at: &mut Instant, to: Instant, moved: &mut Vec<Moved>) {
    if to.0 > at.0 {
        moved.push(Moved { deadline: name, from: json!(at), to: json!(to) });
        *at = to;
    }
}

/// Policies and calendars for computing deadlines.
pub struct Terms {
    pub zone: Tz,
    policies: Arc<CountyPolicies>,
    calendars: HashMap<String, Arc<WorkCalendar>>,
}

impl Terms {
    fn load(conn: &mut Conn, state: &Service) -> WorkResult<Terms> {
        let policies = policy::all(conn, state)?;
        Ok(Terms { policies, zone: state.clock.zone(), calendars: HashMap::new() })
    }

    /// The policy versions that govern a county.
    pub fn policies(&self, county: &str) -> Arc<Policies> {
        self.policies.of(county)
    }

    /// The calendar of a county, cached after the first read.
    pub fn calendar(&mut self, conn: &mut Conn, county: &str) -> WorkResult<Arc<WorkCalendar>> {
        if let Some(known) = self.calendars.get(county) {
            return Ok(known.clone());
        }
        let calendar = Arc::new(calendar::work_calendar(conn, county)?);
        self.calendars.insert(county.to_owned(), calendar.clone());
        Ok(calendar)
    }
}

/// Rows read by one query.
const BATCH: i64 = 500;

struct MovedBatch {
    moved: Vec<Id>,
    /// Id to continue after; `None` at the end.
    last: Option<Id>,
}

/// The rows of one batch whose deadlines must move.
fn find_moved<R: Follows>(conn: &mut Conn, terms: &mut Terms, after: Option<Id>) -> WorkResult<MovedBatch> {
    let rows = R::open(conn, after.unwrap_or(Id(uuid::Uuid::nil())), BATCH)?;
    let last = rows.last().map(R::id).filter(|_| rows.len() == BATCH as usize);
    let mut moved = Vec::new();
    for mut row in rows {
        if !row.follow(conn, terms)?.is_empty() {
            moved.push(row.id());
        }
    }
    Ok(MovedBatch { moved, last })
}

/// Moves the deadlines of a row. Returns false if nothing had to move.
fn follow<R: Follows>(tx: &mut Tx, terms: &mut Terms, id: Id) -> WorkResult<bool> {
    let mut row = R::locked(tx.conn, id)?;
    let moved = row.follow(tx.conn, terms)?;
    if moved.is_empty() {
        return Ok(false);
    }
    row.save_moved(tx, &moved)?;
    Ok(true)
}
