//! Ledger events of policies.

use crate::service::events::Fact::{Day, Json, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "policy",
    schema: "EventDataPolicy",
    about: "A policy version 政策版本",
    facts: &[
        ("effective_from", Day, "First day on which it applies."),
        ("digest", Text, "SHA-256 in hex."),
        ("document", Json, "The policy document."),
    ],
    digests: &["note", "reasons"],
    types: &[
        Type { code: "policy.published", zh: "政策发布", en: "A policy version was published" },
        Type { code: "policy.submitted", zh: "政策提交", en: "A policy draft was submitted for approval" },
        Type { code: "policy.withdrawn", zh: "政策草案撤回", en: "A policy draft was withdrawn" },
    ],
}];
