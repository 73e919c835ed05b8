//! Ledger events of official documents.

use crate::service::events::Fact::{Code, Count, Day, Id, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "document",
    schema: "EventDataDocument",
    about: "An official document 文书",
    facts: &[
        ("number", Text, "Document number (发文字号)."),
        ("kind", Code, "Kind, a code of the vocabulary."),
        ("digest", Text, "SHA-256 in hex."),
        ("state", Code, "State after the event."),
        ("subject_kind", Code, "Kind of that resource."),
        ("subject_id", Id, "Id of the resource that the document is about."),
        ("office_role", Code, "Role of the office."),
        ("office_division", Code, "Division of the office."),
        ("issued_on", Day, "Day of issue."),
        ("withdrawn_on", Day, "Day of withdrawal; null if not withdrawn."),
        ("withdrawal_reason", Text, "Reason for the withdrawal; null while valid."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &[],
    types: &[
        Type { code: "document.issued", zh: "文书出具", en: "An official document was issued" },
        Type { code: "document.withdrawn", zh: "文书撤回", en: "An official document was withdrawn" },
    ],
}];
