//! Inspections (日常检查、巡查): plans and checklists, results of one or several offices, offline results, hazards with
//! their deadlines, and statistics.

pub mod actions;
pub mod batch;
mod counting_store;
mod deadlines;
mod events;
pub mod findings;
pub mod hazard_store;
pub mod hazard_view;
pub mod hazards;
pub mod input;
pub mod model;
mod plan;
mod plan_rules;
mod results;
mod routes;
pub mod rules;
pub mod scoped;
pub mod statistics;
mod statistics_rules;
pub mod store;
pub mod view;

use crate::access::Role::{
    Community, CountyAuthority, EnforcementOffice, FireRescue, PoliceStation, PropertyCompany, SocialAffairsOffice,
    TownshipLeader,
};
use crate::access::role_sets::{INSPECTION_OVERSEERS, INSPECTION_PLANNERS, INSPECTION_READERS};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::policy::inspections::INSPECTORS;
use crate::problem::Code::{AlreadyExists, DeadlinePassed, OverlappingViolation, StateConflict};
use crate::service::feature::{Feature, Table, act, read, submit, tag};

pub use statistics::facts_of;

pub const FEATURE: Feature = Feature {
    name: "inspections",
    tags: &[tag(
        120,
        "inspections",
        "Inspections 日常检查: plan 检查计划, checklists 检查表, results 检查结果, hazards 隐患, statistics 统计",
    )],
    operations: &[
        read(handler!(routes::list_checklists), INSPECTION_READERS),
        read(handler!(routes::list_inspection_plan), INSPECTION_OVERSEERS),
        read(handler!(routes::list_inspections), INSPECTION_READERS),
        act(handler!(routes::create_inspection), INSPECTION_PLANNERS),
        read(handler!(routes::get_inspection), INSPECTION_READERS),
        submit(handler!(routes::submit_inspection_result), INSPECTORS).conflicts(&[StateConflict]),
        act(handler!(routes::cancel_inspection), INSPECTION_PLANNERS).conflicts(&[StateConflict]),
        submit(
            handler!(routes::report_inspection_finding),
            &[
                CountyAuthority,
                TownshipLeader,
                SocialAffairsOffice,
                EnforcementOffice,
                PoliceStation,
                FireRescue,
                Community,
            ],
        )
        .conflicts(&[StateConflict, AlreadyExists, OverlappingViolation]),
        submit(handler!(routes::submit_inspection_results), INSPECTORS),
        read(handler!(routes::list_hazards), INSPECTION_READERS),
        read(handler!(routes::get_hazard), INSPECTION_READERS),
        submit(handler!(routes::rectify_hazard), &[PropertyCompany]).conflicts(&[StateConflict]),
        act(handler!(routes::recheck_hazard), INSPECTORS).conflicts(&[StateConflict]),
        act(handler!(routes::extend_hazard), INSPECTORS).conflicts(&[StateConflict, DeadlinePassed]),
        read(handler!(routes::get_inspection_statistics), INSPECTION_OVERSEERS).versioned(),
    ],
    tables: &[
        Table::of_territory("inspections"),
        Table::of_territory("inspection_parts"),
        Table::with("inspection_keys", "inspections"),
        Table::of_territory("hazards"),
    ],
    words: &[
        ("hazard_severity", model::HazardSeverity::LABELS),
        ("hazard_state", model::HazardState::LABELS),
        ("hazard_step_kind", hazard_view::HazardStepKind::LABELS),
        ("inspection_frequency_reason", model::FrequencyReason::LABELS),
        ("inspection_item_outcome", model::ItemOutcome::LABELS),
        ("inspection_part_state", model::InspectionPartState::LABELS),
        ("inspection_state", model::InspectionState::LABELS),
        ("inspection_submission_outcome", model::SubmissionOutcome::LABELS),
        ("recheck_outcome", model::RecheckOutcome::LABELS),
    ],
    files: &[
        FileOwner {
            kind: OwnerKind::Inspection,
            operation: "get_inspection",
            visibility: |conn, ctx, id| store::find(conn, &ctx.scope, id).map(|_| Visibility::Open),
        },
        FileOwner {
            kind: OwnerKind::Hazard,
            operation: "get_hazard",
            visibility: |conn, ctx, id| hazard_store::find(conn, &ctx.scope, id).map(|_| Visibility::Open),
        },
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};
