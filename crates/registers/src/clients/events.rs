//! Ledger events of OAuth clients.

use crate::service::events::Fact::{Code, Count, Id, Instant, Json, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "client",
    schema: "EventDataClient",
    about: "A system that integrates 接入系统",
    facts: &[
        ("name", Text),
        ("role", Code),
        ("division", Code),
        ("company", Text),
        ("complex_id", Id),
        ("organisation", Code),
        ("operations", Json),
        ("state", Code),
        ("keys", Json),
        ("others_expire_at", Instant),
        ("secret_expires_at", Instant),
        ("version", Count),
    ],
    digests: &["contact", "reason"],
    types: &[
        Type { code: "client.registered", zh: "接入系统登记", en: "A client was registered" },
        Type { code: "client.changed", zh: "接入系统变更", en: "A client was changed" },
        Type { code: "client.approved", zh: "接入系统批准", en: "A client was approved" },
        Type { code: "client.secret_rotated", zh: "密钥更换", en: "A secret was rotated" },
        Type { code: "client.suspended", zh: "接入系统暂停", en: "A client was suspended" },
        Type { code: "client.resumed", zh: "接入系统恢复", en: "A client was resumed" },
        Type { code: "client.revoked", zh: "接入系统注销", en: "A client was revoked" },
    ],
}];
