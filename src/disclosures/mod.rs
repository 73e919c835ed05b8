//! The six disclosures (六个公开): what a company makes public at a complex, version by version.

pub mod actions;
pub mod content;
pub mod model;
pub mod price_rules;
pub mod public;
mod routes;
pub mod rules;
#[cfg(test)]
mod rules_tests;
pub mod scoped;
pub mod state_rules;
pub mod store;
pub mod view;

use crate::http::Routes;

pub use public::public_disclosures;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_disclosures)
        .service(routes::get_disclosure)
        .service(routes::submit_disclosure)
        .service(routes::list_disclosure_versions)
        .service(routes::verify_disclosure);
}
