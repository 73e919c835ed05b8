//! Complaints (诉求办理): their handlers, deadlines, complainants and followers.

mod cards;
mod clock_routes;
pub mod clock_rules;
pub mod deadline_check;
mod deadlines;
mod encrypted;
mod erasure;
mod events;
mod following;
pub mod handling;
pub mod input;
pub mod intake;
mod intake_rules;
mod linking;
mod links;
mod list_store;
pub mod model;
pub mod outcome;
mod parties;
mod party_rules;
mod person_rules;
mod persons;
mod preview;
pub mod record;
mod routes;
pub mod routing_rules;
pub mod rules;
#[cfg(test)]
mod rules_tests;
pub mod scoped;
pub mod statistics;
mod step_rules;
pub mod store;
pub mod timeline;
pub mod view;
pub mod visibility;

use crate::access::Role::{
    AgricultureServiceCenter, Community, CountyAuthority, DisciplineOffice, EnforcementOffice, FireRescue,
    GovernanceCenter, LivelihoodServiceCenter, MarketSupervision, PartyBuildingOffice, PoliceStation, Resident,
    SocialAffairsOffice, TownshipLeader,
};
use crate::access::role_sets::{
    COMPLAINANTS, COMPLAINT_COUNTERS, COMPLAINT_HANDLERS, COMPLAINT_OFFICES, COMPLAINT_READERS, COMPLAINT_ROUTERS,
    COMPLAINT_SUBMITTERS, EVERYONE, FRONT_DESKS,
};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::{AlreadyExists, DeadlinePassed, OverlappingViolation, ShownOnce, StateConflict};
use crate::service::feature::{Feature, Table, act, read, submit, tag};
use crate::service::job::{By, Job};
use statistics::routes as statistics_routes;
use std::time::Duration;

use crate::complaints::scoped::Viewer;
use crate::db::{Conn, Id, WorkResult};
use crate::problem::Problem;
use crate::service::Ctx;
pub use input::{ComplaintIn, ContactIn};
pub use links::complainants_behind;
pub use statistics::{ComplaintFacts, facts_of};

pub const FEATURE: Feature = Feature {
    name: "complaints",
    tags: &[tag(130, "complaints", "Complaints 诉求办理: deadlines, followers, and complainants 诉求人")],
    operations: &[
        read(handler!(clock_routes::list_complaint_categories), EVERYONE),
        read(handler!(clock_routes::get_complaint_deadline), EVERYONE),
        read(handler!(clock_routes::list_similar_complaints), COMPLAINT_SUBMITTERS),
        read(handler!(clock_routes::list_complaint_updates), &[Resident]),
        act(handler!(clock_routes::search_complaints_by_phone), FRONT_DESKS).conflicts(&[ShownOnce]),
        read(handler!(routes::list_complaints), COMPLAINT_READERS),
        submit(handler!(routes::create_complaint), COMPLAINT_SUBMITTERS).conflicts(&[AlreadyExists]),
        read(handler!(routes::get_complaint), COMPLAINT_READERS).unmasks(),
        read(handler!(routes::list_complaint_timeline), COMPLAINT_READERS),
        read(handler!(routes::list_complaint_duplicates), COMPLAINT_ROUTERS),
        submit(handler!(routes::accept_complaint), COMPLAINT_HANDLERS).conflicts(&[StateConflict]),
        act(handler!(routes::reject_complaint), COMPLAINT_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::transfer_complaint), COMPLAINT_ROUTERS).conflicts(&[StateConflict]),
        submit(handler!(routes::return_complaint), COMPLAINT_HANDLERS).conflicts(&[StateConflict, DeadlinePassed]),
        submit(handler!(routes::request_complaint_extension), COMPLAINT_HANDLERS)
            .conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::decide_complaint_extension), COMPLAINT_OFFICES)
            .conflicts(&[StateConflict, DeadlinePassed]),
        submit(handler!(routes::request_complaint_information), COMPLAINT_HANDLERS)
            .conflicts(&[StateConflict, DeadlinePassed]),
        submit(handler!(routes::give_complaint_information), COMPLAINT_READERS).conflicts(&[StateConflict]),
        act(handler!(routes::begin_complaint_mediation), COMPLAINT_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::end_complaint_mediation), COMPLAINT_OFFICES).conflicts(&[StateConflict]),
        submit(handler!(routes::reply_to_complaint), COMPLAINT_HANDLERS).conflicts(&[StateConflict]),
        act(handler!(routes::rate_complaint), COMPLAINANTS).conflicts(&[StateConflict]),
        act(handler!(routes::reopen_complaint), COMPLAINANTS).conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::close_complaint), COMPLAINT_OFFICES).conflicts(&[StateConflict]),
        act(handler!(routes::merge_complaint), COMPLAINT_ROUTERS).conflicts(&[StateConflict]),
        submit(handler!(routes::comment_on_complaint), COMPLAINT_READERS),
        act(handler!(routes::link_complaint), COMPLAINT_ROUTERS).conflicts(&[StateConflict]),
        act(
            handler!(routes::report_complaint_violation),
            &[
                CountyAuthority,
                TownshipLeader,
                SocialAffairsOffice,
                EnforcementOffice,
                PoliceStation,
                LivelihoodServiceCenter,
                FireRescue,
                MarketSupervision,
                DisciplineOffice,
                Community,
            ],
        )
        .conflicts(&[StateConflict, OverlappingViolation]),
        act(handler!(routes::set_complaint_consent), COMPLAINANTS).conflicts(&[StateConflict]),
        act(handler!(routes::release_complaint_point), COMPLAINT_OFFICES).conflicts(&[StateConflict]),
        act(
            handler!(routes::erase_complaint_persons),
            &[
                CountyAuthority,
                TownshipLeader,
                SocialAffairsOffice,
                EnforcementOffice,
                PoliceStation,
                PartyBuildingOffice,
                GovernanceCenter,
                LivelihoodServiceCenter,
                AgricultureServiceCenter,
                DisciplineOffice,
                Community,
                Resident,
            ],
        )
        .conflicts(&[StateConflict]),
        act(handler!(routes::follow_complaint), &[Resident]).conflicts(&[StateConflict]),
        act(handler!(routes::unfollow_complaint), &[Resident]).conflicts(&[StateConflict]),
        read(handler!(statistics_routes::get_complaint_statistics), COMPLAINT_COUNTERS).versioned(),
        read(handler!(statistics_routes::get_complaint_report), COMPLAINT_COUNTERS),
        read(handler!(statistics_routes::list_complaint_heat), COMPLAINT_COUNTERS),
    ],
    tables: &[
        Table::of_territory("complaints"),
        Table::with("complaint_steps", "complaints").scoped().grows(),
        Table::with("complaint_followers", "complaints").grows(),
        Table::with("complaint_cards", "complaints").grows(),
    ],
    words: &[
        ("complaint_card_colour", model::CardColour::LABELS),
        ("complaint_channel", model::ComplaintChannel::LABELS),
        ("complaint_deadline", model::DeadlineKind::LABELS),
        ("complaint_kind", model::ComplaintKind::LABELS),
        ("complaint_link_kind", model::LinkKind::LABELS),
        ("complaint_confidentiality", model::Confidentiality::LABELS),
        ("complaint_state", model::ComplaintState::LABELS),
        ("complaint_statistics_by", statistics::model::StatisticsBreakdown::LABELS),
        ("complaint_step", model::StepKind::LABELS),
        ("complaint_step_audience", model::StepAudience::LABELS),
        ("complaint_step_by", timeline::StepBy::LABELS),
        ("mediation_outcome", model::MediationOutcome::LABELS),
        ("deadline_day_kind", clock_rules::DeadlineDayKind::LABELS),
    ],
    jobs: &[Job::every(
        Duration::from_secs(1),
        "complaint_clock",
        By::Background,
        "the deadline check of complaints failed; it is repeated",
        |state| Box::pin(async move { deadline_check::check_due(&state).await.map(drop) }),
    )],
    files: &[
        FileOwner {
            kind: OwnerKind::Complaint,
            operation: "get_complaint",
            visibility: |conn, ctx, id| Ok(Visibility::Complaint(visibility::files(audience_for(conn, ctx, id)?))),
        },
        FileOwner {
            kind: OwnerKind::ComplaintStep,
            operation: "get_complaint",
            visibility: |conn, ctx, id| Ok(Visibility::Complaint(visibility::files(audience_for_step(conn, ctx, id)?))),
        },
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};

/// The audience that the caller belongs to for a complaint; 404 if the complaint is not visible to the caller.
fn audience_for(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<visibility::Audience> {
    store::find(conn, &Viewer::of(&ctx.caller, &ctx.scope), id)?;
    Ok(view::audience_of(conn, ctx, &[id])?(id))
}

/// Finds any complaint, for the service itself.
pub fn find_any(conn: &mut Conn, id: Id) -> WorkResult<model::ComplaintRow> {
    store::find(conn, &Viewer::system("the service plays its own demo"), id)
}

/// The same for a step; 404 unless both the step and its complaint are visible to the caller.
fn audience_for_step(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<visibility::Audience> {
    let step = store::step(conn, id)?;
    let audience = audience_for(conn, ctx, step.complaint_id)?;
    let heard = visibility::audiences_of(ctx.caller.role).contains(&step.audience);
    Ok(Some(audience).filter(|_| heard).ok_or_else(Problem::not_found)?)
}
