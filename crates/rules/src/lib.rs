//! The rules of xiaoqu, and the words that they are written in: no database, no server, no clock. Given facts and the policy
//! that governs them, they say what follows, and why.
//!
//! The feature `store` makes identifiers and enumerations columns of a database, `web` makes a [`problem::Problem`] an answer:
//! the service turns both on. Neither changes what a rule says.

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
