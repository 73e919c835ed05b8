//! Typical cases (典型案例): final decisions, published without personal data. A case is withdrawn at once when its
//! decision is revoked (Administrative Penalty Law 48).

pub mod actions;
mod events;
pub mod model;
mod routes;
pub mod rules;
pub mod scoped;
pub mod store;
mod view;

use crate::access::Role::{CountyAuthority, SocialAffairsOffice};
use crate::access::role_sets::TYPICAL_CASE_READERS;
use crate::handler;
use crate::problem::Code::{AlreadyExists, AppealPending, StateConflict};
use crate::service::feature::{Feature, Table, act, read};

pub use actions::withdraw_of;
pub use store::of_complex;

pub const FEATURE: Feature = Feature {
    name: "typical_cases",
    operations: &[
        read(handler!(routes::list_typical_cases), TYPICAL_CASE_READERS),
        act(handler!(routes::create_typical_case), &[CountyAuthority, SocialAffairsOffice]).conflicts(&[
            StateConflict,
            AppealPending,
            AlreadyExists,
        ]),
        read(handler!(routes::get_typical_case), TYPICAL_CASE_READERS),
        act(handler!(routes::withdraw_typical_case), &[CountyAuthority, SocialAffairsOffice])
            .conflicts(&[StateConflict]),
    ],
    tables: &[Table::of_territory("typical_cases")],
    words: &[("typical_case_state", model::TypicalCaseState::LABELS)],
    events: events::EVENTS,
    ..Feature::EMPTY
};
