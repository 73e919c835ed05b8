//! Official documents (公文、文书): numbered, rendered for print, kept with their digest, verifiable by a code.
//!
//! The way of a document: `subjects` (what the case holds) → `texts` (the policy's text becomes paragraphs, by `template`) →
//! `page` (the paragraphs become a page) → `issuing` (number, code, digest, row, event). The page is made once and never again.

mod actions;
pub mod apart;
mod bodies;
mod code;
mod issuing;
mod language;
pub mod model;
mod page;
mod routes;
pub mod samples;
mod states;
mod store;
mod subjects;
pub mod template;
pub mod texts;
mod view;
mod words;

#[cfg(test)]
mod fuzz_tests;

use crate::access::role_sets::{CASE_READERS, MEASURE_OFFICES};
use crate::handler;
use crate::problem::Code::{AlreadyExists, DeadlinePassed, OfficeNotRegistered, StateConflict, TemplateUnusable};
use crate::service::feature::{Feature, Table, act, read, tag};

pub use bodies::issuing_body;
pub use code::normalised as normalised_code;
pub use issuing::{IssueInput, issue, mark_served, withdraw_of};
pub use store::{find_by_code, next_number};
pub use words::{chinese_day, place_in_words};

pub const FEATURE: Feature = Feature {
    name: "documents",
    tags: &[tag(
        150,
        "documents",
        "Official documents 文书, numbered and verifiable; the directory of offices 办公电话",
    )],
    operations: &[
        read(handler!(routes::list_documents), CASE_READERS),
        act(handler!(routes::issue_document), MEASURE_OFFICES).conflicts(&[
            AlreadyExists,
            StateConflict,
            DeadlinePassed,
            OfficeNotRegistered,
            TemplateUnusable,
        ]),
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
    ..Feature::EMPTY
};
