//! Working days (工作日): public holidays and make-up working days, and the deadlines that count them.

mod actions;
pub mod holidays;
pub mod model;
mod on_file;
mod routes;
pub mod rules;
mod store;

use crate::http::Routes;

pub use on_file::{OnFile, missing_until};
pub use store::{counties, missing_years, seed, stamp, work_calendar};

pub fn routes(config: &mut Routes) {
    config.service(routes::get_calendar).service(routes::replace_calendar);
}
