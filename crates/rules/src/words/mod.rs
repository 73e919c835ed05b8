//! Words that several features share, and the policy below them: enumerations, and how days are written. The feature that
//! an enumeration belongs to re-exports it.
pub mod days;
pub mod disclosures;
pub mod documents;
pub mod ratings;
