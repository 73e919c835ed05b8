//! Moves the deadlines of a contract when the calendar changes.

use super::model::{ContractRow, ContractState};
use super::{record, store};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::deadlines::{Follows, Moved, Terms, facts, move_day};
use crate::service::Tx;

const EVERY_CONTRACT: Scope = Scope::System("the calendar moves the deadlines of every contract");

impl Follows for ContractRow {
    fn id(&self) -> Id {
        self.id
    }

    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<ContractRow>> {
        store::with_open_deadlines(conn, &EVERY_CONTRACT, after, at_most)
    }

    fn locked(conn: &mut Conn, id: Id) -> WorkResult<ContractRow> {
        store::find_for_update(conn, &EVERY_CONTRACT, id)
    }

    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>> {
        let calendar = terms.calendar(conn, &self.county)?;
        let mut moved = Vec::new();
        if self.state == ContractState::Submitted
            && let (Some(submission), Some(day)) = (&self.proceedings.0.submission, self.review_due_on.as_mut())
        {
            let submitted_on = submission.at.0.with_timezone(&terms.zone).date_naive();
            let days = terms.policies(&self.county).governing(submitted_on).document().contracts.review_working_days;
            move_day("review_due_on", day, calendar.add_working_days(submitted_on, days), &mut moved);
        }
        // The time limit counts calendar days; only its last day must be a working day (Civil Code 203).
        if self.handover_done_on.is_none()
            && let Some(day) = self.handover_due_on.as_mut()
        {
            let due = calendar.end_of_period(*day);
            move_day("handover_due_on", day, due, &mut moved);
        }
        Ok(moved)
    }

    fn save_moved(mut self, tx: &mut Tx, moved: &[Moved]) -> WorkResult<()> {
        record::save(tx, &mut self, "contract.deadline_moved", facts(moved), &())
    }
}
