//! The survey of disclosures and fees (摸底排查): how complete they are in an area, the list of problems, and the way from a
//! problem to a reported violation. It reads slim rows in a few statements, whatever the size of the area, and reckons in memory.

pub mod actions;
pub mod model;
mod routes;
pub mod rules;
pub mod store;
pub mod wording;

use crate::http::Routes;

pub use actions::owed;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::get_disclosure_survey)
        .service(routes::list_survey_problems)
        .service(routes::report_survey_problem);
}
