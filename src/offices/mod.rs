//! The directory of offices (办公电话): who is responsible where, and how to reach them.

mod actions;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;

use crate::http::Routes;

pub use actions::create_office;
pub use store::{complaint_phones, find_by_seat};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_offices)
        .service(routes::create_office)
        .service(routes::get_office)
        .service(routes::update_office);
}
