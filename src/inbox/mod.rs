//! The inbox (待办): pending tasks of the caller's office or company, each with its deadline.

mod complaining;
mod inspecting;
pub mod model;
mod ratings;
mod registers;
mod routes;
pub mod rules;
pub mod tasks;

use crate::access::Role::{
    AgricultureServiceCenter, Community, ComplexCommittee, CountyAuthority, DisciplineOffice, EnforcementOffice,
    FireRescue, GovernanceCenter, LivelihoodServiceCenter, MarketSupervision, PartyBuildingOffice, PoliceStation,
    PowerSupplyStation, PropertyCompany, SocialAffairsOffice, TownshipLeader, UtilityOperator,
};
use crate::handler;
use crate::service::feature::{Feature, read, tag};

pub const FEATURE: Feature = Feature {
    name: "inbox",
    tags: &[tag(220, "inbox", "Inbox 待办")],
    operations: &[read(
        handler!(routes::list_inbox),
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
            PowerSupplyStation,
            UtilityOperator,
            FireRescue,
            MarketSupervision,
            DisciplineOffice,
            Community,
            ComplexCommittee,
            PropertyCompany,
        ],
    )],
    words: &[("escalation_level", model::EscalationLevel::LABELS), ("inbox_kind", model::InboxKind::LABELS)],
    ..Feature::EMPTY
};
