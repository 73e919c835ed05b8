//! Sets of roles that several operations share, for the permissions of the features.

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

/// Roles that may look up companies and complexes.
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

/// Roles that maintain the registers of companies and complexes.
pub const REGISTRARS: &[Role] = &[CountyAuthority, SocialAffairsOffice];

/// Roles that may read service contracts.
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

/// Roles that may create contracts: a company its own, an office those that it knows to be in force.
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

/// The lead offices of acts. They notify, confirm and dismiss violations: each for its own acts, the social affairs
/// office for all.
pub const CASE_OFFICES: &[Role] =
    &[SocialAffairsOffice, EnforcementOffice, PoliceStation, LivelihoodServiceCenter, DisciplineOffice];

pub const REVIEWERS: &[Role] = &[TownshipLeader, CountyAuthority];

/// Roles that can be the responsible office of a measure.
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

/// Roles that may read events: all except the system administrator.
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

/// Roles that may read the six disclosures: the responsible offices, the companies and committees concerned, and the
/// market supervision authority.
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

/// The same, without the roles that the survey is about.
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

/// Roles that may read complaints: those of their territory, those that they handle, or their own.
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

/// Offices that take calls, letters and visits.
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

/// Roles that may submit complaints: residents for themselves, offices for people who called, visited or were met on
/// patrol.
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

/// Roles that can be the handler of a complaint.
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

/// The offices among the handlers. They decide on complaints.
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

/// Roles that may transfer complaints: offices, partners and utility operators, but not companies.
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

/// Complainants, and the offices that submit complaints on their behalf.
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

/// Roles that may read ratings: the offices, and the companies and committees concerned.
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

/// Roles that may read the complaint statistics of a territory.
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

/// Roles that plan and supervise inspections. Each sees a whole territory, not only its own part in an inspection.
pub const INSPECTION_PLANNERS: &[Role] = &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice];
pub const INSPECTION_OVERSEERS: &[Role] =
    &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, Community];

/// Roles that may read inspections: inspectors, the offices that supervise them, and the companies and committees
/// concerned.
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

/// The role that administers clients. It is separate from the offices that decide.
pub const ADMINISTRATORS: &[Role] = &[SystemAdministrator];
pub const CLIENT_READERS: &[Role] = &[CountyAuthority, Auditor, SystemAdministrator];

/// Roles with resources that attachments belong to: all except those that see no business data.
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

/// Roles whose client systems submit reports of residents over Open311.
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
