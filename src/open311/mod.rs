//! Open311 GeoReport v2 (<https://wiki.open311.org/GeoReport_v2/>): complaints for programs that use that standard,
//! such as FixMyStreet. Services are the public complaint categories of the policy; requests are the public data of
//! complaints. Only registered clients can create requests.
//!
//! Quotations and clause names in the comments refer to that page.

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
/// Path prefix of a single request.
const OWN_PATH: &str = "/open311/v2/requests";
/// The token of the standard (Service Discovery, `specification`).
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";

pub const FEATURE: Feature = Feature {
    name: "open311",
    tags: &[tag(
        200,
        "open311",
        "Open311 GeoReport v2 公共诉求接口: services and requests, the same complaints for programs of that standard",
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

/// The format of errors under this path: JSON for the ending `.json`, otherwise XML, which every client of the standard
/// reads. None for other paths.
pub fn format_of(path: &str) -> Option<Format> {
    let inside = path == "/open311" || path.starts_with("/open311/");
    inside.then(|| if path.ends_with(".json") { Format::Json } else { Format::Xml })
}

/// Writes an error under this path in its format.
fn error_form(path: &str) -> Option<WriteError> {
    format_of(path).map(|format| match format {
        Format::Json => errors::as_json as WriteError,
        Format::Xml => errors::as_xml as WriteError,
    })
}
