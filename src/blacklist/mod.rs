//! The industry blacklist (黑名单) and restrictions on new complexes (限制承接新项目).

mod actions;
pub mod model;
mod routes;
pub mod rules;
pub mod store;
mod view;

use crate::http::Routes;

pub use actions::{Grounds, end_listing_of, list_company, suspend_listing_of};
pub use store::{is_listed, refuse_new_complex, term_of};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_blacklist)
        .service(routes::get_blacklist_entry)
        .service(routes::apply_for_credit_repair)
        .service(routes::refuse_credit_repair)
        .service(routes::remove_from_blacklist);
}
