//! Running the service: probes, metrics, the document and its page, the signing keys, the sandbox's clock.

mod docs;
mod routes;

use crate::http::Routes;
use actix_web::web;

pub use routes::{metrics_text, not_found};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::get_livez)
        .service(routes::get_readyz)
        .service(routes::get_metrics)
        .service(routes::get_openapi)
        .service(routes::get_jwks);
}

/// Only where business time may be moved.
pub fn sandbox_routes(config: &mut Routes) {
    config.service(routes::move_sandbox_clock);
}

/// Pages beside the API, open to everyone.
pub const PAGES: &[&str] = &[DOCS, "/", "/docs", "/public/"];
const DOCS: &str = "/docs/{_:.*}";
/// What people type, and where it leads.
const REDIRECTS: &[(&str, &str)] = &[("/", "/public"), ("/public/", "/public"), ("/docs", "/docs/")];

pub fn pages(config: &mut web::ServiceConfig) {
    for (typed, page) in REDIRECTS {
        config.service(web::redirect(*typed, *page));
    }
    config.service(docs::show);
}
