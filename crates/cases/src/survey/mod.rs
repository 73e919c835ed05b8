//! The survey of disclosures and fees (摸底排查): their completeness in an area, the list of findings, and the report of
//! a finding as a violation. It reads a few columns in a fixed number of statements, whatever the size of the area,
//! and computes in memory.

pub mod actions;
pub mod model;
mod routes;
pub mod rules;
pub mod store;
pub mod wording;

use crate::access::Role::{
    Community, CountyAuthority, EnforcementOffice, LivelihoodServiceCenter, MarketSupervision, SocialAffairsOffice,
    TownshipLeader,
};
use crate::access::role_sets::SURVEYORS;
use crate::handler;
use crate::problem::Code::{OverlappingViolation, StateConflict};
use crate::service::feature::{Feature, read, submit};

pub use actions::required_disclosures;

pub const FEATURE: Feature = Feature {
    name: "survey",
    operations: &[
        read(handler!(routes::get_disclosure_survey), SURVEYORS).versioned(),
        read(handler!(routes::list_survey_findings), SURVEYORS),
        submit(
            handler!(routes::report_survey_finding),
            &[
                CountyAuthority,
                TownshipLeader,
                SocialAffairsOffice,
                EnforcementOffice,
                LivelihoodServiceCenter,
                MarketSupervision,
                Community,
            ],
        )
        .conflicts(&[StateConflict, OverlappingViolation]),
    ],
    words: &[("survey_finding", model::SurveyFindingKind::LABELS)],
    ..Feature::EMPTY
};
