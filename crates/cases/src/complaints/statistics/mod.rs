//! Statistics of complaints (诉求统计): punctuality, reply times, satisfaction, and complaint heat.

pub mod actions;
mod chart;
mod facts;
mod heat;
pub mod model;
mod report;
pub(super) mod routes;
pub mod rules;
mod store;

pub use facts::{ComplaintFacts, facts_of};
