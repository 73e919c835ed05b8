//! The texts of official documents (文书模板): which language they are written in, what they may name, and how paragraphs
//! are made from them. It knows neither the policy that holds the texts nor the cases that they are used for.

pub mod apart;
mod language;
pub mod samples;
pub mod template;
pub mod texts;

#[cfg(test)]
mod fuzz_tests;
