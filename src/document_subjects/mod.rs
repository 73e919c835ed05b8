//! Issuing official documents about cases (出具文书): which case a document is about, who issues it, and in which state of
//! the case. Violations and measures supply the content; [`crate::documents`] numbers, renders and stores the
//! documents.

mod actions;
mod cases;
mod routes;
mod state_rules;

use crate::access::role_sets::MEASURE_OFFICES;
use crate::handler;
use crate::problem::Code::{AlreadyExists, DeadlinePassed, OfficeNotRegistered, StateConflict, TemplateUnusable};
use crate::service::feature::{Feature, act};

pub const FEATURE: Feature = Feature {
    name: "document_subjects",
    operations: &[act(handler!(routes::issue_document), MEASURE_OFFICES).conflicts(&[
        AlreadyExists,
        StateConflict,
        DeadlinePassed,
        OfficeNotRegistered,
        TemplateUnusable,
    ])],
    ..Feature::EMPTY
};
