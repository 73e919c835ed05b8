//! The six disclosures (六个公开): what a company must disclose at a complex, in versions.

pub mod actions;
pub mod content;
mod events;
pub mod model;
pub mod price_rules;
pub mod public;
mod routes;
pub mod rules;
#[cfg(test)]
mod rules_tests;
pub mod scoped;
pub mod state_rules;
pub mod store;
pub mod view;

use crate::access::Role::{Community, PropertyCompany, SocialAffairsOffice};
use crate::access::role_sets::DISCLOSURE_READERS;
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::StateConflict;
use crate::service::feature::{Feature, Table, act, read, submit, tag};

pub use public::public_disclosures;

pub const FEATURE: Feature = Feature {
    name: "disclosures",
    tags: &[tag(90, "disclosures", "The six disclosures 六个公开, their survey 摸底排查, typical cases 典型案例")],
    operations: &[
        read(handler!(routes::list_disclosures), DISCLOSURE_READERS),
        read(handler!(routes::get_disclosure), DISCLOSURE_READERS),
        submit(handler!(routes::submit_disclosure), &[PropertyCompany]),
        read(handler!(routes::list_disclosure_versions), DISCLOSURE_READERS),
        act(handler!(routes::verify_disclosure), &[SocialAffairsOffice, Community]).conflicts(&[StateConflict]),
    ],
    tables: &[Table::of_territory("disclosures"), Table::with("disclosure_contents", "disclosures")],
    words: &[
        ("disclosure_kind", model::DisclosureKind::LABELS),
        ("disclosure_state", model::DisclosureState::LABELS),
        ("disclosure_version_state", model::VersionState::LABELS),
        ("price_finding", price_rules::PriceFindingKind::LABELS),
        ("service_mode", content::ServiceMode::LABELS),
        ("verification_outcome", model::VerificationOutcome::LABELS),
    ],
    files: &[FileOwner {
        kind: OwnerKind::Disclosure,
        operation: "get_disclosure",
        visibility: |conn, ctx, id| store::find(conn, &ctx.scope, id).map(|_| Visibility::Open),
    }],
    events: events::EVENTS,
    ..Feature::EMPTY
};
