//! Measures (处置措施): what the ladder calls for, its due process, and referrals (移交).

pub mod actions;
mod by_rating;
mod deadlines;
pub mod decisions;
mod due_process;
pub mod model;
mod recompute;
mod routes;
pub mod rules;
pub mod store;
mod suspension;
pub mod view;

use crate::http::Routes;

pub use by_rating::sync_removal;
pub use decisions::removal_carried_out;
pub use recompute::recompute;
pub use suspension::final_since;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_measures)
        .service(routes::get_measure)
        .service(routes::notify_measure)
        .service(routes::record_measure_delivery)
        .service(routes::submit_measure_statement)
        .service(routes::answer_measure_statement)
        .service(routes::request_measure_hearing)
        .service(routes::record_measure_hearing)
        .service(routes::approve_measure)
        .service(routes::reject_measure)
        .service(routes::complete_measure)
        .service(routes::cancel_measure);
}
