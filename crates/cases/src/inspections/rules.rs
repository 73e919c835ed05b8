//! Pure rules: what a result must contain, and which steps of a hazard are allowed.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeDelta};

use super::input::{BatchResultIn, HazardRecheckIn, InspectionOfficeIn, InspectionResultIn, ItemResultIn};
use super::model::{HazardState, InspectionPartState, InspectionState, ItemOutcome, RecheckOutcome};
use crate::access::role::RoleKind;
use crate::access::{Caller, Role};
use crate::db::Id;
use crate::db::types::Instant;
use crate::input_error::InputError;
use crate::policy::inspections::{Checklist, InspectionRules};
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

/// Tolerance for a device clock that is ahead.
const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::minutes(5);
/// A device that was offline for longer may have lost its clock.
const OLDEST: TimeDelta = TimeDelta::days(90);

/// How far ahead a date may be set: about a year.
const AHEAD: Days = Days::new(366);

/// The common part of a single result and a result in a batch.
#[derive(Clone, Copy)]
pub struct ResultInput<'a> {
    pub checklist: &'a str,
    pub inspected_at: Instant,
    pub items: &'a [ItemResultIn],
    pub note: Option<&'a str>,
}

impl<'a> From<&'a InspectionResultIn> for ResultInput<'a> {
    fn from(input: &'a InspectionResultIn) -> ResultInput<'a> {
        let InspectionResultIn { checklist, inspected_at, items, note } = input;
        ResultInput { checklist, inspected_at: *inspected_at, items, note: note.as_deref() }
    }
}

impl<'a> From<&'a BatchResultIn> for ResultInput<'a> {
    fn from(input: &'a BatchResultIn) -> ResultInput<'a> {
        let BatchResultIn { checklist, inspected_at, items, note, .. } = input;
        ResultInput { checklist, inspected_at: *inspected_at, items, note: note.as_deref() }
    }
}

/// Input errors of a result. Every item of the checklist is required: an omitted one does not count as passed.
pub fn check_result(
    at: &str,
    given: &ResultInput,
    checklist: Option<&Checklist>,
    role: Role,
    now: Instant,
    faults: &mut Vec<InputError>,
) {
    if given.inspected_at.0 > now.0 + CLOCK_DIFFERENCE {
        let (zh, en) = ("不得晚于现在，请核对设备时间", "must not be in the future; check the clock of the device");
        faults.push(InputError::new(format!("{at}/inspected_at"), "in_the_future", zh, en));
    } else if given.inspected_at.0 < now.0 - OLDEST {
        let (zh, en) = (
            "须在最近九十日之内，请核对设备时间",
            "must not be more than ninety days ago; check the clock of the device",
        );
        faults.push(InputError::new(format!("{at}/inspected_at"), "out_of_range", zh, en));
    }
    let Some(checklist) = checklist else {
        let (zh, en) = (
            "检查当日施行的政策中没有此检查表",
            "the policy in force on the day of the inspection has no such checklist",
        );
        return faults.push(InputError::new(format!("{at}/checklist"), "unknown_value", zh, en));
    };
    check_user(&format!("{at}/checklist"), checklist, role, faults);
    let mut seen = BTreeSet::new();
    for (n, item) in given.items.iter().enumerate() {
        let code = item.item.as_str();
        if checklist.item(code).is_none() {
            let (zh, en) = ("检查表中没有此项", "the checklist has no such item");
            faults.push(InputError::new(format!("{at}/items/{n}/item"), "unknown_value", zh, en));
        } else if !seen.insert(code) {
            faults.push(InputError::new(
                format!("{at}/items/{n}/item"),
                "duplicate",
                "检查项重复，请删除其一",
                "the item is listed twice; remove one",
            ));
        }
        if item.outcome != ItemOutcome::Fail && item.severity.is_some() {
            let (zh, en) = ("只有不合格项可以填写隐患等级", "only a failed item may have a severity");
            faults.push(InputError::new(format!("{at}/items/{n}/severity"), "conflict", zh, en));
        }
        if item.outcome == ItemOutcome::Fail && item.note.is_none() {
            let (zh, en) = ("不合格项须说明发现的情况", "a failed item needs a note of the finding");
            faults.push(InputError::new(format!("{at}/items/{n}/note"), "required", zh, en));
        }
    }
    let missing = checklist.items.iter().filter(|item| !seen.contains(item.code.as_str()));
    let missing: Vec<&str> = missing.map(|item| item.code.as_str()).collect();
    if !missing.is_empty() {
        let all = missing.join("、");
        let (zh, en) = (
            format!("须填写下列检查项的结果：{all}"),
            format!("add the results of these items: {}", missing.join(", ")),
        );
        faults.push(InputError::new(format!("{at}/items"), "required", zh, en));
    }
}

fn check_user(pointer: &str, checklist: &Checklist, role: Role, faults: &mut Vec<InputError>) {
    if !checklist.roles.contains(&role) {
        let (zh, en) = ("该单位不得使用此检查表", "this office is not allowed to use this checklist");
        faults.push(InputError::new(pointer, "wrong_party", zh, en));
    }
}

/// An inspection is planned for today or later, by offices that may use their checklists, each combination once.
pub fn check_inspection(
    today: NaiveDate,
    planned_on: NaiveDate,
    offices: &[InspectionOfficeIn],
    rules: &InspectionRules,
    faults: &mut Vec<InputError>,
) {
    if planned_on < today {
        faults.push(InputError::new("/planned_on", "before_start", "不得早于今日", "must not be in the past"));
    } else if planned_on > today + AHEAD {
        faults.push(InputError::new(
            "/planned_on",
            "out_of_range",
            "须在今日起一年之内",
            "must not be more than a year ahead",
        ));
    }
    for (n, office) in offices.iter().enumerate() {
        let pointer = format!("/offices/{n}/checklist");
        match rules.checklist(&office.checklist) {
            None => faults.push(InputError::new(
                pointer,
                "unknown_value",
                "现行政策中没有此检查表",
                "the policy in force has no such checklist",
            )),
            Some(checklist) => check_user(&pointer, checklist, office.role, faults),
        }
        if offices[..n].contains(office) {
            faults.push(InputError::new(
                format!("/offices/{n}"),
                "duplicate",
                "参加单位重复，请删除其一",
                "the office is listed twice; remove one",
            ));
        }
    }
}

/// A re-check that closes the hazard sets no deadline; one that does not sets a new one. It may be earlier than the
/// old one, if the hazard is more serious than it seemed.
pub fn check_recheck(today: NaiveDate, input: &HazardRecheckIn, faults: &mut Vec<InputError>) {
    match (input.outcome, input.due_on) {
        (RecheckOutcome::Closed, Some(_)) => {
            let (zh, en) = ("销号的，不得填写整改期限", "leave the deadline out if you close the hazard");
            faults.push(InputError::new("/due_on", "conflict", zh, en));
        }
        (RecheckOutcome::NotRectified, None) => {
            let (zh, en) = ("须填写新的整改期限", "state a new deadline for rectification");
            faults.push(InputError::new("/due_on", "required", zh, en));
        }
        (RecheckOutcome::NotRectified, Some(day)) => check_deadline(today, today, day, faults),
        (RecheckOutcome::Closed, None) => {}
    }
}

/// A new deadline must be later than `after` and at most a year after `since`. An extension counts from the day the
/// hazard was found, so that repeated extensions do not add up.
pub fn check_deadline(after: NaiveDate, since: NaiveDate, day: NaiveDate, faults: &mut Vec<InputError>) {
    if day <= after {
        let (zh, en) = (format!("须晚于{}", chinese_day(after)), format!("must be later than {after}"));
        faults.push(InputError::new("/due_on", "before_start", zh, en));
    } else if day > since + AHEAD {
        faults.push(InputError::new(
            "/due_on",
            "out_of_range",
            "须在今日起一年之内",
            "must not be more than a year ahead",
        ));
    }
}

/// State of an inspection, from the states of its parts.
pub fn state_of(parts: impl Iterator<Item = InspectionPartState>) -> InspectionState {
    let (mut done, mut planned) = (false, false);
    for part in parts {
        done |= part == InspectionPartState::Done;
        planned |= part == InspectionPartState::Planned;
    }
    match (done, planned) {
        (true, false) => InspectionState::Done,
        (true, true) => InspectionState::InProgress,
        (false, true) => InspectionState::Planned,
        (false, false) => InspectionState::Cancelled,
    }
}

/// Overdue: not rectified, and the deadline has passed.
pub fn is_overdue(state: HazardState, due_on: NaiveDate, today: NaiveDate) -> bool {
    state == HazardState::Open && due_on < today
}

/// Has the deadline been missed when this step is taken? A rectification reported in time is in time, however late
/// the re-check; but if the re-check finds it not rectified, the deadline counts.
pub fn misses(state: HazardState, due_on: NaiveDate, today: NaiveDate, step: Step) -> bool {
    match (state, step) {
        (HazardState::Open, _) => due_on < today,
        (HazardState::Rectified, Step::Recheck(RecheckOutcome::NotRectified)) => due_on < today,
        (HazardState::Rectified | HazardState::Closed, _) => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Rectification,
    Recheck(RecheckOutcome),
}

/// Companies and committees: they see results, but neither plans nor reported violations.
pub fn is_inspected(role: Role) -> bool {
    matches!(role.row().kind, RoleKind::Company | RoleKind::Committee)
}

/// An office may submit results only for its own part.
pub fn may_submit(has_part: bool) -> Result<(), Problem> {
    if has_part {
        return Ok(());
    }
    let (zh, en) = ("贵单位不参加此次检查。", "Your office does not take part in this inspection.");
    Err(Problem::new(Code::Forbidden).detail(zh, en))
}

/// The checklist must be that of one of the office's parts; `own` lists theirs.
pub fn check_own_checklist<'a>(mut own: impl Iterator<Item = &'a str>, checklist: &str, faults: &mut Vec<InputError>) {
    let told = faults.iter().any(|fault| fault.pointer == "/checklist");
    if !told && !own.any(|code| code == checklist) {
        let (zh, en) =
            ("贵单位在此次检查中不使用此检查表", "your office does not use this checklist in this inspection");
        faults.push(InputError::new("/checklist", "wrong_party", zh, en));
    }
}

/// A part takes one result, while its inspection is open.
pub fn require_open_part(inspection_is_open: bool, part_is_planned: bool) -> Result<(), Problem> {
    if inspection_is_open && part_is_planned {
        return Ok(());
    }
    let (zh, en) = PART_IS_CLOSED;
    Err(Problem::new(Code::StateConflict).detail(zh, en))
}

const PART_IS_CLOSED: (&str, &str) = (
    "该单位的检查结果已提交，或者检查已取消。",
    "The result of this part has been submitted already, or the inspection has been cancelled.",
);

pub fn may_cancel(inspection_is_open: bool) -> Result<(), Problem> {
    if inspection_is_open {
        return Ok(());
    }
    Err(Problem::new(Code::StateConflict)
        .detail("检查已完成或者已取消。", "The inspection has been completed or cancelled already."))
}

/// The inspection that a result of a batch belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A planned inspection.
    Planned(Id),
    /// An unplanned inspection of this complex.
    Unplanned(Id),
}

/// A result names either the planned inspection or the complex.
pub fn target(at: &str, inspection: Option<Id>, complex: Option<Id>, faults: &mut Vec<InputError>) -> Option<Target> {
    match (inspection, complex) {
        (Some(_), Some(_)) => {
            let (zh, en) =
                ("已填写检查计划的，不得填写小区", "leave the complex out if you name the planned inspection");
            faults.push(InputError::new(format!("{at}/complex_id"), "conflict", zh, en));
            None
        }
        (None, None) => {
            let (zh, en) = ("须填写 inspection_id 或 complex_id", "state inspection_id or complex_id");
            faults.push(InputError::new(format!("{at}/complex_id"), "required", zh, en));
            None
        }
        (Some(id), None) => Some(Target::Planned(id)),
        (None, Some(id)) => Some(Target::Unplanned(id)),
    }
}

/// The key was used for a different result.
pub fn key_reused(n: usize) -> InputError {
    let (zh, en) = ("该标识已用于另一份检查结果，请更换", "the key was used for another result; choose another");
    InputError::new(format!("/results/{n}/key"), "key_reused", zh, en)
}

/// The office of a result has an open part by its checklist in the planned visit; `part_is_planned` is none where it has none.
pub fn check_planned(
    pointer: &str,
    inspection_is_open: bool,
    part_is_planned: Option<bool>,
    faults: &mut Vec<InputError>,
) {
    let Some(part_is_planned) = part_is_planned else {
        let (zh, en) =
            ("贵单位在此次检查中不使用此检查表", "your office does not use this checklist in this inspection");
        faults.push(InputError::new(pointer, "wrong_party", zh, en));
        return;
    };
    if !inspection_is_open || !part_is_planned {
        let (zh, en) = PART_IS_CLOSED;
        faults.push(InputError::new(pointer, "not_open", zh, en));
    }
}

/// May the office submit results of unplanned inspections? Police stations and the fire and rescue agency may not.
pub fn check_unplanned(pointer: &str, role: Role, faults: &mut Vec<InputError>) -> bool {
    let called = matches!(role, Role::PoliceStation | Role::FireRescue);
    if called {
        let (zh, en) = (
            "贵单位只能提交所参加的联合检查的结果，请填写 inspection_id",
            "your office may submit results of joint inspections only; state inspection_id",
        );
        faults.push(InputError::new(pointer, "wrong_party", zh, en));
    }
    !called
}

/// A finding is reported once, as a violation of the company that served on the day of the inspection.
pub fn may_report_finding(was_reported: bool, company: Option<Id>) -> Result<(), Problem> {
    if was_reported {
        return Err(Problem::new(Code::AlreadyExists)
            .detail("该检查项已上报为违规行为。", "This finding has been reported as a violation already."));
    }
    if company.is_none() {
        let (zh, en) = (
            "检查当日没有物业服务企业服务该小区。",
            "No property service company served the complex on the day of the inspection.",
        );
        return Err(Problem::new(Code::StateConflict).detail(zh, en));
    }
    Ok(())
}

/// A finding needs an act: the one named, or that of its item. Returns whether there is one.
pub fn check_act(named: Option<&str>, of_item: Option<&str>, faults: &mut Vec<InputError>) -> bool {
    let has_act = named.or(of_item).is_some();
    if !has_act {
        let (zh, en) = ("该检查项没有对应的受监管行为，须另行填写", "the item has no act; name one");
        faults.push(InputError::new("/act", "required", zh, en));
    }
    has_act
}

/// The current company must rectify, even if another one served when the hazard was found.
pub fn may_rectify(serving: Option<Id>) -> Result<Id, Problem> {
    serving.ok_or_else(|| {
        let (zh, en) = ("整改由该小区现服务企业办理。", "The current company of the complex must rectify the hazard.");
        Problem::new(Code::Forbidden).detail(zh, en)
    })
}

/// Allowed for the office that found the hazard, and for the township's social affairs and enforcement offices.
pub fn may_follow_up(caller: &Caller, found_by: (Role, &str)) -> Result<(), Problem> {
    let found = found_by.0 == caller.role && Some(found_by.1) == caller.division.as_deref();
    if found || matches!(caller.role, Role::SocialAffairsOffice | Role::EnforcementOffice) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden)
        .detail("此环节由发现隐患的单位办理。", "The office that found the hazard must take this step."))
}

pub fn require_state(state: HazardState, allowed: &[HazardState]) -> Result<(), Problem> {
    if allowed.contains(&state) {
        return Ok(());
    }
    let (zh, en) = (
        format!("当前状态为“{}”，不允许此操作。", state.zh()),
        format!("The state is {}, which does not allow this operation.", state.code()),
    );
    Err(Problem::new(Code::StateConflict).detail(zh, en))
}

/// An extension must come before the deadline passes; a later one would hide that the hazard was overdue.
pub fn may_extend(state: HazardState, due_on: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    require_state(state, &[HazardState::Open])?;
    if is_overdue(state, due_on, today) {
        let (zh, en) = (
            "整改期限已届满。请复查后重新确定期限。",
            "The deadline has passed. Re-check the hazard to set a new one.",
        );
        return Err(Problem::new(Code::DeadlinePassed).detail(zh, en));
    }
    Ok(())
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
