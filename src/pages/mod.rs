//! Public information (公开): pages for phones and for print, and the same data as JSON. No token, no script, no external
//! asset.
//!
//! Each subject has one model, from which its page and its JSON are made ([`model::PublicComplex`]). To add a section
//! to a page, add a field there, fill it in `store::complex`, and show it in a template `complex_….html` of its own.

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

use crate::handler;
use crate::service::feature::{Feature, WriteError, public, tag};

pub use cache::{Cache, Key};
pub use error::as_page;
pub use html::{Rendered, html, json, show};

pub const FEATURE: Feature = Feature {
    name: "pages",
    tags: &[tag(160, "public", "Public information 公开: pages, and the same data as JSON")],
    operations: &[
        public(handler!(routes::get_public_home)),
        public(handler!(routes::get_public_icon)),
        public(handler!(routes::get_public_style)),
        public(handler!(routes::get_public_complex)),
        public(handler!(routes::get_public_notice)),
        public(handler!(routes::get_public_verification)),
        public(handler!(routes::get_public_document)),
        public(handler!(plaque_routes::get_public_plaque)),
        public(handler!(plaque_routes::get_public_plaque_image)),
        public(handler!(plaque_routes::get_public_plaque_print)),
        public(handler!(routes::list_public_complexes)),
        public(handler!(routes::get_public_complex_data)),
        public(handler!(routes::get_public_document_data)),
    ],
    errors: Some(|path| is_page(path).then_some(error::as_page as WriteError)),
    ..Feature::EMPTY
};

/// True if people read the responses under this path, so that errors are pages, too.
pub fn is_page(path: &str) -> bool {
    (path == "/public" || path.starts_with("/public/"))
        && !path.starts_with("/public/data/")
        && path != "/public/data"
        && path != "/public/style.css"
        && path != "/public/icon.svg"
}
