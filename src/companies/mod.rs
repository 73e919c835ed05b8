//! Property service companies (物业服务企业).

pub mod actions;
pub mod model;
mod routes;
pub mod store;
pub mod uscc;

use utoipa_actix_web::service_config::ServiceConfig;

pub use store::{add_areas, find, find_by_uscc, find_for_update, names_of, speakers_of};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(routes::list_companies)
        .service(routes::create_company)
        .service(routes::get_company)
        .service(routes::update_company);
}
