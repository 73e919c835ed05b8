//! Ledger events of token revocations.

use crate::service::events::Fact::{Code, Count, Instant, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "token_revocation",
    schema: "EventDataTokenRevocation",
    about: "A token revocation 令牌吊销",
    facts: &[
        ("kind", Code, "Kind, a code of the vocabulary."),
        ("issuer", Text, "Issuer of the token."),
        ("expires_at", Instant, "Instant of expiry."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &["value", "reason"],
    types: &[
        Type { code: "token_revocation.created", zh: "令牌吊销", en: "A subject or a token was revoked" },
        Type {
            code: "token_revocation.residents_lifted",
            zh: "他县对居民解除令牌吊销",
            en: "Another county lifted a token revocation for residents",
        },
        Type { code: "token_revocation.withdrawn", zh: "令牌吊销撤回", en: "A token revocation was withdrawn" },
    ],
}];
