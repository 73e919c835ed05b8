//! Tests of the rules on steps, personal data and submission, with a sample complaint.

use super::clock_rules::Limit;
use super::input::{ComplaintIn, OfficeRefIn, TransferIn};
use super::model::*;
use super::visibility::Person;
use super::{intake_rules, person_rules, step_rules};
use crate::access::{Caller, Role};
use crate::db::{Id, Instant, Json};
use crate::input_error::InputError;
use crate::policy::complaints::{DeadlineClock, UtilityKind};
use crate::problem::{Code, Problem};

pub fn caller(role: Role, division: &str) -> Caller {
    Caller { role, division: Some(division.to_owned()), machine: false, ..Caller::program(at("2026-03-02T00:00:00Z")) }
}

fn at(text: &str) -> Instant {
    Instant(text.parse().unwrap())
}

/// A submitted complaint, handled by a social affairs office and supervised by the township leader.
pub fn a_complaint() -> ComplaintRow {
    let came = at("2026-03-02T02:00:00Z");
    let course = Handling {
        clock: DeadlineClock::WorkingDays,
        accept_within: 1,
        resolve_within: 5,
        policy_version: 1,
        accept_due: at("2026-03-03T16:00:00Z"),
        accepted_at: None,
        resolved_at: None,
        closed_at: None,
        paused_at: None,
        assigned_at: came,
        returned: false,
        extension: None,
        escalated_at: None,
        merged_into: None,
        public_summary: None,
        point: None,
        point_released: false,
        complained_office: None,
        anonymous: false,
        has_contact: true,
        consent: false,
        erased_at: None,
        links: Vec::new(),
        client: None,
        resumes: None,
    };
    ComplaintRow {
        id: Id::new(),
        version: 1,
        kind: ComplaintKind::Complaint,
        channel: ComplaintChannel::App,
        category: "service.cleaning".to_owned(),
        organisation: None,
        state: ComplaintState::Submitted,
        is_open: true,
        complex_id: Some(Id::new()),
        company_id: None,
        with_company: false,
        county: "640121".to_owned(),
        township: "640121102".to_owned(),
        community: "640121102001".to_owned(),
        confidentiality: Confidentiality::Open,
        is_public: true,
        handler_role: Role::SocialAffairsOffice,
        handler_division: "640121102".to_owned(),
        supervising_role: SupervisingRole(Some(Role::TownshipLeader)),
        supervising_division: "640121102".to_owned(),
        hotline_number: None,
        submitted_at: came,
        resolve_due: at("2026-03-09T16:00:00Z"),
        next_at: None,
        accepted_on_time: None,
        resolved_on_time: None,
        working_minutes: None,
        satisfaction: None,
        reopened: false,
        red_cards: 0,
        course: Json(course),
        updated_at: came,
    }
}

fn faults(check: impl FnOnce(&mut Vec<InputError>)) -> Vec<(String, &'static str)> {
    let mut faults = Vec::new();
    check(&mut faults);
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

fn code<T>(answer: Result<T, Problem>) -> Option<Code> {
    answer.err().map(|problem| problem.code)
}

fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

#[test]
fn a_summary_tells_of_nobody() {
    let who = Contact { name: Some("张建国".to_owned()), phone: None, address: None };
    let who = Person::of(Some(&who), false);
    let check = |is_public, text: &str| faults(|faults| step_rules::check_summary(is_public, text, &who, faults));
    assert!(check(true, "楼道垃圾清理不及时").is_empty());
    assert_eq!(check(true, "张建国反映楼道垃圾"), one("/public_summary", "personal_data"));
    assert_eq!(check(true, "电话13800001234"), one("/public_summary", "personal_data"));
    assert_eq!(check(false, "楼道垃圾清理不及时"), one("/public_summary", "conflict"));
}

#[test]
fn a_complaint_is_handed_to_those_who_may_have_it() {
    let company = Some(Id::new());
    let to = |role, organisation, row: &ComplaintRow, company| {
        let input = TransferIn { role, organisation, reasons: "转办".to_owned() };
        faults(|faults| step_rules::check_transfer(row, &input, company, faults))
    };
    let open = a_complaint();
    let restricted = ComplaintRow { confidentiality: Confidentiality::Restricted, ..a_complaint() };
    let mut about = a_complaint();
    about.course.0.complained_office = Some(OfficeRef::new(Role::EnforcementOffice, "640121102"));
    assert!(to(Role::EnforcementOffice, None, &open, None).is_empty());
    assert!(to(Role::PropertyCompany, None, &open, company).is_empty());
    assert!(to(Role::UtilityOperator, Some(UtilityKind::Water), &open, None).is_empty());
    assert_eq!(to(Role::Resident, None, &open, None), one("/role", "wrong_party"));
    assert_eq!(to(Role::EnforcementOffice, None, &about, None), one("/role", "conflict"));
    assert_eq!(to(Role::PropertyCompany, None, &restricted, company), one("/role", "conflict"));
    assert_eq!(to(Role::PropertyCompany, None, &open, None), one("/role", "not_serving"));
    assert_eq!(to(Role::SocialAffairsOffice, None, &open, None), one("/role", "conflict"));
    assert_eq!(to(Role::UtilityOperator, None, &open, None), one("/organisation", "required"));
    assert_eq!(to(Role::EnforcementOffice, Some(UtilityKind::Gas), &open, None), one("/organisation", "conflict"));
    assert_eq!(code(step_rules::may_transfer(true, false)), Some(Code::Forbidden));
    assert_eq!(code(step_rules::may_transfer(true, true)), None);
}

#[test]
fn a_complaint_is_returned_once_to_its_supervising_office() {
    let row = a_complaint();
    assert_eq!(step_rules::may_return(&row).ok(), row.supervising_office());
    let mut without = a_complaint();
    without.set_supervising_office(None);
    let mut again = a_complaint();
    again.course.0.returned = true;
    for row in [without, again] {
        assert_eq!(code(step_rules::may_return(&row)), Some(Code::StateConflict));
    }
}

#[test]
fn what_is_over_is_too_late() {
    let due = at("2026-03-03T16:00:00Z");
    for (now, late) in [("2026-03-03T15:59:59Z", None), ("2026-03-03T16:00:00Z", Some(Code::DeadlinePassed))] {
        assert_eq!(code(step_rules::require_early_return(due, 2, at(now))), late);
        assert_eq!(code(step_rules::require_in_time(due, at(now))), late);
        assert_eq!(code(step_rules::require_reopening_in_time(due, 15, at(now))), late);
    }
}

#[test]
fn a_complaint_is_extended_once() {
    let asked = |granted| Extension { amount: 2, asked_at: at("2026-03-03T00:00:00Z"), granted };
    let conflict = Some(Code::StateConflict);
    for (before, may_ask, may_decide) in [
        (None, None, conflict),
        (Some(asked(None)), conflict, None),
        (Some(asked(Some(true))), conflict, conflict),
        (Some(asked(Some(false))), None, conflict),
    ] {
        assert_eq!(code(step_rules::may_ask_for_extension(before.as_ref())), may_ask, "{before:?}");
        assert_eq!(code(step_rules::undecided_extension(before.as_ref())), may_decide, "{before:?}");
    }
    let most = Limit::WorkingDays(5).count();
    assert!(faults(|faults| step_rules::check_extension(5, most, faults)).is_empty());
    assert_eq!(faults(|faults| step_rules::check_extension(6, most, faults)), one("/amount", "out_of_range"));
}

#[test]
fn an_agreement_is_there_to_be_seen() {
    use MediationOutcome::{Agreed, Failed};
    for (outcome, has_evidence, fits) in [(Agreed, true, true), (Agreed, false, false), (Failed, false, true)] {
        assert_eq!(faults(|faults| step_rules::check_agreement(outcome, has_evidence, faults)).is_empty(), fits);
    }
}

#[test]
fn a_complaint_is_merged_into_one_that_as_many_may_see() {
    let row = a_complaint();
    let check = |into: Option<&ComplaintRow>| faults(|faults| step_rules::check_merge(&row, into, faults));
    assert!(check(Some(&a_complaint())).is_empty());
    assert_eq!(check(None), one("/into", "unknown_reference"));
    assert_eq!(check(Some(&row)), one("/into", "unknown_reference"));
    let mut about = a_complaint();
    about.course.0.complained_office = Some(OfficeRef::new(Role::EnforcementOffice, "640121102"));
    let others = [
        ComplaintRow { is_open: false, ..a_complaint() },
        ComplaintRow { confidentiality: Confidentiality::Restricted, ..a_complaint() },
        ComplaintRow { county: "640122".to_owned(), ..a_complaint() },
        about,
    ];
    for into in &others {
        assert_eq!(check(Some(into)), one("/into", "conflict"));
    }
}

#[test]
fn a_reply_is_rated_once_and_reopened_by_whoever_is_not_satisfied() {
    let conflict = Some(Code::StateConflict);
    assert_eq!(code(step_rules::may_rate(None)), None);
    assert_eq!(code(step_rules::may_rate(Some(5))), conflict);
    for (reopened, score, refused) in
        [(false, None, None), (false, Some(2), None), (false, Some(3), conflict), (true, None, conflict)]
    {
        assert_eq!(code(step_rules::may_reopen(reopened, score, 3)), refused, "{reopened} {score:?}");
    }
}

#[test]
fn a_row_is_linked_once() {
    let link = || Link { kind: LinkKind::Hazard, id: Id::new() };
    let (known, new) = (link(), link());
    assert_eq!(code(step_rules::may_link(std::slice::from_ref(&known), &new)), None);
    assert_eq!(code(step_rules::may_link(std::slice::from_ref(&known), &known)), Some(Code::StateConflict));
    let full: Vec<Link> = (0..50).map(|_| link()).collect();
    assert_eq!(code(step_rules::may_link(&full, &new)), Some(Code::StateConflict));
}

#[test]
fn a_person_reads_a_contact_and_a_company_by_consent() {
    let office = caller(Role::SocialAffairsOffice, "640121102");
    let company = caller(Role::PropertyCompany, "");
    let machine = Caller { machine: true, ..office.clone() };
    for (caller, consent, refused) in [
        (&office, false, None),
        (&company, true, None),
        (&company, false, Some(Code::Forbidden)),
        (&machine, true, Some(Code::PersonRequired)),
    ] {
        assert_eq!(code(person_rules::may_read_contact(caller, consent)), refused, "{:?}", caller.role);
    }
    assert!(person_rules::is_recorded(Role::SocialAffairsOffice, Confidentiality::Restricted));
    assert!(!person_rules::is_recorded(Role::Resident, Confidentiality::Restricted));
    assert!(!person_rules::is_recorded(Role::SocialAffairsOffice, Confidentiality::Open));
}

#[test]
fn an_office_consents_only_without_an_account_and_without_a_withdrawal() {
    assert_eq!(code(person_rules::may_record_consent(Role::PropertyCompany)), Some(Code::Forbidden));
    assert_eq!(code(person_rules::may_record_consent(Role::GovernanceCenter)), None);
    for (has_account, was_withdrawn, refused) in
        [(false, false, None), (true, true, Some(Code::Forbidden)), (false, true, Some(Code::StateConflict))]
    {
        assert_eq!(code(person_rules::may_consent_for_complainant(has_account, was_withdrawn)), refused);
    }
    let course = a_complaint().course.0;
    assert_eq!(code(person_rules::require_consent_change(&course, true)), None);
    assert_eq!(code(person_rules::require_consent_change(&course, false)), Some(Code::StateConflict));
    let none = Handling { has_contact: false, ..course };
    assert_eq!(code(person_rules::require_consent_change(&none, true)), Some(Code::StateConflict));
    let note = |is_owner, note| faults(|faults| person_rules::check_consent_note(is_owner, note, faults));
    assert!(note(true, None).is_empty() && note(false, Some("电话中同意")).is_empty());
    assert_eq!(note(false, None), one("/note", "required"));
}

#[test]
fn persons_are_erased_once_and_a_point_goes_with_them() {
    let course = Handling {
        point: Some(crate::complexes::model::Point { longitude: 106.2, latitude: 38.3 }),
        ..a_complaint().course.0
    };
    let erased = Handling { erased_at: Some(at("2026-03-03T00:00:00Z")), ..course.clone() };
    let conflict = Some(Code::StateConflict);
    assert_eq!(code(person_rules::may_erase(&course)), None);
    assert_eq!(code(person_rules::may_erase(&erased)), conflict);
    assert_eq!(code(person_rules::may_release_point(&course, true)), None);
    assert_eq!(code(person_rules::may_release_point(&course, false)), conflict);
    assert_eq!(code(person_rules::may_release_point(&erased, true)), conflict);
}

#[test]
fn a_comment_goes_to_an_audience_of_its_author() {
    use StepAudience::{Complainant, Offices, Parties};
    for (role, audience, fits) in [
        (Role::SocialAffairsOffice, Offices, true),
        (Role::PropertyCompany, Parties, true),
        (Role::PropertyCompany, Offices, false),
        (Role::Resident, Complainant, true),
        (Role::Resident, Parties, false),
    ] {
        let found = faults(|faults| person_rules::check_audience(role, audience, faults));
        assert_eq!(found.is_empty(), fits, "{role:?} {audience:?}");
    }
    for (role, is_owner, state, refused) in [
        (Role::Resident, true, ComplaintState::Accepted, None),
        (Role::Resident, false, ComplaintState::Accepted, Some(Code::Forbidden)),
        (Role::Community, false, ComplaintState::Accepted, None),
        (Role::Community, false, ComplaintState::Merged, Some(Code::Forbidden)),
    ] {
        assert_eq!(code(person_rules::may_comment(role, is_owner, state)), refused, "{role:?} {state:?}");
    }
}

#[test]
fn what_is_public_may_be_followed_and_ones_own_not_left() {
    assert!(person_rules::is_for_anybody(&a_complaint()));
    assert!(!person_rules::is_for_anybody(&ComplaintRow { is_public: false, ..a_complaint() }));
    assert!(!person_rules::is_for_anybody(&ComplaintRow {
        confidentiality: Confidentiality::Restricted,
        ..a_complaint()
    }));
    assert_eq!(code(person_rules::require_left(false)), Some(Code::StateConflict));
    assert!(person_rules::may_search_hotline_number(Role::GovernanceCenter).is_ok());
    assert!(person_rules::may_search_hotline_number(Role::PropertyCompany).is_err());
}

fn incoming(more: serde_json::Value) -> ComplaintIn {
    let mut told = serde_json::json!({
        "kind": "complaint", "channel": "phone", "category": "service.cleaning", "description": "楼道垃圾无人清理",
    });
    told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(told).unwrap()
}

#[test]
fn each_submits_by_channels_of_its_own() {
    for (role, channel, number, found) in [
        (Role::Resident, "app", None, vec![]),
        (Role::Resident, "phone", None, one("/channel", "wrong_party")),
        (Role::GovernanceCenter, "phone", None, vec![]),
        (Role::GovernanceCenter, "app", None, one("/channel", "wrong_party")),
        (Role::GovernanceCenter, "hotline", Some("12345-1"), vec![]),
        (Role::GovernanceCenter, "hotline", None, one("/hotline_number", "required")),
        (Role::GovernanceCenter, "phone", Some("12345-1"), one("/hotline_number", "conflict")),
    ] {
        let input = incoming(serde_json::json!({ "channel": channel, "hotline_number": number }));
        assert_eq!(faults(|faults| intake_rules::check_channel(role, &input, faults)), found, "{role:?} {channel}");
    }
    assert_eq!(code(intake_rules::require_new_number(true)), Some(Code::AlreadyExists));
    assert_eq!(code(intake_rules::require_new_number(false)), None);
}

#[test]
fn an_office_is_complained_of_where_the_category_is_about_one() {
    let office = OfficeRefIn { role: Role::EnforcementOffice, division: "640121102".to_owned() };
    let named = incoming(serde_json::json!({ "complained_office": office }));
    let check = |is_about, input: &ComplaintIn| {
        let mut found = Vec::new();
        let is_named = intake_rules::check_is_about(is_about, input, &mut found).is_some();
        (is_named, found.len())
    };
    assert_eq!(check(true, &named), (true, 0));
    assert_eq!(check(false, &named), (false, 1));
    assert_eq!(check(true, &incoming(serde_json::json!({}))), (false, 1));
    assert_eq!(check(false, &incoming(serde_json::json!({}))), (false, 0));
    let at = "/complained_office/division";
    let short = OfficeRefIn { division: "640121".to_owned(), ..office.clone() };
    for (seat, is_known, county, found) in [
        (&office, true, Some("640121"), vec![]),
        (&office, true, None, vec![]),
        (&office, true, Some("640122"), one(at, "conflict")),
        (&office, false, Some("640121"), one(at, "unknown_reference")),
        (&short, true, Some("640121"), one(at, "conflict")),
    ] {
        let check = |faults: &mut _| intake_rules::check_complained_office(seat, is_known, county, faults);
        assert_eq!(faults(check), found);
    }
}

#[test]
fn a_contact_is_of_somebody_and_consent_of_a_person() {
    use serde_json::json;
    for (more, is_machine, found) in [
        (json!({}), false, vec![]),
        (json!({ "anonymous": true, "contact": { "phone": "13800000000" } }), false, one("/contact", "conflict")),
        (json!({ "contact": {} }), false, one("/contact", "required")),
        (json!({ "consent_to_company": true }), false, one("/consent_to_company", "conflict")),
        (json!({ "contact": { "phone": "13800000000" }, "consent_to_company": true }), false, vec![]),
        (
            json!({ "contact": { "phone": "13800000000" }, "consent_to_company": true }),
            true,
            one("/consent_to_company", "wrong_party"),
        ),
    ] {
        let input = incoming(more.clone());
        assert_eq!(faults(|faults| intake_rules::check_contact(&input, is_machine, faults)), found, "{more}");
    }
}
