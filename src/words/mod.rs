//! Words that several features share, and the policy below them: enumerations, and how days are written.

pub mod days;
pub mod documents;
pub mod ratings;
