//! The one table of permissions: which roles may call which operation. Deny by default: an operation without a row,
//! or a row without an operation, does not start. The document, `/v1/me` and the access tests are made from it.

use super::role_sets::*;
use crate::role::Role::{self, *};

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
    /// An act of a person: a machine (client-credentials token) may not do it.
    pub person_only: bool,
}

const fn public(operation: &'static str) -> Permission {
    Permission { operation, access: Access::Public, person_only: false }
}

const fn by_key(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { operation, access: Access::Key(roles), person_only: false }
}

/// An act of a person, as everything is that is not said to be otherwise.
const fn act(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { operation, access: Access::Roles(roles), person_only: true }
}

/// Reading: open to machines.
const fn read(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { person_only: false, ..act(operation, roles) }
}

/// Reporting, submitting and importing, and the steps of handling a ticket that bind nobody: open to machines.
const fn submit(operation: &'static str, roles: &'static [Role]) -> Permission {
    Permission { person_only: false, ..act(operation, roles) }
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
    read("get_me", EVERYONE),
    read("get_vocabulary", EVERYONE),
    read("list_divisions", EVERYONE),

    read("list_companies", REGISTER_READERS),
    submit("create_company", REGISTRARS),
    read("get_company", REGISTER_READERS),
    act("update_company", REGISTRARS),
    read("list_company_changes", REGISTRARS),
    act("propose_company_change", REGISTRARS),
    read("get_company_change", REGISTRARS),
    act("approve_company_change", REGISTRARS),
    act("refuse_company_change", REGISTRARS),
    read("get_company_standing", STANDING_READERS),

    read("list_complexes", REGISTER_READERS),
    submit("create_complex", REGISTRARS),
    read("get_complex", REGISTER_READERS),
    submit("update_complex", REGISTRARS),
    read("list_complex_services", REGISTER_READERS),

    read("list_contracts", CONTRACT_READERS),
    submit("create_contract", CONTRACT_PREPARERS),
    read("get_contract", CONTRACT_READERS),
    submit("update_contract", CONTRACT_PREPARERS),
    submit("submit_contract", CONTRACT_PREPARERS),
    act("withdraw_contract", CONTRACT_PREPARERS),
    act("file_contract", REGISTRARS),
    act("refuse_contract", REGISTRARS),
    submit("change_project_manager", CONTRACT_PREPARERS),
    act("terminate_contract", CONTRACT_PREPARERS),
    act("withdraw_contract_termination", REGISTRARS),
    act("record_interim_service", REGISTRARS),
    submit("report_late_handover", &[CountyAuthority, SocialAffairsOffice, Community, ComplexCommittee]),
    act("record_contract_handover", &[
        CountyAuthority, SocialAffairsOffice, Community, ComplexCommittee, PropertyCompany,
    ]),

    read("list_disclosures", DISCLOSURE_READERS),
    read("get_disclosure", DISCLOSURE_READERS),
    submit("submit_disclosure", &[PropertyCompany]),
    read("list_disclosure_versions", DISCLOSURE_READERS),
    act("verify_disclosure", &[SocialAffairsOffice, Community]),
    read("list_typical_cases", TYPICAL_CASE_READERS),
    read("get_typical_case", TYPICAL_CASE_READERS),
    act("create_typical_case", &[CountyAuthority, SocialAffairsOffice]),
    act("withdraw_typical_case", &[CountyAuthority, SocialAffairsOffice]),
    read("get_disclosure_survey", SURVEYORS),
    read("list_survey_problems", SURVEYORS),
    submit("report_survey_problem", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, LivelihoodServiceCenter,
        MarketSupervision, Community,
    ]),

    read("list_rating_cycles", RATING_OFFICES),
    act("create_rating_cycle", REGISTRARS),
    read("get_rating_cycle", RATING_OFFICES),
    act("begin_ratings", REGISTRARS),
    act("announce_rating_cycle", REGISTRARS),
    act("publish_rating_cycle", REGISTRARS),
    act("cancel_rating_cycle", REGISTRARS),
    read("list_ratings", RATING_READERS),
    act("create_rating", REGISTRARS),
    read("get_rating", RATING_READERS),
    read("get_rating_fact_sheet", RATING_READERS),
    act("submit_rating_scores", &[SocialAffairsOffice, EnforcementOffice, Community]),
    act("review_rating", &[CountyAuthority, TownshipLeader, SocialAffairsOffice]),
    act("announce_rating", REGISTRARS),
    act("object_to_rating", &[Community, ComplexCommittee, PropertyCompany]),
    act("decide_rating_objection", &[CountyAuthority, TownshipLeader, SocialAffairsOffice]),
    act("reply_to_rating", &[PropertyCompany]),
    act("publish_rating", REGISTRARS),
    act("withdraw_rating", REGISTRARS),
    read("list_focus_list", RATING_READERS),
    public("get_plaque"),
    read("get_rating_statistics", RATING_OFFICES),
    read("get_statistics_report", INSPECTION_OVERSEERS),
    read("get_complaint_statistics", COMPLAINT_COUNTERS),
    read("get_complaint_report", COMPLAINT_COUNTERS),
    read("list_complaint_heat", COMPLAINT_COUNTERS),
    read("list_checklists", INSPECTION_READERS),
    read("list_inspection_plan", INSPECTION_OVERSEERS),
    read("list_inspections", INSPECTION_READERS),
    act("create_inspection", INSPECTION_PLANNERS),
    read("get_inspection", INSPECTION_READERS),
    submit("submit_inspection_result", INSPECTORS),
    act("cancel_inspection", INSPECTION_PLANNERS),
    submit("report_inspection_finding", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, FireRescue, Community,
    ]),
    submit("submit_inspection_results", INSPECTORS),
    read("list_hazards", INSPECTION_READERS),
    read("get_hazard", INSPECTION_READERS),
    submit("rectify_hazard", &[PropertyCompany]),
    act("recheck_hazard", INSPECTORS),
    act("extend_hazard", INSPECTORS),
    read("get_inspection_statistics", INSPECTION_OVERSEERS),

    read("list_complaint_categories", EVERYONE),
    read("get_complaint_deadline", EVERYONE),
    read("list_similar_complaints", COMPLAINT_SUBMITTERS),
    read("list_complaint_news", &[Resident]),
    act("search_complaints_by_caller", FRONT_DESKS),
    read("list_complaints", COMPLAINT_READERS),
    submit("create_complaint", COMPLAINT_SUBMITTERS),
    read("get_complaint", COMPLAINT_READERS),
    read("list_complaint_timeline", COMPLAINT_READERS),
    read("list_complaint_duplicates", COMPLAINT_ROUTERS),
    submit("accept_complaint", COMPLAINT_HANDLERS),
    act("reject_complaint", COMPLAINT_OFFICES),
    act("transfer_complaint", COMPLAINT_ROUTERS),
    submit("return_complaint", COMPLAINT_HANDLERS),
    submit("request_complaint_extension", COMPLAINT_HANDLERS),
    act("decide_complaint_extension", COMPLAINT_OFFICES),
    submit("request_complaint_information", COMPLAINT_HANDLERS),
    submit("give_complaint_information", COMPLAINT_READERS),
    act("begin_complaint_mediation", COMPLAINT_OFFICES),
    act("end_complaint_mediation", COMPLAINT_OFFICES),
    submit("reply_to_complaint", COMPLAINT_HANDLERS),
    act("rate_complaint", COMPLAINANTS),
    act("reopen_complaint", COMPLAINANTS),
    act("close_complaint", COMPLAINT_OFFICES),
    act("merge_complaint", COMPLAINT_ROUTERS),
    submit("comment_on_complaint", COMPLAINT_READERS),
    act("link_complaint", COMPLAINT_ROUTERS),
    act("report_complaint_violation", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, LivelihoodServiceCenter,
        FireRescue, MarketSupervision, DisciplineOffice, Community,
    ]),
    act("set_complaint_consent", COMPLAINANTS),
    act("erase_complaint_persons", &[
        CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice, PoliceStation, PartyBuildingOffice,
        GovernanceCenter, LivelihoodServiceCenter, AgricultureServiceCenter, DisciplineOffice, Community, Resident,
    ]),
    act("release_complaint_point", COMPLAINT_OFFICES),
    act("follow_complaint", &[Resident]),
    act("unfollow_complaint", &[Resident]),

    read("list_policies", EVERYONE),
    read("get_current_policy", EVERYONE),
    read("get_policy", EVERYONE),
    act("publish_policy", COUNTY),
    act("approve_policy", COUNTY),
    act("withdraw_policy", COUNTY),
    read("list_acts", EVERYONE),
    read("get_calendar", EVERYONE),
    act("replace_calendar", COUNTY),

    read("list_violations", CASE_READERS),
    submit("report_violation", REPORTERS),
    read("get_violation", CASE_READERS),
    act("notify_violation", CASE_OFFICES),
    act("record_violation_delivery", CASE_OFFICES),
    submit("submit_violation_statement", &[PropertyCompany]),
    act("answer_violation_statement", CASE_OFFICES),
    act("confirm_violation", CASE_OFFICES),
    act("dismiss_violation", CASE_OFFICES),
    act("appeal_violation", &[PropertyCompany]),
    act("decide_violation_appeal", COUNTY),
    act("revoke_violation", REVIEWERS),

    read("list_measures", CASE_READERS),
    read("get_measure", CASE_READERS),
    act("notify_measure", MEASURE_OFFICES),
    act("record_measure_delivery", MEASURE_OFFICES),
    submit("submit_measure_statement", &[PropertyCompany]),
    act("answer_measure_statement", MEASURE_OFFICES),
    act("request_measure_hearing", &[PropertyCompany]),
    act("record_measure_hearing", MEASURE_OFFICES),
    act("approve_measure", REVIEWERS),
    act("reject_measure", REVIEWERS),
    act("complete_measure", MEASURE_OFFICES),
    act("cancel_measure", MEASURE_OFFICES),

    submit("preview_standing", &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice]),
    read("list_blacklist", REGISTER_READERS),
    read("get_blacklist_entry", REGISTER_READERS),
    act("apply_for_credit_repair", &[PropertyCompany]),
    act("refuse_credit_repair", COUNTY),
    act("remove_from_blacklist", COUNTY),
    submit("create_attachment", FILE_HOLDERS),
    read("get_attachment", FILE_HOLDERS),
    read("get_attachment_content", FILE_HOLDERS),
    public("get_public_file"),

    public("get_ledger_head"),
    public("get_ledger_consistency"),
    read("list_ledger_entries", &[Auditor]),
    read("get_ledger_entry", LEDGER_READERS),
    read("list_events", LEDGER_READERS),
    read("list_clients", CLIENT_READERS),
    read("get_client", CLIENT_READERS),
    act("create_client", ADMINISTRATORS),
    act("update_client", ADMINISTRATORS),
    act("approve_client", COUNTY),
    act("rotate_client_secret", ADMINISTRATORS),
    act("suspend_client", ADMINISTRATORS),
    act("resume_client", ADMINISTRATORS),
    act("revoke_client", &[CountyAuthority, SystemAdministrator]),
    read("list_revocations", CLIENT_READERS),
    read("get_revocation", CLIENT_READERS),
    act("create_revocation", ADMINISTRATORS),
    act("withdraw_revocation", ADMINISTRATORS),
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
    read("list_offices", EVERYONE),
    act("create_office", REGISTRARS),
    read("get_office", EVERYONE),
    act("update_office", REGISTRARS),
    read("list_documents", CASE_READERS),
    act("issue_document", MEASURE_OFFICES),
    read("get_document", CASE_READERS),
    read("get_document_content", CASE_READERS),
    read("list_inbox", &[
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
