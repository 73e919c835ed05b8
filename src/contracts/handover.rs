//! The hand-over after the end of a contract (交接): the company says what it handed over, others what they received.

use serde_json::json;

use super::input::HandoverIn;
use super::model::*;
use super::record::advance;
use super::rules;
use super::store;
use super::view::Contract;
use crate::access::Role;
use crate::db::{Id, Work};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::{Body, Entity, Tx};
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;

pub fn record_handover(tx: &mut Tx, id: Id, body: &Body<HandoverIn>) -> Work<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |conn, input, faults| {
        for (at, one) in input.items.iter().enumerate() {
            if one.on > ctx.today {
                let pointer = format!("/items/{at}/on");
                faults.push(Fault::new(pointer, "in_the_future", "日期在未来", "this day has not come"));
            }
            if input.items[..at].iter().any(|before| before.item == one.item) {
                let pointer = format!("/items/{at}/item");
                faults.push(Fault::new(pointer, "duplicate", "事项重复", "the item is listed twice"));
            }
            files::check_evidence(conn, ctx, &format!("/items/{at}/evidence"), &one.evidence, faults)?;
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    if !row.counts || row.handover_due_on.is_none() && !row.interim {
        return Err(Problem::new(Code::StateConflict)
            .detail("合同未终止，或者无须交接", "it has not ended, or there is nothing to hand over")
            .into());
    }
    if row.handover_done_on.is_some() {
        return Err(Problem::new(Code::StateConflict).detail("已完成交接", "everything was handed over").into());
    }
    let by_company = ctx.caller.role == Role::PropertyCompany;
    let mut attached: Vec<Evidence> = Vec::new();
    let handed = &mut row.proceedings.0.handover;
    for one in input.items.clone() {
        attached.extend(one.evidence.iter().cloned());
        let at = handed.iter().position(|known| known.item == one.item).unwrap_or_else(|| {
            handed.push(Handed {
                item: one.item,
                handed_over_on: None,
                received_on: None,
                receiver: None,
                note: None,
                evidence: Vec::new(),
            });
            handed.len() - 1
        });
        let known = &mut handed[at];
        // The company says; only whoever receives can say that it was received.
        if by_company {
            known.handed_over_on = Some(one.on)
        } else {
            known.received_on = Some(one.on)
        }
        known.receiver = one.receiver.or(known.receiver.take());
        known.note = one.note.or(known.note.take());
        known.evidence.extend(one.evidence);
    }
    row.handover_done_on = rules::handover_done(&row.proceedings.0.handover);
    files::attach_evidence(tx, OwnerKind::Contract, row.id, &attached)?;
    let items: Vec<&str> = input.items.iter().map(|one| one.item.code()).collect();
    let step = json!({ "items": items, "received": !by_company, "done_on": row.handover_done_on });
    advance(tx, row, "contract.handed_over", step, input)
}
