//! Moves the deadlines of open cases when the calendar changes.

use super::model::{ViolationRow, ViolationState};
use super::store;
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::deadlines::{Follows, Moved, Terms, facts, move_day};
use crate::due_process::Proceeding;
use crate::service::Tx;

const EVERY_CASE: Scope = Scope::System("the calendar moves the deadlines of every case");

impl Follows for ViolationRow {
    fn id(&self) -> Id {
        self.id
    }

    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<ViolationRow>> {
        store::with_open_deadlines(conn, &EVERY_CASE, after, at_most)
    }

    fn locked(conn: &mut Conn, id: Id) -> WorkResult<ViolationRow> {
        store::find_for_update(conn, &EVERY_CASE, id)
    }

    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>> {
        let calendar = terms.calendar(conn, &self.county)?;
        let policies = terms.policies(&self.county);
        let process = policies.process(self.policy_version, self.found_on);
        let steps = &self.proceedings.0;
        let mut moved = Vec::new();
        if self.state == ViolationState::Notified
            && let (Some(delivery), Some(day)) = (&steps.delivery, self.statement_due_on.as_mut())
        {
            let due = calendar.add_working_days(delivery.delivered_on, process.statement_working_days);
            move_day("statement_due_on", day, due, &mut moved);
        } else if self.state == ViolationState::Confirmed
            && let (Some(delivery), Some(day)) = (&steps.decision_delivery, self.appeal_due_on.as_mut())
        {
            let due = calendar.add_working_days(delivery.delivered_on, process.appeal_working_days);
            move_day("appeal_due_on", day, due, &mut moved);
        }
        Ok(moved)
    }

    fn save_moved(mut self, tx: &mut Tx, moved: &[Moved]) -> WorkResult<()> {
        self.record(tx, "violation.deadline_moved", facts(moved), &())
    }
}
