//! What a feature declares of its events: what they happen to, what `data` holds, and their types.

use super::feature::Feature;

/// What an event happens to.
pub struct Subject {
    /// `subject.kind` of the leaf, and the part of `subject` before the slash.
    pub kind: &'static str,
    /// Name of the schema of `data`.
    pub schema: &'static str,
    pub about: &'static str,
    /// Members of `data` in clear text.
    pub facts: &'static [(&'static str, Fact)],
    /// Members of `data` that stand for a text that is kept elsewhere: see `ledger::leaf::Digest`.
    pub digests: &'static [&'static str],
    pub types: &'static [Type],
}

/// A type of event.
pub struct Type {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// What a member of `data` holds; every one but a step may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Id,
    /// A code of an enumeration, of a division or of the policy.
    Code,
    Text,
    Day,
    Instant,
    /// A whole number.
    Count,
    Number,
    Flag,
    /// JSON as it was put in.
    Json,
    /// What this event adds to the facts; companies and committees do not get it.
    Step,
}

/// Every kind of subject.
pub fn subjects(features: &[&'static Feature]) -> impl Iterator<Item = &'static Subject> {
    features.iter().flat_map(|feature| feature.events)
}

pub fn types(features: &[&'static Feature]) -> impl Iterator<Item = &'static Type> {
    subjects(features).flat_map(|subject| subject.types)
}
