//! Steps of a case before its decision. `crate::due_process` implements them for every kind of case.

use chrono::NaiveDate;
use serde_json::json;

use super::model::*;
use super::store;
use super::view::Violation;
use crate::access::Scope;
use crate::db::{Id, WorkResult};
use crate::due_process::{self, advance};
use crate::http::Entity;
use crate::proceedings::model::{DeliveryIn, NoticeIn, ReasonsIn, StatementIn};
use crate::service::{Body, Tx};

pub fn notify_violation(tx: &mut Tx, id: Id, body: &Body<NoticeIn>) -> WorkResult<Entity<Violation>> {
    due_process::notify::<ViolationRow>(tx, id, body)
}

pub fn open_notice(tx: &mut Tx, id: Id) -> WorkResult<Entity<Violation>> {
    due_process::open::<ViolationRow>(tx, id)
}

pub fn record_violation_delivery(tx: &mut Tx, id: Id, body: &Body<DeliveryIn>) -> WorkResult<Entity<Violation>> {
    due_process::record_delivery::<ViolationRow>(tx, id, body)
}

pub fn submit_violation_statement(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> WorkResult<Entity<Violation>> {
    due_process::submit_statement::<ViolationRow>(tx, id, body)
}

pub fn answer_violation_statement(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Violation>> {
    due_process::answer_statement::<ViolationRow>(tx, id, body)
}

/// Records that the rectification order of a violation was complied with in time. The policy may restore points for it.
pub fn record_rectification(tx: &mut Tx, id: Id, day: NaiveDate) -> WorkResult<()> {
    let system = Scope::System("a rectification belongs to its violation");
    let mut row = store::find(tx.conn, &system, id)?;
    row.rectified_on = Some(day);
    advance(tx, row, "violation.rectified", json!({}), &())?;
    Ok(())
}
