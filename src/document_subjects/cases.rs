//! The case that an official document is about: finding it, checking office and state, and collecting the content.

use serde_json::{Map, Value, json};

use super::state_rules::{self, Belongs};
use crate::access::Scope;
use crate::db::{Conn, Instant, WorkError, WorkResult};
use crate::documents::model::{DocumentIn, DocumentKind, DocumentRow, DocumentSubject};
use crate::documents::{self, IssueInput, missing};
use crate::input_error::InputError;
use crate::measures;
use crate::measures::model::MeasureRow;
use crate::problem::Code;
use crate::proceedings::model::Delivery;
use crate::service::{Ctx, Tx};
use crate::violations;
use crate::violations::model::ViolationRow;
use crate::words::days::{chinese_day, chinese_time};

/// The case that an official document is about.
pub enum Case {
    Violation(Box<ViolationRow>),
    Measure(Box<MeasureRow>),
    /// A delivered document, for its proof of delivery.
    Document(Box<DocumentRow>, Option<Delivery>),
}

/// Locks and reads the case. A case that is not visible to the caller is an input error.
pub fn find(conn: &mut Conn, ctx: &Ctx, input: &DocumentIn, faults: &mut Vec<InputError>) -> WorkResult<Option<Case>> {
    let found = match input.kind {
        kind if kind.is_of_filing() => return Ok(None),
        kind if matches!(state_rules::belongs(kind), Belongs::Violation(_)) => {
            violations::store::find_for_update(conn, &ctx.scope, input.subject_id)
                .map(|row| Case::Violation(Box::new(row)))
        }
        DocumentKind::ProofOfDelivery => documents::find(conn, &ctx.scope, input.subject_id).and_then(|row| {
            let delivery = delivery_of(conn, &row)?;
            Ok(Case::Document(Box::new(row), delivery))
        }),
        _ => {
            measures::store::find_for_update(conn, &ctx.scope, input.subject_id).map(|row| Case::Measure(Box::new(row)))
        }
    };
    match found {
        Ok(case) => Ok(Some(case)),
        Err(WorkError::Problem(problem)) if problem.code == Code::NotFound => {
            let (zh, en) = (
                "该违规行为或者处置措施不存在，或者不在您的辖区内",
                "unknown violation or measure, or outside your territory",
            );
            faults.push(InputError::new("/subject_id", "unknown_reference", zh, en));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// The delivery of a notice or decision to the company; `None` if it was not delivered, or for other kinds.
fn delivery_of(conn: &mut Conn, row: &DocumentRow) -> WorkResult<Option<Delivery>> {
    let system = Scope::System("a document that the caller may see includes its delivery");
    Ok(match row.kind {
        DocumentKind::ViolationNotice => violations::store::find(conn, &system, row.subject_id)?.proceedings.0.delivery,
        DocumentKind::ConfirmationDecision => {
            violations::store::find(conn, &system, row.subject_id)?.proceedings.0.decision_delivery
        }
        DocumentKind::MeasureNotice => measures::store::find(conn, &system, row.subject_id)?.proceedings.0.delivery,
        _ => None,
    })
}

/// The office in charge of the case issues its documents. The office that issued a document issues its proof of
/// delivery.
pub fn require_office(tx: &mut Tx, kind: DocumentKind, case: &Case) -> WorkResult<()> {
    match case {
        Case::Violation(row) => violations::documents::require_office(tx.ctx, kind, row),
        Case::Document(row, _) => Ok(documents::rules::require_issuer(&tx.ctx.caller, row)?),
        Case::Measure(row) => measures::documents::require_office(tx, kind, row),
    }
}

/// Requires that the case is of the right kind and in a state in which the document is issued.
pub fn require_state(kind: DocumentKind, case: &Case) -> WorkResult<()> {
    match case {
        Case::Violation(row) => state_rules::require_violation(kind, row),
        Case::Measure(row) => Ok(state_rules::require_measure(kind, row)?),
        Case::Document(row, delivery) => Ok(state_rules::require_delivered(row.state, delivery.is_some())?),
    }
}

/// Collects the content of the document.
pub fn gather(tx: &mut Tx, input: &DocumentIn, case: &Case) -> WorkResult<IssueInput> {
    let mut context = Map::new();
    if let (Some(at), Some(place)) = (input.held_at, &input.place) {
        let time = chinese_time(tx.ctx.state.clock.local(Instant(at)));
        context.insert("meeting".into(), json!({ "time": time, "place": place }));
    }
    match case {
        Case::Violation(row) => violations::documents::gather(tx, input.kind, row, context),
        Case::Measure(row) => measures::documents::gather(tx, input, row, context),
        Case::Document(row, delivery) => {
            let delivery = delivery.as_ref().ok_or_else(missing)?;
            Ok(proof_of_delivery(tx, row, delivery, context))
        }
    }
}

fn proof_of_delivery(
    tx: &mut Tx,
    row: &DocumentRow,
    delivery: &Delivery,
    mut context: Map<String, Value>,
) -> IssueInput {
    context.insert("delivered".into(), json!({ "title": row.title, "number": row.number }));
    context.insert(
        "delivery".into(),
        json!({
            "method": delivery.method.zh(), "delivered_on": chinese_day(delivery.delivered_on), "note": delivery.note,
        }),
    );
    IssueInput {
        kind: DocumentKind::ProofOfDelivery,
        subject_kind: DocumentSubject::Document,
        subject_id: row.id,
        violation_id: row.violation_id,
        handler: row.handler_role.zip(row.handler_division.clone()),
        place: row.place(),
        company_id: row.company_id,
        complex_id: row.complex_id,
        office: documents::office_of(&tx.ctx.caller),
        addressee: Some(row.addressee.clone()),
        delivered: row.delivered,
        context,
    }
}
