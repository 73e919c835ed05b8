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

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config.service(routes::get_rating_statistics).service(routes::get_statistics_report);
}
