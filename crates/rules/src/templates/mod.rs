//! Document templates (文书模板): their language, the variables that they may use, and the rendering to paragraphs.
//! Independent of the policy that contains the templates and of the cases that use them.

pub mod apart;
mod language;
pub mod samples;
pub mod template;
pub mod texts;

#[cfg(test)]
mod fuzz_tests;
