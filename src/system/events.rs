//! Ledger events of the deployment and of issued tokens.

use crate::service::events::Fact::{Code, Id, Instant, Json, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "deployment",
        schema: "EventDataDeployment",
        about: "The deployment 部署",
        facts: &[
            ("setting", Text, "Name of the setting that was changed."),
            ("from", Json, "Previous value of the setting."),
            ("to", Json, "New value of the setting."),
            ("confirmed", Instant, "Instant of the confirmed system clock."),
            ("last_recorded", Instant, "Last recorded time before the confirmation."),
            ("stopped_at", Instant, "Instant at which background jobs were paused; null if they were not."),
            ("reason", Text, "Reason."),
        ],
        digests: &[],
        types: &[
            Type { code: "clock.confirmed", zh: "时钟确认", en: "An operator confirmed the system clock" },
            Type { code: "deployment.changed", zh: "部署设置变更", en: "An operator accepted a changed setting" },
        ],
    },
    Subject {
        kind: "token",
        schema: "EventDataToken",
        about: "A token issued by an operator 令牌",
        facts: &[
            ("role", Code, "Role."),
            ("division", Code, "Division code."),
            ("company", Text, "USCC that the token is limited to; null if none."),
            ("complex", Id, "Id of the complex that the token is limited to; null if none."),
            ("organisation", Code, "Kind of utility operator; null if none."),
            ("tasks", Json, "Tasks that the token is limited to."),
            ("expires_at", Instant, "Instant of expiry."),
            ("issuer", Text, "Issuer of the token."),
        ],
        digests: &["subject", "name"],
        types: &[Type { code: "token.issued", zh: "签发令牌", en: "An operator issued a token" }],
    },
];
