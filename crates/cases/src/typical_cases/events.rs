//! The ledger events of a typical case.

use crate::service::events::Fact::{Code, Count, Day, Id};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "typical_case",
    schema: "EventDataTypicalCase",
    about: "A typical case 典型案例",
    facts: &[
        ("violation_id", Id, "Id of the violation."),
        ("act", Code, "Code of the act (受监管行为)."),
        ("state", Code, "State after the event."),
        ("published_on", Day, "Day of publication; null before."),
        ("withdrawn_on", Day, "Day of withdrawal; null if not withdrawn."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &["title", "summary", "reasons"],
    types: &[
        Type { code: "typical_case.published", zh: "典型案例发布", en: "A typical case was published" },
        Type { code: "typical_case.withdrawn", zh: "典型案例撤回", en: "A typical case was withdrawn" },
    ],
}];
