//! Operating the service: probes, metrics, the OpenAPI document and its page, the signing keys, and the sandbox clock.

mod docs;
mod events;
mod gauges;
mod routes;

use crate::handler;
use crate::service::feature::{Feature, Limit, public, tag};
use actix_web::web;

pub use routes::metrics_text;

pub const FEATURE: Feature = Feature {
    name: "system",
    tags: &[tag(10, "system", "Operations 运行"), tag(240, "sandbox", "Sandbox 演示 (only in demo)")],
    operations: &[
        public(handler!(routes::get_livez)).limited_as(Limit::Probes),
        public(handler!(routes::get_readyz)).limited_as(Limit::Probes),
        public(handler!(routes::get_metrics)).limited_as(Limit::Probes),
        public(handler!(routes::get_openapi)),
        public(handler!(routes::get_jwks)),
        public(handler!(routes::move_sandbox_clock)).in_sandbox(),
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};

/// Short addresses that people type, and their targets.
const REDIRECTS: &[(&str, &str)] = &[("/", "/docs/"), ("/docs", "/docs/"), ("/public/", "/public")];

/// Pages beside the API, open to everyone.
pub fn pages(config: &mut web::ServiceConfig) {
    for (typed, page) in REDIRECTS {
        config.service(web::redirect(*typed, *page));
    }
    config.service(docs::show);
}
