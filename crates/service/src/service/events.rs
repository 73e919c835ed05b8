//! Declaration of a feature's events: their subjects, the members of `data`, and their types.

use super::feature::Feature;

/// The kind of resource that an event is about.
pub struct Subject {
    /// `subject.kind` of the leaf, and the part of the event's `subject` before the slash.
    pub kind: &'static str,
    /// Name of the schema for `data`.
    pub schema: &'static str,
    pub about: &'static str,
    /// Members of `data` in clear text: name, type, description.
    pub facts: &'static [(&'static str, Fact, &'static str)],
    /// Members of `data` that are digests of texts stored elsewhere; see `ledger::leaf::Digest`.
    pub digests: &'static [&'static str],
    pub types: &'static [Type],
}

/// An event type.
pub struct Type {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// Type of a member of `data`. All except a step may be null.
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
    /// JSON exactly as it was entered.
    Json,
    /// Details of this event only. Companies and committees do not get them.
    Step,
}

/// The subjects of all features.
pub fn subjects(features: &[&'static Feature]) -> impl Iterator<Item = &'static Subject> {
    features.iter().flat_map(|feature| feature.events)
}

pub fn types(features: &[&'static Feature]) -> impl Iterator<Item = &'static Type> {
    subjects(features).flat_map(|subject| subject.types)
}
