//! Administrative divisions (行政区划): those of Yinchuan ship with the product, others load from CSV.

pub mod counties;
pub mod model;
mod routes;
pub mod store;

use crate::http::Routes;

pub use store::{find, names_of, names_under, seed};

pub fn routes(config: &mut Routes) {
    config.service(routes::list_divisions);
}
