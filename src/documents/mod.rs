//! Official documents (公文、文书): numbered, rendered for print, kept with their digest, verifiable by a code.
//!
//! The way of a document: [`crate::papers`] (the case, and what it holds) → [`crate::templates`] (the policy's text becomes paragraphs) →
//! `page` (the paragraphs become a page) → `issuing` (number, code, digest, row, event). The page is made once and never again.

mod bodies;
mod code;
mod issuing;
pub mod model;
mod page;
mod routes;
pub mod rules;
pub mod scoped;
mod store;
mod view;
mod words;

use crate::http::Routes;

pub use bodies::issuing_body;
pub use code::normalised as normalised_code;
pub use issuing::{IssueInput, issue, make_room, mark_served, missing, office_of, withdraw_of};
pub use store::{find, find_by_code, next_number};
pub use words::place_in_words;

pub fn routes(config: &mut Routes) {
    config.service(routes::list_documents).service(routes::get_document).service(routes::get_document_content);
}
