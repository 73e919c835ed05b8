//! Star ratings (星级评定) of property service at complexes, and their consequences.
//!
//! A rating runs through these modules: `cycles` (start), `scoring` (score sheets, review), `announcement`
//! (announcement, objections, reply), `publication` (publication of a whole cycle in one step, then
//! `publication_worker`). `rules` derives the star from the scores, `cycle_rules` and `step_rules` say which step is
//! allowed, `consequences` says what stars call for, and `ladder_adjustment` applies the ladder to stars.

pub mod announcement;
pub mod consequences;
pub mod cycle_rules;
pub mod cycle_view;
pub mod cycles;
mod deadlines;
mod events;
pub mod input;
pub mod ladder_adjustment;
mod list_store;
pub mod model;
mod plaque_store;
pub mod plaques;
pub mod public;
mod public_store;
pub mod publication;
pub mod publication_worker;
mod record;
mod routes;
pub mod rows;
pub mod rules;
pub mod scoped;
pub mod scoring;
pub mod step_rules;
pub mod store;
pub mod view;

use crate::access::Role::{
    Community, ComplexCommittee, CountyAuthority, EnforcementOffice, PropertyCompany, SocialAffairsOffice,
    TownshipLeader,
};
use crate::access::role_sets::{RATING_OFFICES, RATING_READERS, REGISTRARS};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::{AlreadyExists, AnnouncementOpen, DeadlinePassed, ObjectionOpen, StateConflict};
use crate::service::feature::{Feature, Table, act, public, read, tag};
use crate::service::job::{By, Job};
use std::time::Duration;

pub use ladder_adjustment::on_measure_changed;
pub use store::{RatingReference, cited};
pub use view::{RatingOnFile, on_file};

pub const FEATURE: Feature = Feature {
    name: "ratings",
    tags: &[tag(
        100,
        "ratings",
        "Star ratings 星级评定: cycles, scores, announcement, plaques 铭牌, the focus list 重点整治名单",
    )],
    operations: &[
        read(handler!(routes::list_rating_cycles), RATING_OFFICES),
        act(handler!(routes::create_rating_cycle), REGISTRARS).conflicts(&[AlreadyExists]),
        read(handler!(routes::get_rating_cycle), RATING_OFFICES),
        act(handler!(routes::begin_ratings), REGISTRARS).conflicts(&[StateConflict]),
        act(handler!(routes::announce_rating_cycle), REGISTRARS).conflicts(&[StateConflict]),
        act(handler!(routes::publish_rating_cycle), REGISTRARS).conflicts(&[StateConflict]),
        act(handler!(routes::cancel_rating_cycle), REGISTRARS).conflicts(&[StateConflict]),
        read(handler!(routes::list_ratings), RATING_READERS),
        act(handler!(routes::create_rating), REGISTRARS).conflicts(&[StateConflict, AlreadyExists]),
        read(handler!(routes::get_rating), RATING_READERS),
    ],
    tables: &[
        Table::of_territory("rating_cycles"),
        Table::of_territory("ratings"),
        Table::with("rating_contents", "ratings"),
        Table::of_territory("plaques"),
    ],
    words: &[
        ("rating_rater", model::Rater::LABELS),
        ("rating_cycle_kind", model::CycleKind::LABELS),
        ("rating_cycle_state", model::CycleState::LABELS),
        ("rating_dimension", model::Dimension::LABELS),
        ("rating_objection_outcome", model::ObjectionOutcome::LABELS),
        ("rating_objector", model::Objector::LABELS),
        ("rating_review_outcome", model::RatingReviewOutcome::LABELS),
        ("rating_state", model::RatingState::LABELS),
        ("plaque_state", model::PlaqueState::LABELS),
        ("star", model::Star::LABELS),
    ],
    jobs: &[
        // A publication wakes the job at once. It also runs regularly, for work that another replica or an ended
        // process left.
        Job::every(
            Duration::from_secs(1),
            "publications",
            By::Background,
            "the consequences of a publication could not be processed; they are retried",
            |state| {
                Box::pin(async move {
                    while publication_worker::process_pending(&state).await? > 0 {}
                    Ok(())
                })
            },
        )
        .woken_by(|state| Box::pin(async move { state.parts.get::<Published>().0.notified().await })),
    ],
    files: &[FileOwner {
        kind: OwnerKind::Rating,
        operation: "get_rating",
        visibility: |conn, ctx, id| store::find(conn, &ctx.scope, id).map(|_| Visibility::Open),
    }],
    events: events::EVENTS,
    ..Feature::EMPTY
};

/// Steps of a rating, and the focus list. A separate feature, so that the fact sheet comes before them in the OpenAPI
/// document.
pub const STEPS: Feature = Feature {
    name: "rating_steps",
    operations: &[
        act(handler!(routes::submit_rating_scores), &[SocialAffairsOffice, EnforcementOffice, Community])
            .conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::review_rating), &[CountyAuthority, TownshipLeader, SocialAffairsOffice])
            .conflicts(&[StateConflict]),
        act(handler!(routes::announce_rating), REGISTRARS).conflicts(&[StateConflict]),
        act(handler!(routes::object_to_rating), &[Community, ComplexCommittee, PropertyCompany])
            .conflicts(&[StateConflict, DeadlinePassed]),
        act(handler!(routes::decide_rating_objection), &[CountyAuthority, TownshipLeader, SocialAffairsOffice])
            .conflicts(&[StateConflict]),
        act(handler!(routes::reply_to_rating), &[PropertyCompany]).conflicts(&[StateConflict]),
        act(handler!(routes::publish_rating), REGISTRARS).conflicts(&[StateConflict, AnnouncementOpen, ObjectionOpen]),
        act(handler!(routes::withdraw_rating), REGISTRARS).conflicts(&[StateConflict]),
        read(handler!(routes::list_focus_list), RATING_READERS),
        public(handler!(routes::get_plaque)),
    ],
    ..Feature::EMPTY
};

/// Wakes the publication worker as soon as a cycle was announced or published.
#[derive(Default)]
pub struct Published(pub tokio::sync::Notify);
