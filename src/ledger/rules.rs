//! What the ledger shows to whom.

/// The event that says that what this one records was served on the party; `None` where nothing is served.
pub fn served_by(kind: &str) -> Option<&'static str> {
    match kind {
        "violation.notified" => Some("violation.notice_delivered"),
        "violation.confirmed" | "violation.dismissed" | "violation.appeal_decided" | "violation.revoked" => {
            Some("violation.decision_delivered")
        }
        "measure.notified" => Some("measure.notice_delivered"),
        _ => None,
    }
}
