//! Violations (违规行为): from a report over notice and statement to a decision, its appeal and its revocation.

pub mod actions;
mod deadlines;
pub mod decisions;
mod due_process;
pub mod finality;
pub mod model;
pub mod report;
pub mod review;
mod routes;
pub mod rules;
pub mod store;
pub mod view;

use crate::http::Routes;

pub use actions::record_rectification;
pub use store::show_to_family;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_violations)
        .service(routes::report_violation)
        .service(routes::get_violation)
        .service(routes::notify_violation)
        .service(routes::record_violation_delivery)
        .service(routes::submit_violation_statement)
        .service(routes::answer_violation_statement)
        .service(routes::confirm_violation)
        .service(routes::dismiss_violation)
        .service(routes::appeal_violation)
        .service(routes::decide_violation_appeal)
        .service(routes::revoke_violation);
}
