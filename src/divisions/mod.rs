//! Administrative divisions (行政区划): those of Yinchuan ship with the product, others load from CSV.

pub mod counties;
pub mod model;
mod routes;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use store::{find, names_of, names_under, seed};

pub fn routes(config: &mut ServiceConfig) {
    config.service(routes::list_divisions);
}
