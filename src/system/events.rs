//! Ledger events of the deployment and of issued tokens.

use crate::service::events::Fact::{Code, Id, Instant, Json, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "deployment",
        schema: "EventDataDeployment",
        about: "The deployment itself 部署",
        facts: &[
            ("setting", Text),
            ("from", Json),
            ("to", Json),
            ("confirmed", Instant),
            ("last_recorded", Instant),
            ("stopped_at", Instant),
            ("reason", Text),
        ],
        digests: &[],
        types: &[
            Type { code: "clock.confirmed", zh: "时钟确认", en: "An operator confirmed the clock" },
            Type { code: "deployment.changed", zh: "部署设置变更", en: "An operator accepted a changed setting" },
        ],
    },
    Subject {
        kind: "token",
        schema: "EventDataToken",
        about: "A token that the operator issued 令牌",
        facts: &[
            ("role", Code),
            ("division", Code),
            ("company", Text),
            ("complex", Id),
            ("organisation", Code),
            ("tasks", Json),
            ("expires_at", Instant),
            ("issuer", Text),
        ],
        digests: &["subject", "name"],
        types: &[Type { code: "token.issued", zh: "签发令牌", en: "An operator issued a token" }],
    },
];
