//! The ledger events of a disclosure.

use crate::service::events::Fact::{Code, Count, Day, Id};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "disclosure",
    schema: "EventDataDisclosure",
    about: "A disclosure 公开事项",
    facts: &[
        ("kind", Code),
        ("complex_id", Id),
        ("number", Count),
        ("state", Code),
        ("published_on", Day),
        ("period_from", Day),
        ("period_to", Day),
        ("exceeds_contract", Count),
        ("not_in_contract", Count),
        ("compared_with", Id),
        ("version", Count),
    ],
    digests: &["content", "proof", "reasons"],
    types: &[
        Type { code: "disclosure.submitted", zh: "公开提交", en: "A disclosure was submitted" },
        Type { code: "disclosure.verified", zh: "公开核验", en: "A disclosure was verified" },
        Type { code: "disclosure.rejected", zh: "核验不通过", en: "A disclosure was rejected" },
    ],
}];
