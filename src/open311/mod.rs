//! Open311 GeoReport v2 (<https://wiki.open311.org/GeoReport_v2/>): complaints for programs that speak that standard, such as
//! FixMyStreet. Services are the public categories of the policy, requests the public part of tickets; whoever creates one
//! is a client of ours.
//!
//! Clauses in the comments are headings of the standard's page.

mod actions;
mod errors;
mod form_rules;
mod format;
mod key;
mod model;
mod place_rules;
mod query_rules;
mod receive;
mod routes;
mod service_rules;
mod store;
mod submit;
mod view;

use crate::access::role_sets::OPEN311_SENDERS;
use crate::handler;
use crate::service::feature::{Feature, WriteError, by_key, public, tag};

pub use errors::error_response;
pub use format::Format;

pub const PATH: &str = "/open311/v2";
/// Under which a request has its own address.
const OWN_PATH: &str = "/open311/v2/requests";
/// The token of the standard (Service Discovery, `specification`).
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";

pub const FEATURE: Feature = Feature {
    name: "open311",
    tags: &[tag(
        200,
        "open311",
        "Open311 GeoReport v2 公共诉求接口: services, requests; the same complaints for programs of that standard",
    )],
    operations: &[
        public(handler!(routes::get_open311_discovery)),
        public(handler!(routes::list_open311_services)),
        public(handler!(routes::get_open311_service)),
        by_key(handler!(routes::create_open311_request), OPEN311_SENDERS).long(),
        public(handler!(routes::get_open311_token)),
        public(handler!(routes::list_open311_requests)),
        public(handler!(routes::get_open311_request)),
    ],
    errors: Some(error_form),
    ..Feature::EMPTY
};

/// The form in which an error is told under this path: that of its ending, else XML, which every client of the standard reads.
pub fn format_of(path: &str) -> Option<Format> {
    let inside = path == "/open311" || path.starts_with("/open311/");
    inside.then(|| if path.ends_with(".json") { Format::Json } else { Format::Xml })
}

/// An error under this path, in its form.
fn error_form(path: &str) -> Option<WriteError> {
    format_of(path).map(|format| match format {
        Format::Json => errors::as_json as WriteError,
        Format::Xml => errors::as_xml as WriteError,
    })
}
