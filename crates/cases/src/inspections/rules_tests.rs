use proptest::prelude::*;

use super::*;
use crate::db::Id;
use crate::policy::versions::built_in;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> Instant {
    Instant(text.parse().unwrap())
}

fn safety() -> &'static Checklist {
    built_in().inspections.checklist("safety").unwrap()
}

fn item(code: &str, outcome: ItemOutcome) -> ItemResultIn {
    let note = (outcome == ItemOutcome::Fail).then(|| "占用".to_owned());
    ItemResultIn { item: code.to_owned(), outcome, severity: None, note, evidence: Vec::new() }
}

fn whole() -> Vec<ItemResultIn> {
    safety().items.iter().map(|one| item(&one.code, ItemOutcome::Pass)).collect()
}

fn faults(items: &[ItemResultIn], at: &str, role: Role) -> Vec<(String, &'static str)> {
    let given = ResultInput { checklist: "safety", inspected_at: instant(at), items, note: None };
    let mut faults = Vec::new();
    check_result("/results/3", &given, Some(safety()), role, instant("2026-03-02T01:00:00Z"), &mut faults);
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

const NOW: &str = "2026-03-02T01:00:00Z";

#[test]
fn a_whole_result_has_no_fault_and_each_fault_is_told_at_its_place() {
    let office = Role::EnforcementOffice;
    assert_eq!(faults(&whole(), NOW, office), []);
    // Device clocks may differ by minutes, not by an hour.
    assert_eq!(faults(&whole(), "2026-03-02T01:04:59Z", office), []);
    let mut items = whole();
    items[0].outcome = ItemOutcome::Fail;
    items[1].item = "no_such_item".into();
    items[2].item = items[3].item.clone();
    let expected = [
        ("inspected_at", "in_the_future"),
        ("checklist", "wrong_party"),
        ("items/0/note", "required"),
        ("items/1/item", "unknown_value"),
        ("items/3/item", "duplicate"),
        ("items", "required"),
    ];
    let found = faults(&items, "2026-03-02T02:00:00Z", Role::Community);
    assert_eq!(found, expected.map(|(at, code)| (format!("/results/3/{at}"), code)));
}

#[test]
fn an_inspection_is_planned_for_a_day_that_comes_by_offices_that_inspect() {
    let office = |role, checklist: &str| InspectionOfficeIn { role, checklist: checklist.into() };
    let offices = [
        office(Role::FireRescue, "safety"),
        office(Role::Community, "safety"),
        office(Role::FireRescue, "safety"),
        office(Role::Community, "no_such_list"),
    ];
    let of = |planned: &str| {
        let mut faults = Vec::new();
        check_inspection(day("2026-03-02"), day(planned), &offices, &built_in().inspections, &mut faults);
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect::<Vec<_>>()
    };
    let always = [
        ("/offices/1/checklist", "wrong_party"),
        ("/offices/2", "duplicate"),
        ("/offices/3/checklist", "unknown_value"),
    ];
    let always = always.map(|(at, code)| (at.to_owned(), code));
    assert_eq!(of("2026-03-02"), always);
    assert_eq!(of("2026-03-01")[0], ("/planned_on".to_owned(), "before_start"));
    assert_eq!(of("2027-04-01")[0], ("/planned_on".to_owned(), "out_of_range"));
}

#[test]
fn a_recheck_that_closes_sets_no_day_and_one_that_does_not_sets_one_that_comes() {
    use RecheckOutcome::*;
    let of = |outcome, due_on: Option<&str>| {
        let reasons = "现场复查".to_owned();
        let input = HazardRecheckIn { outcome, reasons, severity: None, due_on: due_on.map(day), evidence: Vec::new() };
        let mut faults = Vec::new();
        check_recheck(day("2026-03-02"), &input, &mut faults);
        faults.first().map(|fault| fault.code)
    };
    assert_eq!((of(Closed, None), of(NotRectified, Some("2026-03-03"))), (None, None));
    assert_eq!((of(Closed, Some("2026-03-03")), of(NotRectified, None)), (Some("conflict"), Some("required")));
    assert_eq!(of(NotRectified, Some("2026-03-02")), Some("before_start"));
    assert_eq!(of(NotRectified, Some("2028-03-02")), Some("out_of_range"));
}

#[test]
fn what_the_company_says_in_time_counts_until_it_proves_wrong() {
    use HazardState::*;
    let (due, in_time, after) = (day("2026-03-05"), day("2026-03-05"), day("2026-03-06"));
    let recheck = Step::Recheck;
    assert!(!misses(Open, due, in_time, Step::Rectification) && misses(Open, due, after, Step::Rectification));
    assert!(!misses(Rectified, due, after, recheck(RecheckOutcome::Closed)));
    assert!(misses(Rectified, due, after, recheck(RecheckOutcome::NotRectified)));
    assert!(!misses(Rectified, due, in_time, recheck(RecheckOutcome::NotRectified)));
    assert!(misses(Open, due, after, recheck(RecheckOutcome::Closed)));
    assert!(is_overdue(Open, due, after) && !is_overdue(Open, due, in_time) && !is_overdue(Rectified, due, after));
}

#[test]
fn an_inspection_stands_where_its_parts_stand() {
    use InspectionPartState::*;
    let of = |parts: &[InspectionPartState]| state_of(parts.iter().copied());
    assert_eq!(of(&[Planned, Planned]), InspectionState::Planned);
    assert_eq!(of(&[Planned, Done]), InspectionState::InProgress);
    assert_eq!(of(&[Cancelled, Done]), InspectionState::Done);
    assert_eq!(of(&[Cancelled, Cancelled]), InspectionState::Cancelled);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]
    /// With items omitted, repeated or unknown: a result is valid if and only if it has every item exactly once.
    #[test]
    fn nothing_is_passed_in_silence(picks in proptest::collection::vec(0usize..17, 0..25), fails in any::<u32>()) {
        let codes: Vec<&str> = safety().items.iter().map(|one| one.code.as_str()).collect();
        let items: Vec<ItemResultIn> = picks.iter().enumerate().map(|(n, pick)| {
            let outcome = if fails >> (n % 32) & 1 == 1 { ItemOutcome::Fail } else { ItemOutcome::NotApplicable };
            item(codes.get(*pick).copied().unwrap_or("no_such_item"), outcome)
        }).collect();
        let mut sorted = picks.clone();
        sorted.sort_unstable();
        let good = sorted == (0..codes.len()).collect::<Vec<_>>();
        prop_assert_eq!(faults(&items, NOW, Role::FireRescue).is_empty(), good);
    }
}

/// The digest covers the content of a result, not its formatting.
#[test]
fn a_result_reads_back_as_it_was_sent() {
    let text = serde_json::json!({
        "key": Id::default(), "checklist": "safety", "inspected_at": NOW, "items": [{ "item": "fire_lane", "outcome": "pass" }],
    });
    let read: BatchResultIn = serde_json::from_value(text).unwrap();
    let again: BatchResultIn = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), serde_json::to_string(&again).unwrap());
}

fn code<T>(answer: Result<T, Problem>) -> Option<Code> {
    answer.err().map(|problem| problem.code)
}

fn codes(check: impl FnOnce(&mut Vec<InputError>)) -> Vec<&'static str> {
    let mut faults = Vec::new();
    check(&mut faults);
    faults.into_iter().map(|fault| fault.code).collect()
}

#[test]
fn an_office_gives_its_part_once_while_the_inspection_is_open() {
    assert_eq!((code(may_submit(true)), code(may_submit(false))), (None, Some(Code::Forbidden)));
    assert_eq!((code(may_cancel(true)), code(may_cancel(false))), (None, Some(Code::StateConflict)));
    for (inspection_is_open, part_is_planned, refused) in
        [(true, true, None), (true, false, Some(Code::StateConflict)), (false, true, Some(Code::StateConflict))]
    {
        assert_eq!(code(require_open_part(inspection_is_open, part_is_planned)), refused);
        let found = codes(|faults| check_planned("/x", inspection_is_open, Some(part_is_planned), faults));
        assert_eq!(found.is_empty(), refused.is_none());
    }
    assert_eq!(codes(|faults| check_planned("/x", true, None, faults)), ["wrong_party"]);
    let own = |checklist| codes(|faults| check_own_checklist(["safety"].into_iter(), checklist, faults));
    assert!(own("safety").is_empty());
    assert_eq!(own("general"), ["wrong_party"]);
    // An unknown checklist is reported once.
    let mut told = vec![InputError::new("/checklist", "unknown_value", "", "")];
    check_own_checklist(["safety"].into_iter(), "general", &mut told);
    assert_eq!(told.len(), 1);
}

#[test]
fn a_result_goes_to_an_inspection_or_to_a_complex() {
    let (visit, complex) = (Id::new(), Id::new());
    for (inspection, place, wanted, found) in [
        (Some(visit), None, Some(Target::Planned(visit)), vec![]),
        (None, Some(complex), Some(Target::Unplanned(complex)), vec![]),
        (Some(visit), Some(complex), None, vec!["conflict"]),
        (None, None, None, vec!["required"]),
    ] {
        assert_eq!(codes(|faults| assert_eq!(target("/results/0", inspection, place, faults), wanted)), found);
    }
    for (role, fits) in [(Role::Community, true), (Role::PoliceStation, false), (Role::FireRescue, false)] {
        assert_eq!(codes(|faults| assert_eq!(check_unplanned("/x", role, faults), fits)).is_empty(), fits);
    }
    assert_eq!(key_reused(3).pointer, "/results/3/key");
}

#[test]
fn a_finding_is_reported_once_of_the_company_that_served() {
    let company = Some(Id::new());
    for (was_reported, company, refused) in
        [(false, company, None), (true, company, Some(Code::AlreadyExists)), (false, None, Some(Code::StateConflict))]
    {
        assert_eq!(code(may_report_finding(was_reported, company)), refused);
    }
    for (named, of_item, fits) in [(Some("a"), None, true), (None, Some("a"), true), (None, None, false)] {
        assert_eq!(codes(|faults| assert_eq!(check_act(named, of_item, faults), fits)).is_empty(), fits);
    }
}

#[test]
fn a_hazard_is_rectified_by_who_serves_and_followed_up_by_who_found_it() {
    assert_eq!(code(may_rectify(None)), Some(Code::Forbidden));
    assert_eq!(code(may_rectify(Some(Id::new()))), None);
    let found_by = (Role::Community, "640121102001");
    for (role, division, refused) in [
        (Role::Community, "640121102001", None),
        (Role::Community, "640121102002", Some(Code::Forbidden)),
        (Role::SocialAffairsOffice, "640121102", None),
        (Role::EnforcementOffice, "640121102", None),
        (Role::PoliceStation, "640121102", Some(Code::Forbidden)),
    ] {
        let caller = Caller { role, division: Some(division.to_owned()), ..Caller::program(instant(NOW)) };
        assert_eq!(code(may_follow_up(&caller, found_by)), refused, "{role:?} {division}");
    }
}

#[test]
fn a_hazard_gets_more_time_before_the_old_is_over() {
    use HazardState::*;
    let (due, late) = (day("2026-03-05"), day("2026-03-06"));
    for (state, today, refused) in [
        (Open, due, None),
        (Open, late, Some(Code::DeadlinePassed)),
        (Rectified, due, Some(Code::StateConflict)),
        (Closed, late, Some(Code::StateConflict)),
    ] {
        assert_eq!(code(may_extend(state, due, today)), refused, "{state:?}");
    }
    assert!(is_inspected(Role::PropertyCompany) && !is_inspected(Role::Community));
}
