//! Vocabulary that a lower layer and a feature share: the feature that an enumeration belongs to re-exports it.
//! Words that several features share, and the policy below them: enumerations, and how days are written.
pub mod days;
pub mod disclosures;
pub mod documents;
pub mod ratings;
