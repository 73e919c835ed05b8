//! Policy (政策): the versioned, immutable document of everything that the rules of the field leave to the county.

pub mod actions;
pub mod complaints;
pub mod contracts;
pub mod disclosures;
pub mod document_rules;
pub mod documents;
pub mod inspections;
pub mod issuing;
pub mod model;
pub mod office_deadlines;
pub mod ratings;
mod routes;
pub mod rules;
pub mod store;
pub mod versions;

use crate::http::Routes;

pub use store::{all, current, holding, seed};

pub fn routes(config: &mut Routes) {
    // `current` before `{version}`, which would match it too.
    config
        .service(routes::list_policies)
        .service(routes::publish_policy)
        .service(routes::get_current_policy)
        .service(routes::get_policy)
        .service(routes::approve_policy)
        .service(routes::withdraw_policy)
        .service(routes::list_acts);
}
