//! Measures (处置措施) that the ladder calls for, with their due process, and referrals (移交).

pub mod actions;
mod by_rating;
mod deadlines;
pub mod decisions;
pub mod documents;
mod due_process;
mod events;
pub mod model;
mod reconciliation;
mod routes;
pub mod rules;
pub mod store;
mod suspension;
pub mod view;

use crate::access::Role::PropertyCompany;
use crate::access::role_sets::{CASE_READERS, MEASURE_OFFICES, REVIEWERS};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::{
    AppealPending, DeadlinePassed, DueProcess, LegalBasisMissing, NoLongerDue, StateConflict, StatementUnanswered,
};
use crate::service::feature::{Feature, Table, act, read, submit, tag};

pub use by_rating::sync_removal;
pub use decisions::removal_carried_out;
pub use reconciliation::reconcile_measures;
pub use suspension::final_since;

pub const FEATURE: Feature = Feature {
    name: "measures",
    tags: &[tag(180, "measures", "Measures 处置措施 that the ladder calls for, and referrals 移交")],
    operations: &[
        read(handler!(routes::list_measures), CASE_READERS),
        read(handler!(routes::get_measure), CASE_READERS),
        act(handler!(routes::notify_measure), MEASURE_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::record_measure_delivery), MEASURE_OFFICES).conflicts(&[StateConflict]),
        submit(handler!(routes::submit_measure_statement), &[PropertyCompany])
            .conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::answer_measure_statement), MEASURE_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::request_measure_hearing), &[PropertyCompany]).conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::record_measure_hearing), MEASURE_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::approve_measure), REVIEWERS).conflicts(&[
            StateConflict,
            NoLongerDue,
            DueProcess,
            StatementUnanswered,
            LegalBasisMissing,
            AppealPending,
        ]),
        act(handler!(routes::reject_measure), REVIEWERS).conflicts(&[StateConflict]),
        act(handler!(routes::complete_measure), MEASURE_OFFICES).conflicts(&[StateConflict, AppealPending]),
        act(handler!(routes::cancel_measure), MEASURE_OFFICES).conflicts(&[StateConflict]),
    ],
    tables: &[
        Table::of_territory("measures"),
        Table::with("measure_grounds", "measures"),
        Table::with("measure_rating_grounds", "measures"),
    ],
    files: &[FileOwner {
        kind: OwnerKind::Measure,
        operation: "get_measure",
        visibility: |conn, ctx, id| {
            let row = store::find(conn, &ctx.scope, id)?;
            Ok(if crate::due_process::is_unopened(ctx, &row) { Visibility::Unopened } else { Visibility::Open })
        },
    }],
    events: events::EVENTS,
    ..Feature::EMPTY
};
