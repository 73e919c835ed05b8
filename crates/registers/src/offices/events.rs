//! Ledger events of offices.

use crate::service::events::Fact::{Code, Count, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "office",
    schema: "EventDataOffice",
    about: "An office of the directory 办公机构",
    facts: &[
        ("role", Code),
        ("division", Code),
        ("name", Text),
        ("phone", Text),
        ("complaint_phone", Text),
        ("hours", Text),
        ("address", Text),
        ("document_prefix", Text),
        ("version", Count),
    ],
    digests: &[],
    types: &[
        Type { code: "office.registered", zh: "机构登记", en: "An office was registered" },
        Type { code: "office.changed", zh: "机构变更", en: "An office was changed" },
    ],
}];
