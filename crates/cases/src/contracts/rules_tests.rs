use proptest::prelude::*;

use super::*;
use crate::proceedings::model::Evidence;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules() -> ContractRules {
    ContractRules {
        owners_termination_notice_days: 60,
        nonrenewal_notice_days: 90,
        handover_days: 15,
        handover_confirmation_working_days: 5,
        review_working_days: 10,
    }
}

fn document() -> Vec<Evidence> {
    vec![Evidence { title: "决议".into(), text: Some("同意".into()), url: None, attachment_id: None }]
}

fn termination(ground: TerminationGround, notice: Option<&str>, last: &str) -> TerminationIn {
    TerminationIn {
        ground,
        notice_given_on: notice.map(day),
        last_day: day(last),
        reasons: "测试".into(),
        evidence: document(),
    }
}

fn codes(term: Term, input: &TerminationIn) -> Vec<(String, &'static str)> {
    check_termination(&term, input, &rules(), day("2026-03-02")).into_iter().map(|f| (f.pointer, f.code)).collect()
}

#[test]
fn notice_is_sixty_days_or_ninety_or_what_the_contract_agrees_on() {
    let term = Term {
        from: day("2025-01-01"),
        to: Some(day("2027-12-31")),
        agreed_notice_days: None,
        agreed_nonrenewal_notice_days: None,
    };
    let vote = |notice, last| codes(term, &termination(TerminationGround::OwnersVote, notice, last));
    assert_eq!(vote(Some("2026-03-02"), "2026-05-01"), []);
    assert_eq!(vote(Some("2026-03-02"), "2026-04-30"), [("/last_day".to_owned(), "notice_too_short")]);
    assert_eq!(vote(None, "2026-05-01"), [("/notice_given_on".to_owned(), "required")]);
    let agreed = Term { agreed_notice_days: Some(30), ..term };
    assert_eq!(codes(agreed, &termination(TerminationGround::OwnersVote, Some("2026-03-02"), "2026-04-01")), []);

    // `notice` applies to indefinite contracts only.
    let indefinite = Term { to: None, ..term };
    assert_eq!(codes(indefinite, &termination(TerminationGround::Notice, Some("2026-03-02"), "2026-05-01")), []);
    assert_eq!(
        codes(term, &termination(TerminationGround::Notice, Some("2026-03-02"), "2026-05-01")),
        [("/ground".to_owned(), "conflict")]
    );
    // Non-renewal needs ninety days of notice before the end of the term, and the company serves until then.
    let ends_soon = Term { to: Some(day("2026-05-31")), ..term };
    let declined = |last| codes(ends_soon, &termination(TerminationGround::DeclinedRenewal, Some("2026-03-02"), last));
    assert_eq!(declined("2026-05-31"), []);
    assert_eq!(
        declined("2026-05-01"),
        [("/last_day".to_owned(), "conflict"), ("/last_day".to_owned(), "notice_too_short")]
    );
    let too_late = Term { to: Some(day("2026-05-30")), ..term };
    assert_eq!(
        codes(too_late, &termination(TerminationGround::DeclinedRenewal, Some("2026-03-02"), "2026-05-30")),
        [("/last_day".to_owned(), "notice_too_short")]
    );
    let agreed = Term { agreed_nonrenewal_notice_days: Some(60), ..too_late };
    assert_eq!(codes(agreed, &termination(TerminationGround::DeclinedRenewal, Some("2026-03-02"), "2026-05-30")), []);
    assert_eq!(
        codes(term, &termination(TerminationGround::Succession, None, "2026-05-01")),
        [("/ground".to_owned(), "conflict")]
    );
}

#[test]
fn a_preliminary_contract_gives_way_to_the_owners_own_and_nothing_else_does() {
    let span = |id: u128, company: u128, regular, filed, from: &str, last: Option<&str>| Span {
        id: Id(uuid::Uuid::from_u128(id)),
        company: Id(uuid::Uuid::from_u128(company)),
        regular,
        filed,
        from: day(from),
        last: last.map(day),
        serves_until: last.map(day),
    };
    let new = span(9, 2, true, true, "2026-04-01", None);
    let preliminary = span(1, 1, false, true, "2020-01-01", None);
    assert_eq!(succession(&new, &[preliminary]), Ok(vec![Supersession::Ends(preliminary.id, day("2026-03-31"))]));
    let regular = span(1, 1, true, true, "2020-01-01", None);
    assert_eq!(succession(&new, &[regular]), Err(regular));
    assert_eq!(may_take_place(&new, &[regular]).unwrap_err().code, Code::ContractOverlaps);
    // A filing does not supersede an office's record of another company: that contract must be terminated first.
    let record = span(1, 1, true, false, "2020-01-01", None);
    assert_eq!(succession(&new, &[record]), Err(record));
    let own = span(1, 2, true, false, "2020-01-01", None);
    assert_eq!(succession(&new, &[own]), Ok(vec![Supersession::Ends(own.id, day("2026-03-31"))]));
    let same = span(1, 2, true, false, "2026-04-01", None);
    assert_eq!(succession(&new, &[same]), Ok(vec![Supersession::Replaced(same.id)]));
    let mut interim = span(1, 1, true, true, "2020-01-01", Some("2026-01-31"));
    interim.serves_until = None;
    assert_eq!(succession(&new, &[interim]), Ok(vec![Supersession::InterimEnds(interim.id, day("2026-03-31"))]));
    assert!(is_new_complex(&new, &[preliminary, interim]));
    assert!(!is_new_complex(&new, &[own]));
    // A contract after years without service is not a renewal.
    assert!(is_new_complex(&new, &[span(1, 2, true, true, "2015-01-01", Some("2018-12-31"))]));
    assert!(!is_new_complex(&new, &[span(1, 2, true, true, "2023-04-01", Some("2026-03-31"))]));
}

#[test]
fn a_hand_over_is_done_when_everything_was_received() {
    let handed = |item, received: Option<&str>| HandoverStep {
        item,
        handed_over_on: Some(day("2026-05-01")),
        recorded_on: Some(day("2026-05-01")),
        received_on: received.map(day),
        receiver: None,
        note: None,
        evidence: Vec::new(),
    };
    let mut all: Vec<HandoverStep> = HandoverItem::ALL.iter().map(|item| handed(*item, Some("2026-05-03"))).collect();
    all[2].received_on = Some(day("2026-05-09"));
    assert_eq!(handover_done(&all), Some(day("2026-05-09")));
    all[4].received_on = None;
    assert_eq!(handover_done(&all), None);
    assert_eq!(handover_done(&all[..5]), None);
    let span = |id: u128, company: u128, from: &str, until: Option<&str>| Span {
        id: Id(uuid::Uuid::from_u128(id)),
        company: Id(uuid::Uuid::from_u128(company)),
        regular: true,
        filed: true,
        from: day(from),
        last: until.map(day),
        serves_until: until.map(day),
    };
    let ends = span(1, 1, "2025-01-01", Some("2026-05-01"));
    let due = |others: &[Span]| handover_due(&ends, others, &rules());
    assert_eq!(due(&[ends]), Some(day("2026-05-16")));
    assert_eq!(due(&[span(2, 2, "2026-05-02", None)]), Some(day("2026-05-16")), "another company follows");
    assert_eq!(due(&[span(2, 1, "2026-05-02", Some("2027-05-01"))]), None, "its own renewal follows");
    assert_eq!(due(&[span(2, 1, "2026-05-03", None)]), Some(day("2026-05-16")), "a day without service");
    assert_eq!(handover_due(&span(1, 1, "2025-01-01", None), &[], &rules()), None, "open service is never late");
}

prop_compose! {
    fn a_span(id: u128)(company in 0u128..3, regular: bool, filed: bool, from in 0i64..400, days in prop::option::of(0i64..200),
        interim in prop::option::of(prop::option::of(1i64..100))) -> Span {
        let start = day("2026-01-01");
        let from = start + chrono::TimeDelta::days(from);
        let last = days.map(|days| from + chrono::TimeDelta::days(days));
        let serves_until = match (last, interim) {
            (Some(last), Some(more)) => more.map(|more| last + chrono::TimeDelta::days(more)),
            _ => last,
        };
        Span {
            id: Id(uuid::Uuid::from_u128(id)), company: Id(uuid::Uuid::from_u128(company)), regular, filed, from, last,
            serves_until,
        }
    }
}

proptest! {
    /// In whatever order contracts arrive, no two of them govern on the same day.
    #[test]
    fn one_contract_at_a_time_says_who_serves(news in prop::collection::vec(a_span(0), 1..8)) {
        let mut counting: Vec<Span> = Vec::new();
        for (at, new) in news.into_iter().enumerate() {
            let new = Span { id: Id(uuid::Uuid::from_u128(at as u128 + 1)), ..new };
            let Ok(way) = succession(&new, &counting) else { continue };
            for one in way {
                match one {
                    Supersession::Replaced(id) => counting.retain(|other| other.id != id),
                    Supersession::Ends(id, last) => {
                        let other = counting.iter_mut().find(|other| other.id == id).unwrap();
                        (other.last, other.serves_until) = (Some(last), Some(last));
                    }
                    Supersession::InterimEnds(id, last) => {
                        let other = counting.iter_mut().find(|other| other.id == id).unwrap();
                        other.serves_until = Some(last);
                    }
                }
            }
            counting.push(new);
            for (at, one) in counting.iter().enumerate() {
                for two in &counting[at + 1..] {
                    prop_assert!(!one.overlaps(two), "{one:?} and {two:?}");
                }
            }
        }
    }

    #[test]
    fn no_ending_that_is_accepted_shortens_the_notice(given in 0i64..400, last in 0i64..500, agreed in prop::option::of(1u32..120)) {
        let start = day("2025-01-01");
        let term = Term { from: start, to: Some(day("2030-12-31")), agreed_notice_days: agreed, agreed_nonrenewal_notice_days: None };
        let input = TerminationIn {
            ground: TerminationGround::OwnersVote,
            notice_given_on: Some(start + chrono::TimeDelta::days(given)),
            last_day: start + chrono::TimeDelta::days(last),
            reasons: "测试".into(),
            evidence: document(),
        };
        let faults = check_termination(&term, &input, &rules(), day("2026-03-02"));
        if faults.is_empty() {
            prop_assert!(last - given >= i64::from(agreed.unwrap_or(60)));
        }
    }
}
