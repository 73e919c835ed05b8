//! Recomputes the deadlines of a complaint when the calendar changes: from its submission or reopening, with every
//! extension and pause since then.

use serde_json::Value;

use super::clock_rules::{Clock, Limit};
use super::model::*;
use super::record::{self, NewStep};
use super::store;
use crate::complaints::scoped::Viewer;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::deadlines::{Follows, Moved, Terms, facts, move_instant};
use crate::policy::complaints::DeadlineClock;
use crate::service::Tx;

/// A change of the deadline after the start of the time limit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    Extended(u32),
    Paused(Instant, Instant),
}

/// The start of the current time limits, and the changes since then.
fn course_of(row: &ComplaintRow, steps: &[StepRow]) -> (Instant, Vec<Turn>) {
    let (mut began, mut turns) = (row.submitted_at, Vec::new());
    for step in steps {
        let fact = |name: &str| step.facts.0.get(name).cloned().unwrap_or(Value::Null);
        match step.kind {
            StepKind::Reopened => (began, turns) = (step.at, Vec::new()),
            StepKind::ExtensionGranted => {
                turns.extend(fact("amount").as_u64().and_then(|n| u32::try_from(n).ok()).map(Turn::Extended));
            }
            StepKind::InformationGiven => {
                let paused_at: Option<Instant> = serde_json::from_value(fact("paused_at")).unwrap_or_default();
                turns.extend(paused_at.map(|paused_at| Turn::Paused(paused_at, step.at)));
            }
            _ => {}
        }
    }
    (began, turns)
}

fn resolve_due(clock: &Clock, course: &Handling, began: Instant, turns: &[Turn]) -> Instant {
    let limit = Limit::of(course.clock, course.resolve_within);
    turns.iter().fold(clock.due(began, limit), |due, turn| match *turn {
        Turn::Extended(amount) => clock.extended(due, Limit::of(course.clock, amount)),
        Turn::Paused(from, to) => clock.moved(due, limit, from, to),
    })
}

impl Follows for ComplaintRow {
    fn id(&self) -> Id {
        self.id
    }

    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<ComplaintRow>> {
        store::with_open_deadlines(conn, after, at_most)
    }

    fn locked(conn: &mut Conn, id: Id) -> WorkResult<ComplaintRow> {
        store::find_for_update(conn, &Viewer::system("the calendar moves the deadlines of every complaint"), id)
    }

    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>> {
        let mut moved = Vec::new();
        if !self.is_open || self.course.0.clock != DeadlineClock::WorkingDays {
            return Ok(moved);
        }
        let calendar = terms.calendar(conn, &self.county)?;
        let clock = Clock { calendar: &calendar, zone: terms.zone };
        let (began, turns) = course_of(self, &store::steps_of(conn, self.id, StepAudience::ALL)?);
        let course = &mut self.course.0;
        let resolve = resolve_due(&clock, course, began, &turns);
        if course.accepted_at.is_none() {
            let accept = clock.due(began, Limit::of(course.clock, course.accept_within));
            move_instant("accept_due", &mut course.accept_due, accept, &mut moved);
        }
        move_instant("resolve_due", &mut self.resolve_due, resolve, &mut moved);
        Ok(moved)
    }

    fn save_moved(mut self, tx: &mut Tx, moved: &[Moved]) -> WorkResult<()> {
        let terms = record::GoverningRules::load(tx.conn, tx.ctx, &self.county)?;
        let step = NewStep::new(StepKind::DeadlineMoved).facts(facts(moved));
        record::advance(tx, &mut self, &terms, StepActor::Program, step).map(drop)
    }
}
