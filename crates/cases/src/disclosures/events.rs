//! The ledger events of a disclosure.

use crate::service::events::Fact::{Code, Count, Day, Id};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "disclosure",
    schema: "EventDataDisclosure",
    about: "A disclosure 公开事项",
    facts: &[
        ("kind", Code, "Kind, a code of the vocabulary."),
        ("complex_id", Id, "Id of the complex; null if none."),
        ("number", Count, "Number of the disclosure version, from 1."),
        ("state", Code, "State after the event."),
        ("published_on", Day, "Day of publication; null before."),
        ("period_from", Day, "First day of the period."),
        ("period_to", Day, "Last day of the period."),
        ("exceeds_contract", Count, "Number of prices above the filed contract; null if not compared."),
        ("not_in_contract", Count, "Number of prices that are not in the filed contract; null if not compared."),
        ("compared_with", Id, "Id of the filed contract that the prices were compared with; null if none."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &["content", "proof", "reasons"],
    types: &[
        Type { code: "disclosure.submitted", zh: "提交公开事项", en: "A disclosure was submitted" },
        Type { code: "disclosure.verified", zh: "公开事项核验通过", en: "A disclosure was verified" },
        Type { code: "disclosure.rejected", zh: "公开事项核验不通过", en: "A disclosure was rejected" },
    ],
}];
