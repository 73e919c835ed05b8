//! What everyone may see (公开): pages for a phone and for print, and the same as JSON. No token, no script, no asset from
//! outside.
//!
//! A subject has one model, from which both its page and its JSON are made ([`model::PublicComplex`]). Whoever adds a
//! section to it adds a field there, fills it in `store::complex`, and shows it in a template `complex_….html` of its own.

mod cache;
mod chart;
mod error;
mod html;
mod lettering;
pub mod model;
mod plaque;
mod plaque_routes;
mod routes;
mod store;

use crate::http::Routes;

pub use cache::{Cache, Key};
pub use error::as_page;
pub use html::{Rendered, html, json, show};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::get_public_home)
        .service(routes::get_public_icon)
        .service(routes::get_public_style)
        .service(routes::get_public_complex)
        .service(routes::get_public_notice)
        .service(routes::get_public_verification)
        .service(routes::get_public_document)
        .service(plaque_routes::get_public_plaque)
        .service(plaque_routes::get_public_plaque_image)
        .service(plaque_routes::get_public_plaque_print)
        .service(routes::list_public_complexes)
        .service(routes::get_public_complex_data)
        .service(routes::get_public_document_data);
}

/// Is a person answered under this path, so that an error is a page, too?
pub fn is_page(path: &str) -> bool {
    (path == "/public" || path.starts_with("/public/"))
        && !path.starts_with("/public/data/")
        && path != "/public/data"
        && path != "/public/style.css"
        && path != "/public/icon.svg"
}
