//! Working days (工作日): public holidays and make-up working days, and the deadlines that count them.

mod actions;
pub mod model;
mod routes;
pub mod rules;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use store::{counties, missing_years, seed, work_calendar};

pub fn routes(config: &mut ServiceConfig) {
    config.service(routes::get_calendar).service(routes::replace_calendar);
}
