//! Residential complexes (住宅小区) and who serves them.

pub mod actions;
pub mod coordinates;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;
mod view;
mod whereabouts;

use crate::http::Routes;

pub use store::{
    counties, counties_of, county_for, county_of, drop_service, find, has_served, insert_service, names_of, points_of,
    services_in_force, serving_company, touch,
};
pub use whereabouts::{check_place, place, place_of};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_complexes)
        .service(routes::create_complex)
        .service(routes::get_complex)
        .service(routes::update_complex)
        .service(routes::list_complex_services);
}
