//! The document as it is served: under the URL that this service is reached by.

use actix_web::web;

/// Where the committed document says that the service is.
pub const EXAMPLE_SERVER: &str = "https://wuye.example.gov.cn";

/// The document of a service that is reached under this URL.
pub fn served_at(document: &web::Bytes, server: &str) -> web::Bytes {
    // `servers` is the first to name it.
    web::Bytes::from(String::from_utf8_lossy(document).replacen(EXAMPLE_SERVER, server, 1))
}
