//! Who may take which step of a measure, and when. Pure.

use chrono::NaiveDate;

use super::model::{CompletionIn, MeasureRow};
use crate::access::{Actor, Caller, Role};
use crate::db::Id;
use crate::input_error::InputError;
use crate::policy::model::MeasureKind;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::{conflict, require_answered};
use crate::standing::model::{MeasureState, Withdrawal};
use crate::words::days::chinese_day;

/// Task of the action plan that the ladder belongs to. A township leader approves only measures of tasks in their
/// charge.
const LADDER_TASK: u8 = 2;

/// The responsible office of a measure.
#[derive(Clone, Copy, Debug)]
pub struct ResponsibleOffice<'a> {
    pub role: Role,
    pub division: &'a str,
    /// Township of the measure; empty for a measure of the county.
    pub township: &'a str,
}

impl<'a> From<&'a MeasureRow> for ResponsibleOffice<'a> {
    fn from(row: &'a MeasureRow) -> ResponsibleOffice<'a> {
        ResponsibleOffice { role: row.office_role, division: &row.office_division, township: &row.township }
    }
}

/// The responsible office handles a measure. The social affairs office of its township may, too, except for referrals.
pub fn may_handle(caller: &Caller, seat: ResponsibleOffice, kind: MeasureKind) -> Result<(), Problem> {
    let division = caller.division.as_deref().unwrap_or_default();
    let own = caller.role == seat.role && division == seat.division;
    let township = caller.role == Role::SocialAffairsOffice && !seat.township.is_empty() && division == seat.township;
    if own || (township && kind != MeasureKind::Referral) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(
        format!("该措施由责任单位（{}，行政区划代码{}）办理。", seat.role.row().zh, seat.division),
        format!("Only the responsible office, {} of {}, may take this step.", seat.role.code(), seat.division),
    ))
}

/// The role that the policy names decides, and a township leader only for a task in their charge.
pub fn may_decide(caller: &Caller, approver: Option<Role>) -> Result<(), Problem> {
    let Some(approver) = approver else {
        return Err(Problem::new(Code::Forbidden).detail("该措施不需审批。", "This measure needs no approval."));
    };
    if approver != caller.role {
        return Err(Problem::new(Code::Forbidden).detail(
            format!("您所任角色无权审批该措施，其审批人为{}。", approver.row().zh),
            format!("Your role does not approve this measure. Its approver is {}.", approver.code()),
        ));
    }
    if caller.role == Role::TownshipLeader && !caller.tasks.contains(&LADDER_TASK) {
        return Err(Problem::new(Code::Forbidden)
            .detail("该项任务（任务2）不由您分管。", "You are not the leader in charge of task 2."));
    }
    Ok(())
}

/// Under the two-person rule, the officer who gave the notice must not decide.
pub fn require_another_person(rule: bool, caller: &Caller, notifier: Option<&Actor>) -> Result<(), Problem> {
    if rule && notifier.is_some_and(|by| caller.is(by)) {
        return Err(Problem::new(Code::SamePerson).detail(
            "告知的经办人不得作出决定，请由另一人决定。",
            "The officer who gave the notice must not decide. Another person must decide.",
        ));
    }
    Ok(())
}

/// True if a ground named in the notice still applies. A later ground supports the measure, but the decision cannot
/// rest on it alone.
pub fn grounds_in_notice(notified: &[Id], grounds: &[Id]) -> bool {
    notified.iter().any(|one| grounds.contains(one))
}

/// A notice is given once, and again only if none of its grounds applies any more.
pub fn may_notify(notified: bool, stands: bool) -> Result<(), Problem> {
    if notified && stands {
        Err(conflict("已告知企业，不得重复告知。", "The company has been notified already."))
    } else {
        Ok(())
    }
}

pub fn may_deliver(notified: bool, delivered: bool) -> Result<(), Problem> {
    if notified && !delivered {
        return Ok(());
    }
    Err(conflict("没有待送达的告知书。", "There is no notice to deliver."))
}

/// The company may make a statement or request a hearing only after the notice.
pub fn may_be_heard(notified: bool) -> Result<(), Problem> {
    if notified { Ok(()) } else { Err(conflict("尚未告知企业。", "The company has not been notified.")) }
}

pub fn may_request_hearing(requested: bool) -> Result<(), Problem> {
    if requested {
        Err(conflict("已申请听证，不得重复申请。", "A hearing has been requested already."))
    } else {
        Ok(())
    }
}

pub fn may_hold_hearing(requested: bool, held: bool) -> Result<(), Problem> {
    if requested && !held {
        return Ok(());
    }
    Err(conflict("没有待举行的听证。", "There is no hearing to hold."))
}

pub fn check_hearing_day(held_on: NaiveDate, today: NaiveDate, faults: &mut Vec<InputError>) {
    if held_on > today {
        faults.push(InputError::new("/held_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    }
}

/// State of due process when an adverse measure is to be decided.
#[derive(Clone, Copy, Debug)]
pub struct DueProcessState {
    pub notified: bool,
    /// True if a ground named in the notice still applies.
    pub stands: bool,
    /// Last day for a statement and a hearing request; `None` if the notice was not delivered.
    pub last_day: Option<NaiveDate>,
    pub hearing_requested: bool,
    pub hearing_held: bool,
    pub statement_made: bool,
    pub statement_answered: bool,
}

/// An adverse measure is decided after the notice, the period for a statement and a hearing request, and the hearing if
/// one was requested.
pub fn require_due_process(heard: &DueProcessState, today: NaiveDate) -> Result<(), Problem> {
    let lacks = |zh: &str, en: &str| Err(Problem::new(Code::DueProcess).detail(zh, en));
    if !heard.notified {
        return lacks("尚未告知企业。请先告知。", "The company has not been notified. Notify it first.");
    }
    if !heard.stands {
        return lacks(
            "告知时的依据均已撤销。请重新告知。",
            "All grounds in the notice have been revoked. Notify the company again.",
        );
    }
    let Some(last) = heard.last_day else {
        return lacks("告知书尚未送达。请先送达。", "The notice has not been delivered. Deliver it first.");
    };
    if heard.hearing_requested && !heard.hearing_held {
        return lacks(
            "企业已申请听证，听证尚未举行。请先举行听证。",
            "The company requested a hearing, and it has not been held. Hold it first.",
        );
    }
    require_answered(heard.statement_made, heard.statement_answered)?;
    if today <= last {
        return lacks(
            &format!("陈述申辩和申请听证的期限至{}止，期满后方可决定。", chinese_day(last)),
            &format!("The company may make a statement and request a hearing until {last}. Decide after that day."),
        );
    }
    Ok(())
}

/// A kind that requires a legal basis cannot be approved while the policy names none.
pub fn require_legal_basis(kind: MeasureKind, basis: Option<&str>) -> Result<(), Problem> {
    if basis.is_some() {
        return Ok(());
    }
    Err(Problem::new(Code::LegalBasisMissing).detail(
        format!("现行政策未列明“{}”的法律依据。请先发布列明法律依据的政策版本。", kind.zh()),
        format!(
            "The policy in force names no legal basis for {}. Publish a policy version that names one first.",
            kind.code()
        ),
    ))
}

/// A lighter policy version or a change of facts may make a proposal no longer due.
pub fn require_still_due(withdrawal: Option<Withdrawal>) -> Result<(), Problem> {
    match withdrawal {
        Some(why) => Err(Problem::new(Code::NoLongerDue).detail(why.reason_zh, why.reason_en)),
        None => Ok(()),
    }
}

/// A measure is not completed while an appeal suspends it.
pub fn require_not_suspended(suspended_on: Option<NaiveDate>) -> Result<(), Problem> {
    let Some(since) = suspended_on else { return Ok(()) };
    Err(Problem::new(Code::AppealPending).detail(
        format!("因所依据的认定正在申诉，该措施自{}起中止执行。请待申诉决定后再办理。", chinese_day(since)),
        format!(
            "An appeal is pending, and the measure has been suspended since {since}. Wait for the appeal decision."
        ),
    ))
}

/// True if a step of this measure changes stars: a measure that lowers them, or the reversal of one. A removal and its
/// reversal change none, because stars call for removals and the circle must end.
pub fn lowers_stars(kind: MeasureKind, reversed: Option<MeasureKind>) -> bool {
    match kind {
        MeasureKind::Reversal => reversed.is_some_and(MeasureKind::lowers_stars),
        kind => kind.lowers_stars(),
    }
}

/// True if the measure is decided and its effect can still be paused.
pub fn can_be_suspended(state: MeasureState, kind: MeasureKind) -> bool {
    match state {
        MeasureState::Approved => true,
        // A completed removal has ended a contract, and its effect cannot be paused.
        MeasureState::Done => kind != MeasureKind::Removal,
        MeasureState::Proposed | MeasureState::Rejected | MeasureState::Cancelled => false,
    }
}

/// A measure is completed on or after the day of its creation, and a removal needs a termination ground with its
/// document.
pub fn check_completion(
    kind: MeasureKind,
    created_on: NaiveDate,
    today: NaiveDate,
    input: &CompletionIn,
    faults: &mut Vec<InputError>,
) {
    if input.completed_on > today {
        faults.push(InputError::new("/completed_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    } else if input.completed_on < created_on {
        let (zh, en) = ("不得早于措施作出之日", "must not be earlier than the measure");
        faults.push(InputError::new("/completed_on", "before_start", zh, en));
    }
    if kind == MeasureKind::Removal {
        if input.removal_ground.is_none() {
            let (zh, en) = ("须填写合同终止依据", "state the termination ground of the contract");
            faults.push(InputError::new("/removal_ground", "required", zh, en));
        }
        if input.evidence.is_empty() {
            let (zh, en) = ("须附终止依据的证明文件", "attach the document that proves the termination ground");
            faults.push(InputError::new("/evidence", "required", zh, en));
        }
    } else if input.removal_ground.is_some() {
        let (zh, en) = ("只有清退措施可以填写", "only allowed for a removal");
        faults.push(InputError::new("/removal_ground", "conflict", zh, en));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::language::Language;

    fn code(result: Result<(), Problem>) -> Option<Code> {
        result.err().map(|problem| problem.code)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn caller(sub: &str, role: Role, division: &str) -> Caller {
        let iss = "https://id.example".to_owned();
        Caller::acting(&Actor { iss, sub: sub.into(), role, division: Some(division.into()) }, None)
    }

    #[test]
    fn the_office_of_a_measure_carries_it_through_and_its_township_helps() {
        use Role::{CountyAuthority, EnforcementOffice, SocialAffairsOffice};
        let seat = ResponsibleOffice { role: EnforcementOffice, division: "640121102", township: "640121102" };
        for (role, division, kind, expected) in [
            (EnforcementOffice, "640121102", MeasureKind::RectificationOrder, None),
            (EnforcementOffice, "640121100", MeasureKind::RectificationOrder, Some(Code::Forbidden)),
            (SocialAffairsOffice, "640121102", MeasureKind::RectificationOrder, None),
            (SocialAffairsOffice, "640121102", MeasureKind::Referral, Some(Code::Forbidden)),
            (CountyAuthority, "640121", MeasureKind::Removal, Some(Code::Forbidden)),
        ] {
            let result = may_handle(&caller("a", role, division), seat, kind);
            assert_eq!(code(result), expected, "{role:?} {division} {kind:?}");
        }
        let other = caller("a", CountyAuthority, "640121");
        let refused = may_handle(&other, seat, MeasureKind::Removal).unwrap_err().body(Language::Zh, None);
        assert!(refused.detail.unwrap().contains(EnforcementOffice.row().zh));
    }

    #[test]
    fn the_named_role_decides_and_a_leader_only_in_their_charge() {
        let mut leader = caller("a", Role::TownshipLeader, "640121102");
        assert_eq!(code(may_decide(&leader, Some(Role::TownshipLeader))), Some(Code::Forbidden));
        leader.tasks.push(LADDER_TASK);
        assert_eq!(code(may_decide(&leader, Some(Role::TownshipLeader))), None);
        assert_eq!(code(may_decide(&leader, Some(Role::CountyAuthority))), Some(Code::Forbidden));
        assert_eq!(code(may_decide(&leader, None)), Some(Code::Forbidden));
        let refused = may_decide(&leader, Some(Role::CountyAuthority)).unwrap_err().body(Language::Zh, None);
        assert!(refused.detail.unwrap().contains(Role::CountyAuthority.row().zh));
    }

    #[test]
    fn whoever_gave_the_notice_does_not_decide() {
        let decides = caller("a", Role::CountyAuthority, "640121");
        let by = |sub: &str| Actor {
            iss: "https://id.example".into(),
            sub: sub.into(),
            role: Role::SocialAffairsOffice,
            division: None,
        };
        assert_eq!(code(require_another_person(true, &decides, Some(&by("a")))), Some(Code::SamePerson));
        assert_eq!(code(require_another_person(true, &decides, Some(&by("b")))), None);
        assert_eq!(code(require_another_person(false, &decides, Some(&by("a")))), None);
        assert_eq!(code(require_another_person(true, &decides, None)), None);
    }

    #[test]
    fn a_biting_measure_is_decided_after_every_step_of_due_process() {
        let through = DueProcessState {
            notified: true,
            stands: true,
            last_day: Some(day("2026-03-05")),
            hearing_requested: false,
            hearing_held: false,
            statement_made: false,
            statement_answered: false,
        };
        for (heard, today, expected) in [
            (through, "2026-03-06", None),
            (through, "2026-03-05", Some(Code::DueProcess)),
            (DueProcessState { notified: false, ..through }, "2026-03-06", Some(Code::DueProcess)),
            (DueProcessState { stands: false, ..through }, "2026-03-06", Some(Code::DueProcess)),
            (DueProcessState { last_day: None, ..through }, "2026-03-06", Some(Code::DueProcess)),
            (DueProcessState { hearing_requested: true, ..through }, "2026-03-06", Some(Code::DueProcess)),
            (DueProcessState { hearing_requested: true, hearing_held: true, ..through }, "2026-03-06", None),
            (DueProcessState { statement_made: true, ..through }, "2026-03-06", Some(Code::StatementUnanswered)),
            (DueProcessState { statement_made: true, statement_answered: true, ..through }, "2026-03-06", None),
        ] {
            assert_eq!(code(require_due_process(&heard, day(today))), expected, "{heard:?} {today}");
        }
    }

    #[test]
    fn a_notice_stands_on_a_ground_that_was_told() {
        let (one, other) = (Id::new(), Id::new());
        assert!(grounds_in_notice(&[one], &[other, one]));
        assert!(!grounds_in_notice(&[one], &[other]) && !grounds_in_notice(&[], &[other]));
        assert_eq!(code(may_notify(true, true)), Some(Code::StateConflict));
        assert_eq!(code(may_notify(true, false)), None);
        assert_eq!(code(may_notify(false, false)), None);
    }

    #[test]
    fn each_step_of_due_process_has_its_turn() {
        let conflict = Some(Code::StateConflict);
        assert_eq!((code(may_be_heard(false)), code(may_be_heard(true))), (conflict, None));
        assert_eq!((code(may_request_hearing(true)), code(may_request_hearing(false))), (conflict, None));
        for (first, second, expected) in [(false, false, conflict), (true, false, None), (true, true, conflict)] {
            assert_eq!(code(may_deliver(first, second)), expected);
            assert_eq!(code(may_hold_hearing(first, second)), expected);
        }
        assert_eq!(code(require_not_suspended(Some(day("2026-03-05")))), Some(Code::AppealPending));
        assert_eq!(code(require_legal_basis(MeasureKind::Blacklist, None)), Some(Code::LegalBasisMissing));
        assert!(can_be_suspended(MeasureState::Done, MeasureKind::Blacklist));
        assert!(!can_be_suspended(MeasureState::Done, MeasureKind::Removal));
        assert!(!can_be_suspended(MeasureState::Proposed, MeasureKind::Removal));
    }

    #[test]
    fn what_follows_from_stars_moves_none() {
        assert!(!lowers_stars(MeasureKind::Removal, None));
        assert!(!lowers_stars(MeasureKind::Reversal, Some(MeasureKind::Removal)));
        for kind in [MeasureKind::StarDowngrade, MeasureKind::RatingUnqualified] {
            assert!(lowers_stars(kind, None) && lowers_stars(MeasureKind::Reversal, Some(kind)), "{kind:?}");
        }
        assert_eq!(MeasureKind::ALL.iter().filter(|kind| lowers_stars(**kind, None)).count(), 2);
    }

    #[test]
    fn a_removal_is_carried_out_on_a_ground_with_its_document() {
        let faults = |kind, json: serde_json::Value| {
            let input: CompletionIn = serde_json::from_value(json).unwrap();
            let mut faults = Vec::new();
            check_completion(kind, day("2026-03-01"), day("2026-03-10"), &input, &mut faults);
            faults.iter().map(|fault| fault.code).collect::<Vec<_>>()
        };
        let done = |on: &str| serde_json::json!({ "completed_on": on, "outcome": "办结" });
        assert_eq!(faults(MeasureKind::Interview, done("2026-03-01")), Vec::<&str>::new());
        assert_eq!(faults(MeasureKind::Interview, done("2026-02-28")), ["before_start"]);
        assert_eq!(faults(MeasureKind::Interview, done("2026-03-11")), ["in_the_future"]);
        assert_eq!(faults(MeasureKind::Removal, done("2026-03-05")), ["required", "required"]);
    }
}
