//! Property service companies (物业服务企业).

pub mod actions;
pub mod changes;
pub mod changes_store;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;

use crate::http::Routes;

pub use crate::uscc;
pub use store::{add_areas, find, find_by_uscc, find_for_update, names_of, speakers_of};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_companies)
        .service(routes::create_company)
        .service(routes::get_company)
        .service(routes::update_company)
        .service(routes::list_company_changes)
        .service(routes::propose_company_change)
        .service(routes::get_company_change)
        .service(routes::approve_company_change)
        .service(routes::refuse_company_change);
}
