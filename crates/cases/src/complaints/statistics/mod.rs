//! Numbers of complaints for the leaders (诉求统计): punctuality, satisfaction, how long answers take, and where it is hot.

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
