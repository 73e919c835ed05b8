//! Policy (政策): the versioned, immutable document of everything that the rules of the field leave to the county.

pub mod actions;
pub mod complaints;
pub mod contracts;
pub mod disclosures;
pub mod document_rules;
pub mod documents;
pub mod draft_rules;
pub mod inspections;
pub mod issuing;
pub mod model;
pub mod office_deadlines;
pub mod ratings;
pub mod rules;
pub mod store;
pub mod versions;
pub mod view;

use crate::service::feature::{Feature, Table};

pub use store::{all, current, holding, seed};

pub const FEATURE: Feature = Feature {
    name: "policy",
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
