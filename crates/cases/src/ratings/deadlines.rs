//! Moves the end of an announcement period when the calendar changes.

use super::model::RatingState;
use super::rows::RatingRow;
use super::{record, store};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::deadlines::{Follows, Moved, Terms, facts, move_day};
use crate::service::Tx;

const EVERY_RATING: Scope = Scope::System("the calendar moves the announcement period of every rating");

impl Follows for RatingRow {
    fn id(&self) -> Id {
        self.id
    }

    fn open(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<RatingRow>> {
        store::with_open_deadlines(conn, &EVERY_RATING, after, at_most)
    }

    fn locked(conn: &mut Conn, id: Id) -> WorkResult<RatingRow> {
        store::find_for_update(conn, &EVERY_RATING, id)
    }

    fn follow(&mut self, conn: &mut Conn, terms: &mut Terms) -> WorkResult<Vec<Moved>> {
        let calendar = terms.calendar(conn, &self.county)?;
        let mut moved = Vec::new();
        if self.state == RatingState::Announced
            && let (Some(announced_on), Some(day)) = (self.announced_on, self.announcement_ends_on.as_mut())
        {
            let policies = terms.policies(&self.county);
            let version = policies.get(self.policy_version).unwrap_or_else(|| policies.governing(announced_on));
            let days = version.document().ratings.announcement_working_days;
            move_day("announcement_ends_on", day, calendar.add_working_days(announced_on, days), &mut moved);
        }
        Ok(moved)
    }

    fn save_moved(mut self, tx: &mut Tx, moved: &[Moved]) -> WorkResult<()> {
        let content = store::content(tx.conn, self.id)?;
        record::save(tx, &mut self, &content, "rating.deadline_moved", facts(moved), &())
    }
}
