use super::*;
use crate::access::Actor;
use crate::db::Id;
use crate::db::types::{Instant, Json};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn id(number: u128) -> Id {
    Id(uuid::Uuid::from_u128(number))
}

/// A filed contract for 2026.
fn contract() -> ContractRow {
    ContractRow {
        id: id(1),
        version: 1,
        kind: ContractKind::Regular,
        state: ContractState::Filed,
        entered_by: EnteredBy::Company,
        shared: true,
        governs: true,
        complex_id: id(2),
        company_id: id(3),
        county: "640121".into(),
        township: "640121102".into(),
        community: "640121102001".into(),
        effective_from: day("2026-01-01"),
        effective_to: Some(day("2026-12-31")),
        last_day: None,
        interim_until: None,
        interim: false,
        project_manager: "测试经理".into(),
        filing_number: None,
        filing_office: None,
        filing_year: None,
        filing_serial: None,
        filed_on: None,
        review_due_on: None,
        removal_id: None,
        handover_due_on: None,
        handover_done_on: None,
        terms: Json(Terms::default()),
        proceedings: Json(Proceedings::default()),
        created_at: Instant(chrono::DateTime::UNIX_EPOCH),
        updated_at: Instant(chrono::DateTime::UNIX_EPOCH),
    }
}

fn ended(ground: TerminationGround, last: &str) -> ContractRow {
    let by = Actor { iss: "iss".into(), sub: "sub".into(), role: Role::SocialAffairsOffice, division: None };
    let at = Instant(chrono::DateTime::UNIX_EPOCH);
    let termination =
        Termination { ground, notice_given_on: None, reasons: String::new(), evidence: Vec::new(), at, by };
    let proceedings = Json(Proceedings { termination: Some(termination), ..Proceedings::default() });
    ContractRow { last_day: Some(day(last)), handover_due_on: Some(day("2026-07-15")), proceedings, ..contract() }
}

fn handed(on: &str) -> Vec<HandoverStep> {
    let one = |item: &HandoverItem| HandoverStep {
        item: *item,
        handed_over_on: Some(day(on)),
        recorded_on: Some(day(on)),
        received_on: None,
        receiver: None,
        note: None,
        evidence: Vec::new(),
    };
    HandoverItem::ALL.iter().map(one).collect()
}

#[test]
fn a_company_gives_its_own_grounds() {
    let refused = |caller, ground| {
        let mut faults = Vec::new();
        check_ground(caller, ground, &mut faults);
        !faults.is_empty()
    };
    assert!(!refused(Role::PropertyCompany, TerminationGround::Notice));
    assert!(refused(Role::PropertyCompany, TerminationGround::OwnersVote));
    assert!(!refused(Role::SocialAffairsOffice, TerminationGround::OwnersVote));
}

#[test]
fn what_counts_and_is_not_ended_can_be_ended() {
    let uncounted = ContractRow { governs: false, ..contract() };
    let over = ended(TerminationGround::Agreement, "2026-06-30");
    let served_on = ContractRow { interim: true, ..over.clone() };
    let served_until = ContractRow { interim_until: Some(day("2026-08-31")), ..served_on.clone() };
    for (row, refused) in
        [(contract(), false), (uncounted, true), (over, true), (served_on, false), (served_until, true)]
    {
        assert_eq!(require_running(&row).is_err(), refused);
    }
}

#[test]
fn an_ending_is_taken_back_while_the_contract_runs() {
    let interim = ContractRow { interim: true, ..ended(TerminationGround::Agreement, "2026-06-30") };
    for (row, today, refused) in [
        (ended(TerminationGround::Agreement, "2026-06-30"), "2026-06-30", false),
        (ended(TerminationGround::Agreement, "2026-06-30"), "2026-07-01", true),
        (ended(TerminationGround::Succession, "2026-06-30"), "2026-06-30", true),
        (interim, "2026-06-30", true),
        (contract(), "2026-06-30", true),
    ] {
        assert_eq!(may_withdraw_termination(&row, day(today)).is_err(), refused);
    }
    assert!(require_open_removal(true).is_ok());
    assert_eq!(require_open_removal(false).unwrap_err().code, Code::StateConflict);
}

#[test]
fn service_goes_on_after_an_end_and_before_the_next_contract() {
    let handed_over = ContractRow { handover_done_on: Some(day("2026-07-01")), ..contract() };
    let indefinite = ContractRow { effective_to: None, ..contract() };
    for (row, refused) in [(contract(), false), (handed_over, true), (indefinite, true)] {
        assert_eq!(may_serve_on(&row).is_err(), refused);
    }
    let faults = |until: Option<&str>| {
        let mut faults = Vec::new();
        check_interim(until.map(day), Some(day("2026-12-31")), &mut faults);
        faults.len()
    };
    assert_eq!([faults(None), faults(Some("2026-12-31")), faults(Some("2026-12-30"))], [0, 0, 1]);
    let own = Span::from(&contract());
    let next = Span { id: id(9), company: id(8), from: day("2027-01-01"), last: None, serves_until: None, ..own };
    assert!(require_none_after(&own, &[next]).is_ok());
    assert!(require_none_after(&Span { last: None, serves_until: None, ..own }, &[next]).is_err());
}

#[test]
fn a_hand_over_is_recorded_after_the_end_until_it_is_done() {
    let over = ended(TerminationGround::Agreement, "2026-06-30");
    let done = ContractRow { handover_done_on: Some(day("2026-07-01")), ..over.clone() };
    let nothing_due = ContractRow { handover_due_on: None, ..over.clone() };
    let served_on = ContractRow { interim: true, ..nothing_due.clone() };
    for (row, refused) in [(over, false), (done, true), (nothing_due, true), (served_on, false), (contract(), true)] {
        assert_eq!(may_record_handover(&row, day("2026-07-02")).is_err(), refused);
    }
}

#[test]
fn a_late_hand_over_is_reported_once_and_a_dispute_never() {
    let today = day("2026-07-16");
    let late = ended(TerminationGround::Agreement, "2026-06-30");
    assert!(may_report_handover(&late, day("2026-07-15")).is_err(), "its last day");
    assert!(may_report_handover(&late, today).is_ok());
    let mut disputed = late.clone();
    disputed.proceedings.0.handover = handed("2026-07-15");
    assert_eq!(may_report_handover(&disputed, today).unwrap_err().code, Code::StateConflict);
    disputed.proceedings.0.handover = handed("2026-07-16");
    assert!(may_report_handover(&disputed, today).is_ok(), "recorded after the last day");
    let mut reported = late;
    reported.proceedings.0.late_report = Some(id(7));
    assert_eq!(may_report_handover(&reported, today).unwrap_err().code, Code::AlreadyExists);
}
