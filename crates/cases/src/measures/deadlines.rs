//! Moves the deadlines of open measures when the calendar changes.

use super::model::MeasureRow;
use super::{reconciliation, store};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::deadlines::{Follows, Moved, Terms, facts, move_day};
use crate::service::Tx;
use crate::standing::model::MeasureState;

const EVERY_MEASURE: Scope = Scope::System("the calendar moves the deadlines of every measure");

impl Follows for MeasureRow {
    fn id(&self) -> Id {
        self.id
    }

    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<MeasureRow>> {
        store::with_open_deadlines(conn, &EVERY_MEASURE, after, at_most)
    }

    fn locked(conn: &mut Conn, id: Id) -> WorkResult<MeasureRow> {
        store::find_for_update(conn, &EVERY_MEASURE, id)
    }

    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>> {
        let mut moved = Vec::new();
        let state = self.state;
        if !state.is_open() {
            return Ok(moved);
        }
        let calendar = terms.calendar(conn, &self.county)?;
        let created_on = self.created_at.0.with_timezone(&terms.zone).date_naive();
        let policies = terms.policies(&self.county);
        let version = policies.get(self.policy_version).unwrap_or_else(|| policies.governing(created_on));
        if let Some(rule) = version.measure(self.kind) {
            let due = calendar.add_working_days(created_on, rule.due_working_days);
            move_day("due_on", &mut self.due_on, due, &mut moved);
        }
        if state == MeasureState::Proposed
            && let (Some(delivery), Some(day)) = (&self.proceedings.0.delivery, self.hearing_request_due_on.as_mut())
        {
            let days = version.document().process.hearing_request_working_days;
            let due = calendar.add_working_days(delivery.delivered_on, days);
            move_day("hearing_request_due_on", day, due, &mut moved);
        }
        Ok(moved)
    }

    fn save_moved(self, tx: &mut Tx, moved: &[Moved]) -> WorkResult<()> {
        reconciliation::save_and_record(tx, Some(self), "measure.deadline_moved", facts(moved))
    }
}
