//! Roles that have something in common, for the table of permissions: who reads what, who decides on what.

use crate::role::Role::{self, *};

pub const EVERYONE: &[Role] = &[
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
    Resident,
    Auditor,
    SystemAdministrator,
];

/// Whoever may look up companies and complexes.
pub const REGISTER_READERS: &[Role] = &[
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
];

/// Whoever keeps the registers of companies and complexes.
pub const REGISTRARS: &[Role] = &[CountyAuthority, SocialAffairsOffice];

/// Whoever looks into service contracts.
pub const CONTRACT_READERS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    MarketSupervision,
    Community,
    ComplexCommittee,
    PropertyCompany,
];

/// Whoever puts contracts on record: the company its own, an office what it knows to be in force.
pub const CONTRACT_PREPARERS: &[Role] = &[CountyAuthority, SocialAffairsOffice, PropertyCompany];

pub const CASE_READERS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PoliceStation,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    FireRescue,
    MarketSupervision,
    DisciplineOffice,
    Community,
    ComplexCommittee,
    PropertyCompany,
];

pub const REPORTERS: &[Role] = &[
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
    ComplexCommittee,
    PropertyCompany,
];

/// The offices that lead acts: they notify, confirm and dismiss (for the acts that they lead; the social affairs
/// office for all).
pub const CASE_OFFICES: &[Role] =
    &[SocialAffairsOffice, EnforcementOffice, PoliceStation, LivelihoodServiceCenter, DisciplineOffice];

pub const REVIEWERS: &[Role] = &[TownshipLeader, CountyAuthority];

/// Whoever may be the office of a measure.
pub const MEASURE_OFFICES: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PoliceStation,
    LivelihoodServiceCenter,
    FireRescue,
    MarketSupervision,
    DisciplineOffice,
];

pub const STANDING_READERS: &[Role] = &[
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

/// Whoever has events to read: all but the system administrator.
pub const LEDGER_READERS: &[Role] = &[
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
    Resident,
    Auditor,
];

/// Whoever reads the six disclosures: the offices that answer for them, those whom they are about, and the price authority.
pub const DISCLOSURE_READERS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    MarketSupervision,
    Community,
    ComplexCommittee,
    PropertyCompany,
];

/// The same, without those whom the survey is about.
pub const SURVEYORS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    MarketSupervision,
    Community,
];

/// Whoever sees tickets: those of their territory, those that they handle, their own.
pub const COMPLAINT_READERS: &[Role] = &[
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
    Resident,
];

/// The offices that take calls, letters and visitors.
pub const FRONT_DESKS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    AgricultureServiceCenter,
    Community,
];

/// Whoever submits tickets: residents, and offices for those who called, came or were met.
pub const COMPLAINT_SUBMITTERS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PoliceStation,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    AgricultureServiceCenter,
    Community,
    Resident,
];

/// Whoever may handle tickets.
pub const COMPLAINT_HANDLERS: &[Role] = &[
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
    PropertyCompany,
];

/// The offices among them: they decide on a ticket.
pub const COMPLAINT_OFFICES: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PoliceStation,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    AgricultureServiceCenter,
    FireRescue,
    MarketSupervision,
    DisciplineOffice,
    Community,
];

/// Those and the utilities, beside the company, whose tickets an office hands on.
pub const COMPLAINT_ROUTERS: &[Role] = &[
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
];

/// A complainant, and whoever writes down what one says.
pub const COMPLAINANTS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    AgricultureServiceCenter,
    Community,
    Resident,
];

/// Whoever reads ratings: the offices, and those whom they are about.
pub const RATING_READERS: &[Role] = STANDING_READERS;

/// The offices among them.
pub const RATING_OFFICES: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PartyBuildingOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    Community,
];

/// Whoever sees the complaints of a territory in numbers.
pub const COMPLAINT_COUNTERS: &[Role] = RATING_OFFICES;

pub const TYPICAL_CASE_READERS: &[Role] = &[
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

/// Whoever plans inspections and watches over them: those who see a territory, and not only what they have a part in.
pub const INSPECTION_PLANNERS: &[Role] = &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice];
pub const INSPECTION_OVERSEERS: &[Role] =
    &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, Community];

/// Whoever inspects, with those who are above them and those whom it is about.
pub const INSPECTION_READERS: &[Role] = &[
    CountyAuthority,
    TownshipLeader,
    SocialAffairsOffice,
    EnforcementOffice,
    PoliceStation,
    FireRescue,
    Community,
    ComplexCommittee,
    PropertyCompany,
];

/// Whoever administers the systems that integrate; an office that decides does not.
pub const ADMINISTRATORS: &[Role] = &[SystemAdministrator];
pub const CLIENT_READERS: &[Role] = &[CountyAuthority, Auditor, SystemAdministrator];

/// Whoever has rows that files belong to: all but those who see no business data.
pub const FILE_HOLDERS: &[Role] = &[
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
    Resident,
];

/// Whose systems send in what residents reported elsewhere: those that a resident turns to.
pub const OPEN311_SENDERS: &[Role] = &[
    CountyAuthority,
    SocialAffairsOffice,
    EnforcementOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    Community,
    ComplexCommittee,
    PropertyCompany,
];

pub const COUNTY: &[Role] = &[CountyAuthority];
