//! Saving a step of a contract and recording it in the ledger.

use serde_json::json;

use super::model::{ContractRow, FeeItem};
use super::store;
use super::view::{self, Contract};
use crate::db::WorkResult;
use crate::http::Entity;
use crate::ledger::{self, Audience, Event};
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::service::Tx;

/// Saves a step, records its event, and returns the contract.
pub fn advance(
    tx: &mut Tx,
    mut row: ContractRow,
    kind: &'static str,
    step: serde_json::Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<Entity<Contract>> {
    save(tx, &mut row, kind, step, texts)?;
    view::entity(tx.conn, tx.ctx, row)
}

/// Saves a step and records its event.
pub fn save(
    tx: &mut Tx,
    row: &mut ContractRow,
    kind: &'static str,
    step: serde_json::Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<()> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    store::save(tx.conn, row)?;
    record(tx, row, kind, step, texts)
}

/// The event of the report is visible to offices only: the company learns of a violation by its notice.
const LATE: &str = "contract.handover_reported";

fn fees(items: &[FeeItem]) -> String {
    serde_json::to_string(items).unwrap_or_default()
}

/// Records the event of a step. The event of a company's draft names no territory, so that offices do not see it.
pub fn record(
    tx: &mut Tx,
    row: &ContractRow,
    kind: &'static str,
    step: serde_json::Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<()> {
    let terms = &row.terms.0;
    let mut event = Event::new(kind, "contract", row.id)
        .company(Some(row.company_id))
        .complex(Some(row.complex_id).filter(|_| row.shared))
        .audience(if kind == LATE { Audience::Offices } else { Audience::Parties })
        .data(json!({
            "kind": row.kind, "state": row.state, "entered_by": row.entered_by, "governs": row.governs,
            "complex_id": row.complex_id, "effective_from": row.effective_from, "effective_to": row.effective_to,
            "last_day": row.last_day, "filing_number": row.filing_number, "filed_on": row.filed_on,
            "handover_due_on": row.handover_due_on, "handover_done_on": row.handover_done_on,
            "fee_items": terms.fee_items.len(), "version": row.version, "step": step,
        }))
        .personal("project_manager", Some(&row.project_manager))
        .with_texts(vec![("fee_items", fees(&terms.fee_items))])
        .with_texts(texts.texts().into_iter().filter(|(name, _)| *name != "project_manager").collect());
    if row.shared {
        event = event.in_territory(row.place());
    }
    ledger::append(tx, event)?;
    Ok(())
}
