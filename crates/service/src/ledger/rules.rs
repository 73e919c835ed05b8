//! Rules on when the ledger discloses a leaf to a party.

/// Later events that show that this one's notice or decision was delivered to the party, or need not be any more. Empty
/// if nothing is delivered.
pub fn served_by(kind: &str) -> &'static [&'static str] {
    match kind {
        "violation.notified" => {
            &["violation.notice_delivered", "violation.decision_delivered", "violation.dismissed", "violation.revoked"]
        }
        "violation.confirmed" => &["violation.decision_delivered", "violation.revoked"],
        "measure.notified" => {
            &["measure.notice_delivered", "measure.approved", "measure.rejected", "measure.cancelled"]
        }
        _ => &[],
    }
}
