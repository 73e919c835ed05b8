//! Residential complexes (住宅小区) and the companies that serve them.

pub mod actions;
pub mod coordinates;
mod events;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;
mod view;
mod whereabouts;

use crate::access::role_sets::{REGISTER_READERS, REGISTRARS};
use crate::handler;
use crate::problem::Code::AlreadyExists;
use crate::service::feature::{Feature, Table, read, submit, tag};

pub use store::{
    bump_version, counties, counties_of, county_for, county_of, drop_service, find, has_served, insert_service,
    names_of, points_of, services_in_force, serving_company,
};
pub use whereabouts::{check_place, place, place_of};

pub const FEATURE: Feature = Feature {
    name: "complexes",
    tags: &[tag(70, "complexes", "Residential complexes 住宅小区 and their service periods 服务期间")],
    operations: &[
        read(handler!(routes::list_complexes), REGISTER_READERS),
        submit(handler!(routes::create_complex), REGISTRARS).conflicts(&[AlreadyExists]),
        read(handler!(routes::get_complex), REGISTER_READERS),
        submit(handler!(routes::update_complex), REGISTRARS),
        read(handler!(routes::list_complex_services), REGISTER_READERS),
    ],
    tables: &[Table::of_territory("complexes"), Table::of_territory("complex_services")],
    words: &[
        ("coordinate_system", coordinates::CoordinateSystem::LABELS),
        ("self_governance", model::SelfGovernance::LABELS),
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};
