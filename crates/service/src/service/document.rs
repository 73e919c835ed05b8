//! The OpenAPI document with the URL under which this service is reached.

use actix_web::web;

/// Server URL in the committed document.
pub const EXAMPLE_SERVER: &str = "https://wuye.example.gov.cn";

/// The document with this server URL.
pub fn served_at(document: &web::Bytes, server: &str) -> web::Bytes {
    // `servers` is the first member that contains it.
    web::Bytes::from(String::from_utf8_lossy(document).replacen(EXAMPLE_SERVER, server, 1))
}
