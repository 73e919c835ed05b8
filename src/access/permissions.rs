//! The one table of permissions: which roles may call which operation. Deny by default: an operation without a row,
//! or a row without an operation, does not start. The document, `/v1/me` and the access tests are made from it.

use super::role::Role::{self, *};
use super::role_sets::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// No token is asked for.
    Public,
    /// These roles, each in its territory.
    Roles(&'static [Role]),
    /// A client of one of these roles, which shows its secret in the form that it sends and not in a header (Open311). What
    /// the gate cannot see before the body is read, the feature sees to.
    Key(&'static [Role]),
}

#[derive(Clone, Copy, Debug)]
pub struct Permission {
    pub operation: &'static str,
    pub access: Access,
    /// A decision: a machine (client-credentials token) may not take it.
    pub person_only: bool,
}

const fn public(operation: &'static str) -> Permission {
    Permission { operation, access: Access::Public, person_only: false }
}

const fn allow(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { operation, access: Access::Roles(roles), person_only: false }
}

const fn by_key(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { operation, access: Access::Key(roles), person_only: false }
}

const fn decide(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { operation, access: Access::Roles(roles), person_only: true }
}

/// Whoever reads ratings: the offices, and those whom they are about.
const RATING_READERS: &[Role] = STANDING_READERS;

/// The offices among them.
const RATING_OFFICES: &[Role] = &[
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
const COMPLAINT_COUNTERS: &[Role] = RATING_OFFICES;

const TYPICAL_CASE_READERS: &[Role] = &[
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
const INSPECTION_PLANNERS: &[Role] = &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice];
const INSPECTION_OVERSEERS: &[Role] =
    &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, Community];

/// Whoever inspects; the same as the policy's checklists may name.
const INSPECTORS: &[Role] = crate::policy::inspections::INSPECTORS;

/// The same, with those who are above them and those whom it is about.
const INSPECTION_READERS: &[Role] = &[
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
const ADMINISTRATORS: &[Role] = &[SystemAdministrator];
const CLIENT_READERS: &[Role] = &[CountyAuthority, Auditor, SystemAdministrator];

/// Whoever has rows that files belong to: all but those who see no business data.
const FILE_HOLDERS: &[Role] = &[
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
const OPEN311_SENDERS: &[Role] = &[
    CountyAuthority,
    SocialAffairsOffice,
    EnforcementOffice,
    GovernanceCenter,
    LivelihoodServiceCenter,
    Community,
    ComplexCommittee,
    PropertyCompany,
];

const COUNTY: &[Role] = &[CountyAuthority];

#[rustfmt::skip]
pub const PERMISSIONS: &[Permission] = &[
    public("get_livez"),
    public("get_readyz"),
    public("get_metrics"),
    public("get_openapi"),
    public("get_jwks"),
    public("get_authorization_server"),
    public("issue_token"),
    allow("get_me", EVERYONE),
    allow("get_vocabulary", EVERYONE),
    allow("list_divisions", EVERYONE),

    allow("list_companies", REGISTER_READERS),
    allow("create_company", REGISTRARS),
    allow("get_company", REGISTER_READERS),
    allow("update_company", REGISTRARS),
    allow("get_company_standing", STANDING_READERS),

    allow("list_complexes", REGISTER_READERS),
    allow("create_complex", REGISTRARS),
    allow("get_complex", REGISTER_READERS),
    allow("update_complex", REGISTRARS),
    allow("list_complex_services", REGISTER_READERS),

    allow("list_contracts", CONTRACT_READERS),
    allow("create_contract", CONTRACT_PREPARERS),
    allow("get_contract", CONTRACT_READERS),
    allow("update_contract", CONTRACT_PREPARERS),
    allow("submit_contract", CONTRACT_PREPARERS),
    allow("withdraw_contract", CONTRACT_PREPARERS),
    decide("file_contract", REGISTRARS),
    decide("refuse_contract", REGISTRARS),
    allow("change_project_manager", CONTRACT_PREPARERS),
    decide("terminate_contract", CONTRACT_PREPARERS),
    decide("withdraw_contract_termination", REGISTRARS),
    decide("record_interim_service", REGISTRARS),
    allow("report_late_handover", &[CountyAuthority, SocialAffairsOffice, Community, ComplexCommittee]),
    allow("record_contract_handover", &[
        CountyAuthority, SocialAffairsOffice, Community, ComplexCommittee, PropertyCompany,
    ]),

    allow("list_disclosures", DISCLOSURE_READERS),
    allow("get_disclosure", DISCLOSURE_READERS),
    allow("submit_disclosure", &[PropertyCompany]),
    allow("list_disclosure_versions", DISCLOSURE_READERS),
    decide("verify_disclosure", &[SocialAffairsOffice, Community]),
    allow("list_typical_cases", TYPICAL_CASE_READERS),
    allow("get_typical_case", TYPICAL_CASE_READERS),
    decide("create_typical_case", &[CountyAuthority, SocialAffairsOffice]),
    decide("withdraw_typical_case", &[CountyAuthority, SocialAffairsOffice]),
    allow("get_disclosure_survey", SURVEYORS),
    allow("list_survey_problems", SURVEYORS),
    allow("report_survey_problem", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, LivelihoodServiceCenter,
        MarketSupervision, Community,
    ]),

    allow("list_rating_cycles", RATING_OFFICES),
    decide("create_rating_cycle", REGISTRARS),
    allow("get_rating_cycle", RATING_OFFICES),
    allow("begin_ratings", REGISTRARS),
    decide("announce_rating_cycle", REGISTRARS),
    decide("publish_rating_cycle", REGISTRARS),
    decide("cancel_rating_cycle", REGISTRARS),
    allow("list_ratings", RATING_READERS),
    allow("create_rating", REGISTRARS),
    allow("get_rating", RATING_READERS),
    allow("get_rating_fact_sheet", RATING_READERS),
    decide("submit_rating_scores", &[SocialAffairsOffice, EnforcementOffice, Community]),
    decide("review_rating", &[CountyAuthority, TownshipLeader, SocialAffairsOffice]),
    decide("announce_rating", REGISTRARS),
    allow("object_to_rating", &[Community, ComplexCommittee, PropertyCompany]),
    decide("decide_rating_objection", &[CountyAuthority, TownshipLeader, SocialAffairsOffice]),
    allow("reply_to_rating", &[PropertyCompany]),
    decide("publish_rating", REGISTRARS),
    decide("withdraw_rating", REGISTRARS),
    allow("list_focus_list", RATING_READERS),
    public("get_plaque"),
    allow("get_rating_statistics", RATING_OFFICES),
    allow("get_statistics_report", INSPECTION_OVERSEERS),
    allow("get_complaint_statistics", COMPLAINT_COUNTERS),
    allow("get_complaint_report", COMPLAINT_COUNTERS),
    allow("list_complaint_heat", COMPLAINT_COUNTERS),
    allow("list_checklists", INSPECTION_READERS),
    allow("list_inspection_plan", INSPECTION_OVERSEERS),
    allow("list_inspections", INSPECTION_READERS),
    allow("create_inspection", INSPECTION_PLANNERS),
    allow("get_inspection", INSPECTION_READERS),
    allow("submit_inspection_result", INSPECTORS),
    decide("cancel_inspection", INSPECTION_PLANNERS),
    allow("report_inspection_finding", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, FireRescue, Community,
    ]),
    allow("submit_inspection_results", INSPECTORS),
    allow("list_hazards", INSPECTION_READERS),
    allow("get_hazard", INSPECTION_READERS),
    allow("rectify_hazard", &[PropertyCompany]),
    decide("recheck_hazard", INSPECTORS),
    decide("extend_hazard", INSPECTORS),
    allow("get_inspection_statistics", INSPECTION_OVERSEERS),

    allow("list_complaint_categories", EVERYONE),
    allow("get_complaint_deadline", EVERYONE),
    allow("list_similar_complaints", COMPLAINT_SUBMITTERS),
    allow("list_complaint_news", &[Resident]),
    decide("search_complaints_by_caller", FRONT_DESKS),
    allow("list_complaints", COMPLAINT_READERS),
    allow("create_complaint", COMPLAINT_SUBMITTERS),
    allow("get_complaint", COMPLAINT_READERS),
    allow("list_complaint_timeline", COMPLAINT_READERS),
    allow("list_complaint_duplicates", COMPLAINT_ROUTERS),
    allow("accept_complaint", COMPLAINT_HANDLERS),
    decide("reject_complaint", COMPLAINT_OFFICES),
    decide("transfer_complaint", COMPLAINT_ROUTERS),
    allow("return_complaint", COMPLAINT_HANDLERS),
    allow("request_complaint_extension", COMPLAINT_HANDLERS),
    decide("decide_complaint_extension", COMPLAINT_OFFICES),
    allow("request_complaint_information", COMPLAINT_HANDLERS),
    allow("give_complaint_information", COMPLAINT_READERS),
    decide("begin_complaint_mediation", COMPLAINT_OFFICES),
    decide("end_complaint_mediation", COMPLAINT_OFFICES),
    allow("reply_to_complaint", COMPLAINT_HANDLERS),
    allow("rate_complaint", COMPLAINANTS),
    allow("reopen_complaint", COMPLAINANTS),
    decide("close_complaint", COMPLAINT_OFFICES),
    decide("merge_complaint", COMPLAINT_ROUTERS),
    allow("comment_on_complaint", COMPLAINT_READERS),
    allow("link_complaint", COMPLAINT_ROUTERS),
    decide("report_complaint_violation", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, LivelihoodServiceCenter,
        FireRescue, MarketSupervision, DisciplineOffice, Community,
    ]),
    allow("set_complaint_consent", COMPLAINANTS),
    decide("erase_complaint_persons", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, PartyBuildingOffice,
        GovernanceCenter, LivelihoodServiceCenter, AgricultureServiceCenter, DisciplineOffice, Community, Resident,
    ]),
    decide("release_complaint_point", COMPLAINT_OFFICES),
    allow("follow_complaint", &[Resident]),
    allow("unfollow_complaint", &[Resident]),

    allow("list_policies", EVERYONE),
    allow("get_current_policy", EVERYONE),
    allow("get_policy", EVERYONE),
    decide("publish_policy", COUNTY),
    allow("list_acts", EVERYONE),
    allow("get_calendar", EVERYONE),
    allow("replace_calendar", COUNTY),

    allow("list_violations", CASE_READERS),
    allow("report_violation", REPORTERS),
    allow("get_violation", CASE_READERS),
    decide("notify_violation", CASE_OFFICES),
    decide("record_violation_delivery", CASE_OFFICES),
    allow("submit_violation_statement", &[PropertyCompany]),
    decide("answer_violation_statement", CASE_OFFICES),
    decide("confirm_violation", CASE_OFFICES),
    decide("dismiss_violation", CASE_OFFICES),
    allow("appeal_violation", &[PropertyCompany]),
    decide("decide_violation_appeal", COUNTY),
    decide("revoke_violation", REVIEWERS),

    allow("list_measures", CASE_READERS),
    allow("get_measure", CASE_READERS),
    decide("notify_measure", MEASURE_OFFICES),
    decide("record_measure_delivery", MEASURE_OFFICES),
    allow("submit_measure_statement", &[PropertyCompany]),
    decide("answer_measure_statement", MEASURE_OFFICES),
    allow("request_measure_hearing", &[PropertyCompany]),
    decide("record_measure_hearing", MEASURE_OFFICES),
    decide("approve_measure", REVIEWERS),
    decide("reject_measure", REVIEWERS),
    decide("complete_measure", MEASURE_OFFICES),
    decide("cancel_measure", MEASURE_OFFICES),

    allow("preview_standing", &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice]),
    allow("list_blacklist", REGISTER_READERS),
    allow("get_blacklist_entry", REGISTER_READERS),
    allow("apply_for_credit_repair", &[PropertyCompany]),
    decide("remove_from_blacklist", COUNTY),
    allow("create_attachment", FILE_HOLDERS),
    allow("get_attachment", FILE_HOLDERS),
    allow("get_attachment_content", FILE_HOLDERS),
    public("get_public_file"),

    public("get_ledger_head"),
    public("get_ledger_consistency"),
    allow("list_ledger_entries", &[Auditor]),
    allow("get_ledger_entry", LEDGER_READERS),
    allow("list_events", LEDGER_READERS),
    allow("list_clients", CLIENT_READERS),
    allow("get_client", CLIENT_READERS),
    decide("create_client", ADMINISTRATORS),
    decide("update_client", ADMINISTRATORS),
    decide("approve_client", COUNTY),
    decide("rotate_client_secret", ADMINISTRATORS),
    decide("suspend_client", ADMINISTRATORS),
    decide("resume_client", ADMINISTRATORS),
    decide("revoke_client", &[CountyAuthority, SystemAdministrator]),
    allow("list_revocations", CLIENT_READERS),
    allow("get_revocation", CLIENT_READERS),
    decide("create_revocation", ADMINISTRATORS),
    decide("withdraw_revocation", ADMINISTRATORS),
    public("get_public_home"),
    public("get_public_icon"),
    public("get_public_style"),
    public("get_public_complex"),
    public("get_public_notice"),
    public("get_public_verification"),
    public("get_public_document"),
    public("get_public_plaque"),
    public("get_public_plaque_image"),
    public("get_public_plaque_print"),
    public("list_public_complexes"),
    public("get_public_complex_data"),
    public("get_public_document_data"),
    public("get_open311_discovery"),
    public("list_open311_services"),
    public("get_open311_service"),
    by_key("create_open311_request", OPEN311_SENDERS),
    public("get_open311_token"),
    public("list_open311_requests"),
    public("get_open311_request"),
    allow("list_offices", EVERYONE),
    allow("create_office", REGISTRARS),
    allow("get_office", EVERYONE),
    allow("update_office", REGISTRARS),
    allow("list_documents", CASE_READERS),
    decide("issue_document", MEASURE_OFFICES),
    allow("get_document", CASE_READERS),
    allow("get_document_content", CASE_READERS),
    allow("list_inbox", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, PartyBuildingOffice,
        GovernanceCenter, LivelihoodServiceCenter, AgricultureServiceCenter, PowerSupplyStation, UtilityOperator, FireRescue,
        MarketSupervision, DisciplineOffice, Community, ComplexCommittee, PropertyCompany,
    ]),
];

/// Operations that exist only in the sandbox (`demo`).
pub const SANDBOX_PERMISSIONS: &[Permission] = &[public("move_sandbox_clock")];

pub fn of(operation: &str) -> Option<&'static Permission> {
    PERMISSIONS.iter().chain(SANDBOX_PERMISSIONS).find(|p| p.operation == operation)
}

impl Permission {
    pub fn allows(&self, role: Role) -> bool {
        match self.access {
            Access::Public => true,
            Access::Roles(roles) | Access::Key(roles) => roles.contains(&role),
        }
    }

    /// The roles that may call it, in words of both languages.
    pub fn whose(&self) -> (String, String) {
        let roles: &[Role] = match self.access {
            Access::Public => &[],
            Access::Roles(roles) | Access::Key(roles) => roles,
        };
        let zh = roles.iter().map(|role| role.row().zh).collect::<Vec<_>>().join("、");
        let en = roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
        (zh, en)
    }
}
