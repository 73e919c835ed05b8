//! Events of the feature in the ledger.

use crate::service::events::Fact::{Code, Count, Day, Id};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "__feature__",
        schema: "EventData__Feature__",
        about: "__A_feature__ __zh__",
        facts: &[
            ("complex_id", Id, "Id of the complex."),
            ("state", Code, "State after the event."),
            ("planned_on", Day, "Planned day."),
            ("version", Count, "Version of the resource after the event."),
        ],
        digests: &["title", "outcome"],
        types: &[
            Type { code: "__feature__.planned", zh: "__zh__计划", en: "__A_feature__ was planned" },
            Type { code: "__feature__.reported", zh: "__zh__结果上报", en: "__A_feature__ was reported" },
        ],
    },
];
