//! The rules of xiaoqu and their vocabularies, without database, server or clock. From facts and a policy they compute
//! the consequences, with the reasons.
//!
//! The feature `store` makes identifiers and enumerations column types, `web` converts a [`problem::Problem`] to an
//! HTTP response. The service enables both. Neither changes the rules.

pub mod calendar;
pub mod characters;
pub mod coded;
pub mod figures;
pub mod input_error;
pub mod language;
pub mod points;
pub mod policy;
pub mod price;
pub mod problem;
pub mod role;
pub mod standing;
pub mod templates;
pub mod types;
pub mod uscc;
pub mod words;
