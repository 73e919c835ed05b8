//! Ledger events of OAuth clients.

use crate::service::events::Fact::{Code, Count, Id, Instant, Json, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "client",
    schema: "EventDataClient",
    about: "A client 接入系统",
    facts: &[
        ("name", Text, "Name."),
        ("role", Code, "Role."),
        ("division", Code, "Division code."),
        ("company", Text, "USCC that the token is limited to; null if none."),
        ("complex_id", Id, "Id of the complex; null if none."),
        ("organisation", Code, "Kind of utility operator; null if none."),
        ("operations", Json, "Operations that the client may call; null for all."),
        ("state", Code, "State after the event."),
        ("keys", Json, "Public keys of the client (JWK Set)."),
        ("others_expire_at", Instant, "Instant at which earlier secrets expire."),
        ("secret_expires_at", Instant, "Instant at which the new secret expires; null if never."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &["contact", "reason"],
    types: &[
        Type { code: "client.registered", zh: "接入系统登记", en: "A client was registered" },
        Type { code: "client.changed", zh: "接入系统变更", en: "A client was changed" },
        Type { code: "client.approved", zh: "接入系统批准", en: "A client was approved" },
        Type { code: "client.secret_rotated", zh: "客户端密钥轮换", en: "A client secret was rotated" },
        Type { code: "client.suspended", zh: "接入系统暂停", en: "A client was suspended" },
        Type { code: "client.resumed", zh: "接入系统恢复", en: "A client was resumed" },
        Type { code: "client.revoked", zh: "接入系统注销", en: "Access of a client was revoked" },
    ],
}];
