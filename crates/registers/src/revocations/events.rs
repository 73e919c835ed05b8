//! Ledger events of token revocations.

use crate::service::events::Fact::{Code, Count, Instant, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "revocation",
    schema: "EventDataRevocation",
    about: "A revocation 吊销",
    facts: &[("kind", Code), ("issuer", Text), ("expires_at", Instant), ("version", Count)],
    digests: &["value", "reason"],
    types: &[
        Type { code: "revocation.made", zh: "吊销", en: "Something was revoked" },
        Type {
            code: "revocation.residents_lifted",
            zh: "吊销对居民解除",
            en: "A revocation was lifted for residents by another county",
        },
        Type { code: "revocation.withdrawn", zh: "吊销撤回", en: "A revocation was withdrawn" },
    ],
}];
