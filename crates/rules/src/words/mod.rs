//! Vocabularies that several features and the policy share, and the format of days. The feature that an enumeration
//! belongs to re-exports it.
pub mod days;
pub mod disclosures;
pub mod documents;
pub mod ratings;
