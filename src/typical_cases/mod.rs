//! Typical cases (典型案例曝光): what was finally decided, told to everyone without personal data, and withdrawn at once when
//! the decision falls (Administrative Penalty Law 48).

pub mod actions;
pub mod model;
mod routes;
pub mod rules;
pub mod scoped;
pub mod store;

use crate::http::Routes;

pub use actions::withdraw_of;
pub use store::of_complex;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_typical_cases)
        .service(routes::create_typical_case)
        .service(routes::get_typical_case)
        .service(routes::withdraw_typical_case);
}
