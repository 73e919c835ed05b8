use super::*;
use crate::access::Actor;
use crate::db::{Id, Instant, Json};
use crate::points::Points;
use crate::ratings::model::{CycleKind, CycleState};
use crate::ratings::rows::Sheet;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn actor(sub: &str) -> Actor {
    Actor { iss: "urn:test".into(), sub: sub.into(), role: Role::SocialAffairsOffice, division: None }
}

fn caller(sub: &str) -> Caller {
    Caller::acting(&actor(sub), None)
}

fn cycle() -> CycleRow {
    CycleRow {
        id: Id::new(),
        version: 1,
        name: "评定".into(),
        kind: CycleKind::HalfYear,
        county: "640121".into(),
        township: String::new(),
        period_from: day("2026-01-01"),
        period_to: day("2026-06-30"),
        opens_on: day("2026-06-15"),
        closes_on: day("2026-07-31"),
        policy_version: 1,
        state: CycleState::Open,
        published_on: None,
        bulk: Json(None),
        created_by: Json(actor("leader")),
        created_at: Instant::now(),
        updated_at: Instant::now(),
    }
}

fn rating(state: RatingState) -> RatingRow {
    RatingRow {
        id: Id::new(),
        version: 1,
        cycle_id: Id::new(),
        complex_id: Id::new(),
        company_id: Id::new(),
        county: "640121".into(),
        township: "640121102".into(),
        community: "640121102001".into(),
        state,
        shared: false,
        is_current: false,
        pending: false,
        total: None,
        raw_star: None,
        final_star: None,
        objections_open: 0,
        period_from: day("2026-01-01"),
        period_to: day("2026-06-30"),
        announced_on: None,
        announcement_ends_on: None,
        published_on: None,
        superseded_on: None,
        withdrawn_on: None,
        focus_since: None,
        corrects: None,
        policy_version: 1,
        created_at: Instant::now(),
        updated_at: Instant::now(),
    }
}

fn scored_by(sub: &str) -> ContentRow {
    let sheet = Sheet {
        rater: Rater::Owners,
        items: Vec::new(),
        satisfaction: Some(Points::whole(80)),
        respondents: Some(100),
        vetoes: Vec::new(),
        bonus: Vec::new(),
        evidence: Vec::new(),
        at: Instant::now(),
        by: actor(sub),
    };
    ContentRow {
        rating_id: Id::new(),
        sheets: Json(vec![sheet]),
        proceedings: Json(Proceedings::default()),
        stars: Json(Vec::new()),
    }
}

fn review(outcome: RatingReviewOutcome) -> Review {
    Review { outcome, reasons: None, at: Instant::now(), by: actor("reviewer") }
}

fn objection(decided: Option<ObjectionOutcome>) -> Objection {
    let decision =
        |outcome| ObjectionDecision { outcome, reasons: "理由".into(), at: Instant::now(), by: actor("decider") };
    Objection {
        id: Id::new(),
        objector: Objector::Company,
        text: "异议".into(),
        evidence: Vec::new(),
        at: Instant::now(),
        by: actor("objector"),
        decision: decided.map(decision),
    }
}

fn code(result: Result<(), Problem>) -> Option<Code> {
    result.err().map(|problem| problem.code)
}

#[test]
fn each_sheet_has_its_office() {
    for (role, sheets) in [
        (Role::SocialAffairsOffice, &[Rater::Office, Rater::Owners] as &[_]),
        (Role::EnforcementOffice, &[Rater::Office, Rater::Owners]),
        (Role::Community, &[Rater::Community, Rater::Owners]),
        (Role::PropertyCompany, &[]),
    ] {
        assert_eq!(raters_of(role), sheets);
    }
    for (answered, all, good) in
        [(Some(100), Some(100), true), (Some(101), Some(100), false), (Some(101), None, true), (None, Some(1), true)]
    {
        let mut faults = Vec::new();
        check_respondents(answered, all, &mut faults);
        assert_eq!(faults.is_empty(), good, "{answered:?} of {all:?}");
    }
}

#[test]
fn scores_come_between_the_days_of_the_cycle_or_once_more() {
    let fresh = Proceedings::default();
    let returned = Proceedings { review: Some(review(RatingReviewOutcome::Returned)), ..Proceedings::default() };
    let confirmed = Proceedings { review: Some(review(RatingReviewOutcome::Confirmed)), ..Proceedings::default() };
    let objected = |outcome| Proceedings { objections: vec![objection(Some(outcome))], ..Proceedings::default() };
    let (sustained, dismissed) = (objected(ObjectionOutcome::Sustained), objected(ObjectionOutcome::Dismissed));
    let may = |steps: &Proceedings, today| code(may_score(&cycle(), &rating(RatingState::Draft), steps, day(today)));
    assert_eq!(may(&fresh, "2026-06-14"), Some(Code::StateConflict));
    assert_eq!(may(&fresh, "2026-06-15"), None);
    assert_eq!(may(&fresh, "2026-07-31"), None);
    for (steps, late) in [
        (&fresh, Some(Code::DeadlinePassed)),
        (&confirmed, Some(Code::DeadlinePassed)),
        (&dismissed, Some(Code::DeadlinePassed)),
        (&returned, None),
        (&sustained, None),
    ] {
        assert_eq!(may(steps, "2026-08-01"), late, "{steps:?}");
    }
    let correction = RatingRow { corrects: Some(Id::new()), ..rating(RatingState::Draft) };
    assert!(may_score(&cycle(), &correction, &fresh, day("2026-08-01")).is_ok());
    let cancelled = CycleRow { state: CycleState::Cancelled, ..cycle() };
    assert!(may_score(&cancelled, &rating(RatingState::Draft), &fresh, day("2026-07-01")).is_err());
}

#[test]
fn a_review_is_another_persons_and_a_return_has_reasons() {
    assert!(may_review(false).is_ok());
    assert_eq!(code(may_review(true)), Some(Code::SamePerson));
    for (outcome, reasons, good) in [
        (RatingReviewOutcome::Returned, None, false),
        (RatingReviewOutcome::Returned, Some("缺证据"), true),
        (RatingReviewOutcome::Confirmed, None, true),
    ] {
        let mut faults = Vec::new();
        check_review(&RatingReviewIn { outcome, reasons: reasons.map(str::to_owned) }, &mut faults);
        assert_eq!(faults.is_empty(), good);
    }
}

#[test]
fn the_owners_object_through_their_community_and_name_nobody() {
    for (role, owners, text, faulty) in [
        (Role::Community, true, "楼道未清扫", vec![]),
        (Role::PropertyCompany, true, "楼道未清扫", vec!["/on_behalf_of_owners"]),
        (Role::Community, true, "电话13812345678", vec!["/text"]),
        (Role::PropertyCompany, false, "电话13812345678", vec![]),
    ] {
        let mut faults = Vec::new();
        check_objection(role, owners, text, &mut faults);
        assert_eq!(faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>(), faulty);
    }
    for (role, owners, is) in [
        (Role::PropertyCompany, false, Objector::Company),
        (Role::ComplexCommittee, false, Objector::Committee),
        (Role::Community, false, Objector::Community),
        (Role::Community, true, Objector::Owners),
    ] {
        assert_eq!(objector(role, owners), is);
    }
    assert!(may_object(MOST_OBJECTIONS - 1).is_ok() && may_object(MOST_OBJECTIONS).is_err());
    assert!(may_reply(false).is_ok() && may_reply(true).is_err());
}

#[test]
fn an_objection_is_decided_once_and_by_another_person() {
    let review = review(RatingReviewOutcome::Confirmed);
    let decide =
        |who, decided, scored| code(may_decide_objection(&caller(who), &objection(decided), scored, Some(&review)));
    assert_eq!(decide("leader", None, false), None);
    assert_eq!(decide("leader", None, true), Some(Code::SamePerson));
    assert_eq!(decide("reviewer", None, false), Some(Code::SamePerson));
    assert_eq!(decide("leader", Some(ObjectionOutcome::Dismissed), false), Some(Code::StateConflict));
}

#[test]
fn published_is_what_was_public_long_enough() {
    let announced = |last: &str, objections_open| RatingRow {
        announcement_ends_on: Some(day(last)),
        objections_open,
        ..rating(RatingState::Announced)
    };
    let today = day("2026-08-10");
    assert_eq!(code(may_publish(&announced("2026-08-09", 0), today)), None);
    assert_eq!(code(may_publish(&announced("2026-08-10", 0), today)), Some(Code::AnnouncementOpen));
    assert_eq!(code(may_publish(&announced("2026-08-09", 1), today)), Some(Code::ObjectionOpen));
    assert_eq!(code(may_publish(&rating(RatingState::Reviewed), today)), Some(Code::StateConflict));
}

#[test]
fn what_was_published_is_withdrawn_by_somebody_who_did_not_score() {
    let published = RatingRow { published_on: Some(day("2026-08-10")), ..rating(RatingState::Published) };
    let withdraw = |row: &RatingRow, who| code(may_withdraw(row, &scored_by("scorer"), &caller(who)));
    assert_eq!(withdraw(&published, "leader"), None);
    assert_eq!(withdraw(&published, "scorer"), Some(Code::SamePerson));
    assert_eq!(withdraw(&rating(RatingState::Scored), "scorer"), None);
    assert_eq!(withdraw(&rating(RatingState::Withdrawn), "leader"), Some(Code::StateConflict));
    let pending = RatingRow { pending: true, ..published.clone() };
    assert_eq!(withdraw(&pending, "leader"), Some(Code::StateConflict));
    let disputed = RatingRow { objections_open: 1, ..rating(RatingState::Announced) };
    assert_eq!(withdraw(&disputed, "leader"), Some(Code::ObjectionOpen));
}
