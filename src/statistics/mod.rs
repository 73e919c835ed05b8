//! Numbers for the leaders (统计): of an area and a period, with its parts.

pub mod actions;
mod chart;
pub mod model;
mod overview;
mod overview_store;
mod query_rules;
mod report;
mod routes;
pub mod rules;
mod store;

use crate::access::role_sets::{INSPECTION_OVERSEERS, RATING_OFFICES};
use crate::handler;
use crate::service::feature::{Feature, read, tag};

pub const FEATURE: Feature = Feature {
    name: "statistics",
    tags: &[tag(110, "statistics", "Statistics 统计")],
    operations: &[
        read(handler!(routes::get_rating_statistics), RATING_OFFICES),
        read(handler!(routes::get_statistics_report), INSPECTION_OVERSEERS),
    ],
    ..Feature::EMPTY
};
