//! The ledger events of a typical case.

use crate::service::events::Fact::{Code, Count, Day, Id};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "typical_case",
    schema: "EventDataTypicalCase",
    about: "A typical case 典型案例",
    facts: &[
        ("violation_id", Id),
        ("act", Code),
        ("state", Code),
        ("published_on", Day),
        ("withdrawn_on", Day),
        ("version", Count),
    ],
    digests: &["title", "summary", "reasons"],
    types: &[
        Type { code: "typical_case.published", zh: "典型案例曝光", en: "A typical case was published" },
        Type { code: "typical_case.withdrawn", zh: "典型案例撤下", en: "A typical case was withdrawn" },
    ],
}];
