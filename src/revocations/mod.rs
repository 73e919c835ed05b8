//! Revocations (吊销): subjects and tokens that are refused before their time, whoever issued them.

mod actions;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_revocations)
        .service(routes::create_revocation)
        .service(routes::get_revocation)
        .service(routes::withdraw_revocation);
}
