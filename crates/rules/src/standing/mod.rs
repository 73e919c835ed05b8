//! Standing (惩戒状态) of a company: computed from its confirmed violations, with the measures that follow.
//!
//! `rules::compute_standing` explains the standing on a day. `reconcile::reconcile` computes how the existing measures
//! must change.

mod credit;
mod due;
mod ladder;
pub mod model;
pub mod reconcile;
pub mod redact;
pub mod rules;
mod wording;

pub use ladder::last_day;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worked_case;
