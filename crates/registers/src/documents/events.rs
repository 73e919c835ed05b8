//! Ledger events of official documents.

use crate::service::events::Fact::{Code, Count, Day, Id, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "document",
    schema: "EventDataDocument",
    about: "An official document 文书",
    facts: &[
        ("number", Text),
        ("kind", Code),
        ("digest", Text),
        ("state", Code),
        ("subject_kind", Code),
        ("subject_id", Id),
        ("office_role", Code),
        ("office_division", Code),
        ("issued_on", Day),
        ("withdrawn_on", Day),
        ("withdrawal_reason", Text),
        ("version", Count),
    ],
    digests: &[],
    types: &[
        Type { code: "document.issued", zh: "文书出具", en: "A document was issued" },
        Type { code: "document.withdrawn", zh: "文书撤回", en: "A document was withdrawn" },
    ],
}];
