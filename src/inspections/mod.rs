//! Inspections (日常检查、巡查): visits of one office or several by the policy's checklists, results from phones that were
//! offline, hazards with their deadlines, the plan that follows from star and focus list, and the counts of it all.

pub mod actions;
pub mod batch;
mod counting_store;
mod deadlines;
pub mod findings;
pub mod hazard_store;
pub mod hazard_view;
pub mod hazards;
pub mod input;
pub mod model;
mod plan;
mod plan_rules;
mod routes;
pub mod rules;
pub mod scoped;
pub mod statistics;
mod statistics_rules;
pub mod store;
mod taking;
pub mod view;

use crate::http::Routes;

pub use statistics::facts_of;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_checklists)
        .service(routes::list_inspection_plan)
        .service(routes::list_inspections)
        .service(routes::create_inspection)
        .service(routes::get_inspection)
        .service(routes::submit_inspection_result)
        .service(routes::cancel_inspection)
        .service(routes::report_inspection_finding)
        .service(routes::submit_inspection_results)
        .service(routes::list_hazards)
        .service(routes::get_hazard)
        .service(routes::rectify_hazard)
        .service(routes::recheck_hazard)
        .service(routes::extend_hazard)
        .service(routes::get_inspection_statistics);
}
