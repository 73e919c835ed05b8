//! Violations (违规行为): report, notice, statement, decision, appeal and revocation.

pub mod actions;
mod deadlines;
pub mod decisions;
pub mod documents;
mod due_process;
mod events;
pub mod finality;
pub mod model;
pub mod report;
pub mod review;
mod routes;
pub mod rules;
pub mod scoped;
pub mod store;
pub mod view;

use crate::access::Role::PropertyCompany;
use crate::access::role_sets::{CASE_OFFICES, CASE_READERS, COUNTY, REPORTERS, REVIEWERS};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::{
    DeadlinePassed, NoticeNotDelivered, OverlappingViolation, StateConflict, StatementPeriodOpen, StatementUnanswered,
};
use crate::service::feature::{Feature, Table, act, read, submit, tag};

pub use actions::record_rectification;
pub use store::show_to_family;

pub const FEATURE: Feature = Feature {
    name: "violations",
    tags: &[tag(170, "violations", "Violations 违规行为 and their due process")],
    operations: &[
        read(handler!(routes::list_violations), CASE_READERS),
        submit(handler!(routes::report_violation), REPORTERS).conflicts(&[OverlappingViolation, StateConflict]),
        read(handler!(routes::get_violation), CASE_READERS),
        act(handler!(routes::notify_violation), CASE_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::record_violation_delivery), CASE_OFFICES).conflicts(&[StateConflict]),
        submit(handler!(routes::submit_violation_statement), &[PropertyCompany])
            .conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::answer_violation_statement), CASE_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::confirm_violation), CASE_OFFICES).conflicts(&[
            StateConflict,
            NoticeNotDelivered,
            StatementPeriodOpen,
            StatementUnanswered,
        ]),
        act(handler!(routes::dismiss_violation), CASE_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::appeal_violation), &[PropertyCompany]).conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::decide_violation_appeal), COUNTY).conflicts(&[StateConflict]),
        act(handler!(routes::revoke_violation), REVIEWERS).conflicts(&[StateConflict]),
    ],
    tables: &[Table::of_territory("violations"), Table::with("violation_audiences", "violations").grows()],
    words: &[
        ("appeal_outcome", model::AppealOutcome::LABELS),
        ("violation_source", model::ViolationSource::LABELS),
        ("violation_state", model::ViolationState::LABELS),
    ],
    files: &[FileOwner {
        kind: OwnerKind::Violation,
        operation: "get_violation",
        visibility: |conn, ctx, id| {
            let row = store::find(conn, &ctx.scope, id)?;
            Ok(if crate::due_process::is_unopened(ctx, &row) { Visibility::Unopened } else { Visibility::Open })
        },
    }],
    events: events::EVENTS,
    ..Feature::EMPTY
};
