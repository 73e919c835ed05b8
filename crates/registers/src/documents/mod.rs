//! Official documents (公文、文书): numbered, rendered for print, kept with their digest, verifiable by a code.
//!
//! The way of a document: [`crate::document_subjects`] (the case, and what it holds) → [`crate::templates`] (the policy's text becomes paragraphs) →
//! `page` (the paragraphs become a page) → `issuing` (number, code, digest, row, event). The page is made once and never again.

mod bodies;
mod code;
mod events;
mod issuing;
pub mod model;
mod page;
mod routes;
pub mod rules;
pub mod scoped;
mod store;
mod view;
mod words;

use crate::access::role_sets::CASE_READERS;
use crate::handler;
use crate::service::feature::{Feature, Table, read, tag};

pub use bodies::issuing_body;
pub use code::normalised as normalised_code;
pub use issuing::{IssueInput, issue, make_room, mark_delivered, missing, office_of, withdraw_of};
pub use store::{find, find_by_code, next_number};
pub use words::place_in_words;

pub const FEATURE: Feature = Feature {
    name: "documents",
    tags: &[tag(
        150,
        "documents",
        "Official documents 文书, numbered and verifiable; the directory of offices 办公电话",
    )],
    operations: &[
        read(handler!(routes::list_documents), CASE_READERS),
        read(handler!(routes::get_document), CASE_READERS),
        read(handler!(routes::get_document_content), CASE_READERS),
    ],
    tables: &[
        Table::of_territory("documents"),
        Table::with("document_contents", "documents"),
        Table::of_territory("document_counters").unscoped().small(),
    ],
    words: &[
        ("document_kind", model::DocumentKind::LABELS),
        ("document_state", model::DocumentState::LABELS),
        ("document_subject", model::DocumentSubject::LABELS),
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};
