//! Numbers of complaints for the leaders (诉求统计): punctuality, satisfaction, how long answers take, and where it is hot.

pub mod actions;
mod chart;
mod facts;
mod heat;
pub mod model;
mod report;
mod routes;
pub mod rules;
mod store;

use crate::http::Routes;

pub use facts::{ComplaintFacts, facts_of};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::get_complaint_statistics)
        .service(routes::get_complaint_report)
        .service(routes::list_complaint_heat);
}
