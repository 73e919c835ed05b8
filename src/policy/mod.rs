//! Policy (政策): the versioned, immutable document of everything that the rules of the field leave to the county.

pub mod actions;
pub mod complaints;
pub mod contracts;
pub mod disclosures;
pub mod document_rules;
pub mod documents;
pub mod inspections;
pub mod issuing;
pub mod model;
pub mod office_deadlines;
pub mod ratings;
mod routes;
pub mod rules;
pub mod store;
pub mod versions;

use crate::access::role_sets::{COUNTY, EVERYONE};
use crate::handler;
use crate::problem::Code::{AlreadyExists, StateConflict};
use crate::service::feature::{Feature, Table, act, read, tag};

pub use store::{all, current, holding, seed};

pub const FEATURE: Feature = Feature {
    name: "policy",
    tags: &[tag(40, "policies", "Versions of the rules 政策版本")],
    operations: &[
        read(handler!(routes::list_policies), EVERYONE),
        act(handler!(routes::publish_policy), COUNTY).conflicts(&[AlreadyExists]),
        // `current` before `{version}`, which would match it too.
        read(handler!(routes::get_current_policy), EVERYONE),
        read(handler!(routes::get_policy), EVERYONE),
        act(handler!(routes::approve_policy), COUNTY).conflicts(&[StateConflict]),
        act(handler!(routes::withdraw_policy), COUNTY).conflicts(&[StateConflict]),
        read(handler!(routes::list_acts), EVERYONE),
    ],
    tables: &[Table::shared("policies")],
    words: &[
        ("act_subject", model::ActSubject::LABELS),
        ("credit_band", model::CreditBand::LABELS),
        ("deadline_clock", complaints::DeadlineClock::LABELS),
        ("filing_authority", model::FilingAuthority::LABELS),
        ("ladder_area", model::LadderArea::LABELS),
        ("ladder_count", model::LadderCount::LABELS),
        ("measure_kind", model::MeasureKind::LABELS),
        ("office_rule", model::OfficeRule::LABELS),
        ("utility_kind", complaints::UtilityKind::LABELS),
    ],
    ..Feature::EMPTY
};
