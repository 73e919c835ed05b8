//! Enumerations that several features, and the policy below them, speak of.

pub mod documents;
pub mod ratings;
