//! __Title__ (__zh__): planned by an office for a complex, and reported as done by the office or the current company.

pub mod actions;
mod events;
pub mod model;
mod routes;
pub mod rules;
pub mod scoped;
pub mod store;

use crate::access::Role::{
    self, Community, ComplexCommittee, CountyAuthority, EnforcementOffice, GovernanceCenter, LivelihoodServiceCenter,
    PartyBuildingOffice, PropertyCompany, SocialAffairsOffice, TownshipLeader,
};
use crate::handler;
use crate::problem::Code::StateConflict;
use crate::service::feature::{Feature, Table, act, read, submit, tag};

/// The offices of the territory, and the companies and committees concerned: exactly the roles to which `scoped` shows
/// rows.
const READERS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    Community,
    ComplexCommittee,
    PropertyCompany,
];
const PLANNERS: &[Role] = &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, Community];
const REPORTERS: &[Role] = &[CountyAuthority, SocialAffairsOffice, Community, PropertyCompany];

pub const FEATURE: Feature = Feature {
    name: "__features__",
    tags: &[tag(__place__, "__path__", "__Title__ __zh__")],
    operations: &[
        read(handler!(routes::list___features__), READERS),
        act(handler!(routes::create___feature__), PLANNERS),
        read(handler!(routes::get___feature__), READERS),
        submit(handler!(routes::report___feature__), REPORTERS).conflicts(&[StateConflict]),
    ],
    tables: &[Table::of_territory("__features__")],
    words: &[("__feature___state", model::__Feature__State::LABELS)],
    events: events::EVENTS,
    ..Feature::EMPTY
};
