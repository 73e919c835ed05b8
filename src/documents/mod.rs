//! Official documents (公文、文书): numbered, rendered for print, kept with their digest, verifiable by a code.
//!
//! The way of a document: `subjects` (what the case holds) → [`crate::templates`] (the policy's text becomes paragraphs) →
//! `page` (the paragraphs become a page) → `issuing` (number, code, digest, row, event). The page is made once and never again.

mod actions;
mod bodies;
mod code;
mod issuing;
pub mod model;
mod page;
mod routes;
mod states;
mod store;
mod subjects;
mod view;
mod words;

use crate::http::Routes;

pub use bodies::issuing_body;
pub use code::normalised as normalised_code;
pub use issuing::{IssueInput, issue, mark_served, withdraw_of};
pub use store::{find_by_code, next_number};
pub use words::place_in_words;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_documents)
        .service(routes::issue_document)
        .service(routes::get_document)
        .service(routes::get_document_content);
}
