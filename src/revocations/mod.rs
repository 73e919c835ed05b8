//! Revocations (吊销): subjects and tokens that are refused before their time, whoever issued them.

mod actions;
pub mod model;
mod routes;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(routes::list_revocations)
        .service(routes::create_revocation)
        .service(routes::get_revocation)
        .service(routes::withdraw_revocation);
}
