//! What the ledger shows to whom.

/// Events after which a party has been served what this one records, or need not be any more; none where nothing is served.
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
