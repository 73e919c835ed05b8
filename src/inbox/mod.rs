//! What waits for the caller's office or company (待办), each with its deadline.

mod complaining;
mod inspecting;
pub mod model;
pub mod ratings;
mod routes;
pub mod rules;
pub mod tasks;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config.service(routes::list_inbox);
}
