//! Ledger events of offices.

use crate::service::events::Fact::{Code, Count, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "office",
    schema: "EventDataOffice",
    about: "An office of the office directory 机构",
    facts: &[
        ("role", Code, "Role."),
        ("division", Code, "Division code."),
        ("name", Text, "Name."),
        ("phone", Text, "Office phone (办公电话)."),
        ("complaint_phone", Text, "Complaint phone (投诉电话); null if none."),
        ("hours", Text, "Office hours."),
        ("address", Text, "Address."),
        ("document_prefix", Text, "Document prefix (机关代字)."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &[],
    types: &[
        Type { code: "office.registered", zh: "机构登记", en: "An office was registered" },
        Type { code: "office.changed", zh: "机构变更", en: "An office was changed" },
    ],
}];
