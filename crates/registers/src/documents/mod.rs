//! Official documents (文书): numbered, rendered for print, stored with their digest, and verifiable by a code.
//!
//! [`crate::document_subjects`] collects the facts of a case, [`crate::templates`] turns the policy's template into
//! paragraphs, `page` renders the page, and `issuing` adds number, code, digest, row and event. The page never changes
//! afterwards.

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
    tags: &[tag(150, "documents", "Official documents 文书, numbered and verifiable; the office directory 机构名录")],
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
