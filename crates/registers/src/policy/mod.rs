//! Policies (政策): versioned, immutable documents of all values that the law leaves to the county.

pub mod actions;
pub mod draft_rules;
mod events;
pub mod store;
pub mod view;

use crate::service::feature::{Feature, Table};

pub use xiaoqu_rules::policy::*;

pub use store::{all, current, holding, seed};

pub const FEATURE: Feature = Feature {
    name: "policy",
    tables: &[Table::shared("policies")],
    words: &[
        ("act_subject", model::ActSubject::LABELS),
        ("credit_band", model::CreditBand::LABELS),
        ("deadline_clock", complaints::DeadlineClock::LABELS),
        ("disclosure_period", disclosures::DisclosurePeriod::LABELS),
        ("filing_authority", model::FilingAuthority::LABELS),
        ("issues_as", issuing::IssuesAs::LABELS),
        ("ladder_area", model::LadderArea::LABELS),
        ("ladder_count", model::LadderCount::LABELS),
        ("measure_kind", model::MeasureKind::LABELS),
        ("office_rule", model::OfficeRule::LABELS),
        ("policy_state", model::PolicyState::LABELS),
        ("utility_kind", complaints::UtilityKind::LABELS),
    ],
    events: events::EVENTS,
    ..Feature::EMPTY
};
