//! Who may take which step in the case of a violation, and when. Pure.

use chrono::NaiveDate;

use super::model::{ViolationIn, ViolationState, names_an_organisation};
use crate::access::{Actor, Caller, Role};
use crate::input_error::InputError;
use crate::policy::model::{Act, ActSubject, PolicyDocument};
use crate::problem::{Code, Problem};
use crate::proceedings::rules::{conflict, require_answered, require_state};
use crate::words::days::chinese_day;

/// Only the lead office of the act and the social affairs office handle a case.
pub fn may_handle(role: Role, lead: Role) -> Result<(), Problem> {
    if role == Role::SocialAffairsOffice || role == lead {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(
        format!("该案件由该行为的牵头单位（{}）或者社会事务办公室办理。", lead.row().zh),
        format!("Only the lead office, {}, or the social affairs office may handle this case.", lead.code()),
    ))
}

/// A company may make a statement only in its own case, not in one that it reported about others.
pub fn may_make_statement(against_company: bool) -> Result<(), Problem> {
    if against_company {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail("贵企业不是该案件的当事人。", "This case is not against your company."))
}

/// A company may make a statement until the decision, and after an urgent decision that did not wait for the end of the
/// period.
pub fn may_be_heard(state: ViolationState, decided_urgently: bool) -> Result<(), Problem> {
    if state == ViolationState::Confirmed && decided_urgently {
        return Ok(());
    }
    require_state(state, &[ViolationState::Notified], ViolationState::label)
}

/// The notice and the decision are each delivered once.
pub fn may_deliver(state: ViolationState, undelivered: bool) -> Result<(), Problem> {
    require_state(state, &[ViolationState::Notified, ViolationState::Confirmed], ViolationState::label)?;
    if undelivered {
        Ok(())
    } else {
        Err(conflict("已送达，不得重复登记送达。", "The document has been delivered already."))
    }
}

/// Under the two-person rule, a person who found or reported a violation must not confirm it.
pub fn may_confirm(two_person_rule: bool, found_or_reported: bool) -> Result<(), Problem> {
    if two_person_rule && found_or_reported {
        let (zh, en) = (
            "发现人、上报人不得认定该违规行为，请由另一人认定。",
            "A person who found or reported the violation must not confirm it. Another person must confirm it.",
        );
        return Err(Problem::new(Code::SamePerson).detail(zh, en));
    }
    Ok(())
}

/// State of due process when a violation is to be confirmed.
pub struct DueProcessState {
    /// Last day for a statement; `None` if the notice was not delivered.
    pub last_day: Option<NaiveDate>,
    pub made: bool,
    pub answered: bool,
}

/// Requires a delivered notice, the end of the statement period and an answered statement. In urgent cases the period
/// need not end, but a notice is always required: a decision without one is void (Administrative Penalty Law 45, 62).
pub fn require_due_process(heard: &DueProcessState, urgent: bool, today: NaiveDate) -> Result<(), Problem> {
    let last = heard.last_day.ok_or_else(|| Problem::new(Code::NoticeNotDelivered))?;
    if urgent {
        return Ok(());
    }
    if today <= last {
        return Err(Problem::new(Code::StatementPeriodOpen).detail(
            format!(
                "陈述申辩期限至{}止，期满后方可决定。情况紧急、须提前决定的，请在 urgent_reason 中说明理由。",
                chinese_day(last)
            ),
            format!("The statement period lasts until {last}. Decide after it; if urgent, state urgent_reason."),
        ));
    }
    require_answered(heard.made, heard.answered)
}

/// The county authority decides appeals, never the person who confirmed. This system has no body above the county
/// authority: if that confirmed the violation, another person of it decides, and the decision records this.
pub fn may_decide_appeal(caller: &Caller, confirmed_by: Option<&Actor>) -> Result<(), Problem> {
    require_another_person(caller, confirmed_by)?;
    if caller.role == Role::CountyAuthority {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail("申诉由县级物业主管部门决定。", "The county authority decides appeals."))
}

/// A revocation without an appeal needs a role above the one that confirmed, and another person.
pub fn may_revoke(caller: &Caller, confirmed_by: Option<&Actor>) -> Result<(), Problem> {
    require_another_person(caller, confirmed_by)?;
    if confirmed_by.is_some_and(|by| caller.role.rank() <= by.role.rank()) {
        let (zh, en) =
            ("须由作出认定的单位的上级单位决定。", "An office above the one that confirmed the violation must decide.");
        return Err(Problem::new(Code::Forbidden).detail(zh, en));
    }
    Ok(())
}

fn require_another_person(caller: &Caller, confirmed_by: Option<&Actor>) -> Result<(), Problem> {
    if confirmed_by.is_some_and(|by| caller.is(by)) {
        let (zh, en) = (
            "认定人不得就本人作出的认定决定申诉或者撤销，请由另一人决定。",
            "A person must not decide on their own confirmation. Another person must decide.",
        );
        return Err(Problem::new(Code::SamePerson).detail(zh, en));
    }
    Ok(())
}

/// A policy must have been in force on the day found, and it must contain the act.
pub fn check_act(in_force: bool, act_known: bool, faults: &mut Vec<InputError>) {
    if !in_force {
        let (zh, en) = ("发现日期当日尚无施行的政策", "no policy was in force on the day found");
        faults.push(InputError::new("/found_on", "before_start", zh, en));
    }
    if !act_known {
        let (zh, en) = ("发现日期当日施行的政策中没有此行为", "the policy in force on the day found has no such act");
        faults.push(InputError::new("/act", "not_in_policy", zh, en));
    }
}

pub fn check_found_on(found_on: NaiveDate, today: NaiveDate, faults: &mut Vec<InputError>) {
    if found_on > today {
        faults.push(InputError::new("/found_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    }
}

/// What the caller may know about the company named in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Nobody,
    /// A company that is not visible to the caller.
    Unknown,
    /// A company that had not served the named complex by the day found.
    NotServing,
    Serving,
}

/// An act of companies must name a company; any other act must not.
pub fn check_company(of_company: bool, named: Named, faults: &mut Vec<InputError>) {
    let (pointer, code, zh, en) = match (named, of_company) {
        (Named::Serving, true) | (Named::Nobody, false) => return,
        (Named::NotServing, true) => {
            let (zh, en) =
                ("该企业在发现日期前未服务过此小区", "the company had not served this complex by the day found");
            ("/complex_id", "not_serving", zh, en)
        }
        (Named::Unknown, true) => (
            "/company_id",
            "unknown_reference",
            "企业不存在，或者不在您的辖区内服务",
            "unknown company, or not serving in your territory",
        ),
        (Named::Nobody, true) => {
            let (zh, en) = (
                "此行为的主体为物业服务企业，须填写企业",
                "this is an act of a property service company; name the company",
            );
            ("/company_id", "required", zh, en)
        }
        (_, false) => (
            "/company_id",
            "wrong_subject",
            "此行为的主体不是物业服务企业，不得填写企业",
            "this is not an act of a property service company; leave the company out",
        ),
    };
    faults.push(InputError::new(pointer, code, zh, en));
}

/// Checks which subject may be named and whose acts the caller may report.
pub fn check_subject(caller: Role, input: &ViolationIn, subject: ActSubject, faults: &mut Vec<InputError>) {
    if input.subject_name.is_some() && !names_an_organisation(subject) {
        let (zh, en) = ("只填写单位名称，不得填写自然人姓名", "name an organisation only, not a person");
        faults.push(InputError::new("/subject_name", "wrong_subject", zh, en));
    }
    let reportable = matches!(subject, ActSubject::Resident | ActSubject::Business);
    if caller == Role::PropertyCompany && !reportable {
        let (zh, en) = (
            "物业服务企业只能上报业主、物业使用人和生产经营单位的行为（《民法典》第九百四十二条）",
            "a company may report acts of residents and businesses only (article 942 of the Civil Code)",
        );
        faults.push(InputError::new("/act", "wrong_subject", zh, en));
    }
    if input.stopped_and_reported && caller != Role::PropertyCompany {
        let (zh, en) = ("只有上报的物业服务企业可以填写", "only the reporting company may state this");
        faults.push(InputError::new("/stopped_and_reported", "conflict", zh, en));
    }
}

/// A point is not needed where a complex is named, because the complex has one.
pub fn needless_point(input: &ViolationIn) -> Option<InputError> {
    let needless = input.complex_id.is_some() && input.division.is_none() && input.point.is_some();
    needless.then(|| {
        InputError::new(
            "/point",
            "conflict",
            "已填写小区的，不得填写坐标",
            "leave the point out if you name the complex",
        )
    })
}

/// Acts under which the same fact must not be recorded again: the act itself, the acts that it overlaps with, and the
/// acts that name it.
pub fn overlapping(acts: &[Act], own: &str) -> Vec<String> {
    let named: Vec<&String> = acts.iter().filter(|act| act.code == own).flat_map(|act| &act.overlaps).collect();
    acts.iter()
        .filter(|other| {
            other.code == own || named.contains(&&other.code) || other.overlaps.iter().any(|code| code == own)
        })
        .map(|act| act.code.clone())
        .collect()
}

/// The nine prohibitions take precedence over other acts.
fn comes_first<'a>(known: &'a str, overlapping: &'a [String]) -> &'a str {
    overlapping.iter().find(|code| code.starts_with("nine.")).map_or(known, String::as_str)
}

/// The problem for a fact that is already recorded under the act `known`, with the titles of the acts from the policy.
pub fn same_fact(known: &str, overlapping: &[String], policy: &PolicyDocument) -> Problem {
    let titles = |code: &str| match policy.act(code) {
        Some(act) => (act.title_zh.clone(), format!("{} ({code})", act.title_en)),
        None => (code.to_owned(), code.to_owned()),
    };
    let (known_zh, known_en) = titles(known);
    let (offered_zh, offered_en) = titles(comes_first(known, overlapping));
    Problem::new(Code::OverlappingViolation).detail(
        format!(
            "同一企业、同一小区、同一日期的行为已按“{known_zh}”上报。优先适用“{offered_zh}”；如系另一事实，请在 \
             distinct_fact_reason 中说明理由。"
        ),
        format!(
            "The same company, complex and day are recorded under {known_en}. {offered_en} takes precedence; if it is \
             another fact, state why in distinct_fact_reason."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::language::Language;
    use crate::policy::versions::built_in;
    use ViolationState::*;

    fn code(result: Result<(), Problem>) -> Option<Code> {
        result.err().map(|problem| problem.code)
    }

    fn actor(sub: &str, role: Role) -> Actor {
        Actor { iss: "https://id.example".into(), sub: sub.into(), role, division: None }
    }

    fn caller(sub: &str, role: Role) -> Caller {
        Caller::acting(&actor(sub, role), None)
    }

    #[test]
    fn the_leading_office_and_the_social_affairs_office_handle_a_case() {
        let lead = Role::EnforcementOffice;
        assert_eq!(code(may_handle(Role::SocialAffairsOffice, lead)), None);
        assert_eq!(code(may_handle(lead, lead)), None);
        assert_eq!(code(may_handle(Role::Community, lead)), Some(Code::Forbidden));
        let refused = may_handle(Role::Community, lead).unwrap_err().body(Language::Zh, None);
        assert!(refused.detail.unwrap().contains(lead.row().zh));
        assert_eq!(code(may_make_statement(false)), Some(Code::Forbidden));
        assert_eq!(code(may_make_statement(true)), None);
    }

    #[test]
    fn a_company_is_heard_before_the_decision_and_after_an_urgent_one() {
        for (state, urgent, expected) in [
            (Notified, false, None),
            (Confirmed, true, None),
            (Confirmed, false, Some(Code::StateConflict)),
            (Reported, false, Some(Code::StateConflict)),
            (Appealed, true, Some(Code::StateConflict)),
        ] {
            assert_eq!(code(may_be_heard(state, urgent)), expected, "{state:?} {urgent}");
        }
        assert_eq!(code(may_deliver(Confirmed, true)), None);
        assert_eq!(code(may_deliver(Confirmed, false)), Some(Code::StateConflict));
        assert_eq!(code(may_deliver(Appealed, true)), Some(Code::StateConflict));
    }

    #[test]
    fn a_confirmation_waits_for_notice_period_and_answer_unless_it_is_urgent() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let heard = |served: bool, made, answered| DueProcessState {
            last_day: served.then(|| day("2026-03-05")),
            made,
            answered,
        };
        for (heard, urgent, today, expected) in [
            (heard(false, false, false), true, "2026-03-09", Some(Code::NoticeNotDelivered)),
            (heard(true, false, false), false, "2026-03-05", Some(Code::StatementPeriodOpen)),
            (heard(true, false, false), true, "2026-03-05", None),
            (heard(true, false, false), false, "2026-03-06", None),
            (heard(true, true, false), false, "2026-03-06", Some(Code::StatementUnanswered)),
            (heard(true, true, true), false, "2026-03-06", None),
        ] {
            assert_eq!(code(require_due_process(&heard, urgent, day(today))), expected, "{today} {urgent}");
        }
        assert_eq!(code(may_confirm(true, true)), Some(Code::SamePerson));
        assert_eq!(code(may_confirm(false, true)), None);
        assert_eq!(code(may_confirm(true, false)), None);
    }

    #[test]
    fn a_decision_is_reviewed_by_another_person_above() {
        let by = actor("a", Role::SocialAffairsOffice);
        for (sub, role, appeal, revocation) in [
            ("a", Role::CountyAuthority, Some(Code::SamePerson), Some(Code::SamePerson)),
            ("b", Role::CountyAuthority, None, None),
            ("b", Role::TownshipLeader, Some(Code::Forbidden), None),
            ("b", Role::SocialAffairsOffice, Some(Code::Forbidden), Some(Code::Forbidden)),
        ] {
            let caller = caller(sub, role);
            assert_eq!(code(may_decide_appeal(&caller, Some(&by))), appeal, "{sub} {role:?}");
            assert_eq!(code(may_revoke(&caller, Some(&by))), revocation, "{sub} {role:?}");
        }
    }

    #[test]
    fn an_act_of_companies_names_one_that_served_there() {
        for (of_company, named, expected) in [
            (true, Named::Serving, None),
            (true, Named::NotServing, Some("not_serving")),
            (true, Named::Unknown, Some("unknown_reference")),
            (true, Named::Nobody, Some("required")),
            (false, Named::Nobody, None),
            (false, Named::Serving, Some("wrong_subject")),
        ] {
            let mut faults = Vec::new();
            check_company(of_company, named, &mut faults);
            assert_eq!(faults.first().map(|fault| fault.code), expected, "{of_company} {named:?}");
        }
    }

    #[test]
    fn the_nine_prohibitions_come_first_where_acts_overlap() {
        let acts = ["other.fee".to_owned(), "nine.coercive_collection".to_owned()];
        assert_eq!(comes_first("other.fee", &acts), "nine.coercive_collection");
        assert_eq!(comes_first("other.fee", &acts[..1]), "other.fee");
        let problem = same_fact("other.fee", &acts, built_in());
        assert_eq!(problem.code, Code::OverlappingViolation);
        let act = built_in().act(&acts[1]).unwrap();
        let detail = problem.body(Language::Zh, None).detail.unwrap();
        assert!(
            detail.contains("“other.fee”") && detail.contains(&act.title_zh) && !detail.contains("nine."),
            "{detail}"
        );
    }
}
