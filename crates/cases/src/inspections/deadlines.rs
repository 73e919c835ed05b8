//! Moves the deadline of a hazard when the calendar changes.

use super::model::{HazardRow, HazardState, HazardStep};
use super::{hazard_store, hazards};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::deadlines::{Follows, Moved, Terms, move_day};
use crate::service::Tx;

const EVERY_HAZARD: Scope = Scope::System("the calendar moves the deadlines of every hazard");

/// Did an office set the date? Such a date counts no working days; it must only end on one (Civil Code 203).
fn set_by_office(row: &HazardRow) -> bool {
    row.steps.0.iter().any(|step| match step {
        HazardStep::Extension { .. } => true,
        HazardStep::Recheck { due_on, .. } => due_on.is_some(),
        _ => false,
    })
}

impl Follows for HazardRow {
    fn id(&self) -> Id {
        self.id
    }

    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<HazardRow>> {
        hazard_store::with_open_deadlines(conn, &EVERY_HAZARD, after, at_most)
    }

    fn locked(conn: &mut Conn, id: Id) -> WorkResult<HazardRow> {
        hazard_store::find_for_update(conn, &EVERY_HAZARD, id)
    }

    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>> {
        let mut moved = Vec::new();
        if self.state == HazardState::Closed {
            return Ok(moved);
        }
        let calendar = terms.calendar(conn, &self.county)?;
        let told_on = self.created_at.0.with_timezone(&terms.zone).date_naive();
        let due = if set_by_office(self) {
            calendar.end_of_period(self.due_on)
        } else {
            let policies = terms.policies(&self.county);
            let version = policies.get(self.policy_version).unwrap_or_else(|| policies.governing(told_on));
            let item = version.document().inspections.checklist(&self.checklist);
            let days = item.and_then(|list| list.item(&self.item)).and_then(|item| item.hazard_working_days);
            days.map_or(self.due_on, |days| calendar.add_working_days(told_on, days))
        };
        move_day("due_on", &mut self.due_on, due, &mut moved);
        Ok(moved)
    }

    fn save_moved(mut self, tx: &mut Tx, _: &[Moved]) -> WorkResult<()> {
        self.version += 1;
        self.updated_at = tx.ctx.now;
        hazard_store::save(tx.conn, &self)?;
        hazards::record(tx, &self, "hazard.deadline_moved", Vec::new())
    }
}
