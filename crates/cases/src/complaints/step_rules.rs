//! Conditions of each step, besides the caller's part and the state (see `party_rules` and `rules`). Pure functions.

use super::clock_rules::is_over;
use super::input::TransferIn;
use super::model::*;
use super::routing_rules::office_of;
use super::visibility::Person;
use crate::access::Role;
use crate::db::{Id, Instant};
use crate::input_error::InputError;
use crate::personal::{masks, personal_data_fault};
use crate::policy::complaints::may_handle;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

/// Most links of one complaint.
const MOST_LINKS: usize = 50;

/// Checks that a public summary contains nothing that identifies the complainant, or looks as if it did.
pub fn check_summary(is_public: bool, summary: &str, who: &Person, faults: &mut Vec<InputError>) {
    if !is_public {
        let (zh, en) = ("此分类的诉求不得公开", "a complaint of this category must not be public");
        faults.push(InputError::new("/public_summary", "conflict", zh, en));
    }
    if let Some(fault) = personal_data_fault("/public_summary", summary) {
        faults.push(fault);
    } else if masks::scrub(summary, &who.values()) != summary {
        let zh = "含有疑似诉求人姓名、住址或者其他个人信息，请删除";
        let en = "contains what looks like the complainant's name, address or other personal data; remove it";
        faults.push(InputError::new("/public_summary", "personal_data", zh, en));
    }
}

/// Checks the next handler. `company` is the company that serves the complex, for a transfer to a company.
pub fn check_transfer(row: &ComplaintRow, input: &TransferIn, company: Option<Id>, faults: &mut Vec<InputError>) {
    let mut fault = |code: &'static str, zh: &str, en: &str| faults.push(InputError::new("/role", code, zh, en));
    let complained_of = row.course.0.complained_office.as_ref().is_some_and(|seat| seat.role == input.role);
    let to_company = input.role == Role::PropertyCompany;
    if !may_handle(input.role) {
        fault("wrong_party", "该角色不承办诉求", "this role does not handle complaints");
    } else if complained_of {
        fault("conflict", "被反映的单位不得承办", "the office complained of must not handle the complaint");
    } else if to_company && row.confidentiality != Confidentiality::Open {
        fault(
            "conflict",
            "此类诉求不得转办至物业服务企业",
            "a complaint of this category must not be transferred to a company",
        );
    } else if to_company && company.is_none() {
        fault("not_serving", "该小区没有物业服务企业", "no property service company serves the complex");
    } else if office_of(input.role, &row.place()).is_none() {
        fault("unknown_reference", "诉求所在地没有此单位", "there is no such office for the place of the complaint");
    } else if input.role == row.handler_role && !(to_company && company != row.company_id) {
        let same = input.role != Role::UtilityOperator || input.organisation == row.organisation;
        if same {
            fault("conflict", "该单位已是承办单位", "this office is the handler already");
        }
    }
    match (input.role, input.organisation) {
        (Role::UtilityOperator, None) => {
            let (zh, en) = ("须填写专业运营单位的类别", "name the kind of utility operator");
            faults.push(InputError::new("/organisation", "required", zh, en));
        }
        (Role::UtilityOperator, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let (zh, en) = ("只有专业运营单位可以填写类别", "only a utility operator may have a kind");
            faults.push(InputError::new("/organisation", "conflict", zh, en));
        }
    }
}

/// After a return only the supervising office may transfer.
pub fn may_transfer(was_returned: bool, supervises: bool) -> Result<(), Problem> {
    if was_returned && !supervises {
        let (zh, en) = (
            "诉求退回后，由督办单位指定承办单位。",
            "The complaint was returned. The supervising office must assign its handler.",
        );
        return Err(Problem::new(Code::Forbidden).detail(zh, en));
    }
    Ok(())
}

/// The supervising office to return the complaint to; a conflict if there is none, or if it was returned before.
pub fn may_return(row: &ComplaintRow) -> Result<OfficeRef, Problem> {
    let supervising_office = row.supervising_office().ok_or_else(|| {
        conflict("该诉求没有督办单位，不得退回。", "The complaint has no supervising office and cannot be returned.")
    })?;
    if row.course.0.returned || row.handler() == supervising_office {
        return Err(conflict(
            "该诉求已退回一次，督办单位的指定为最终指定，不得再次退回。",
            "The complaint was returned once. The assignment is final.",
        ));
    }
    Ok(supervising_office)
}

/// Requires a return within the policy's working days after the assignment.
pub fn require_early_return(due: Instant, within: u32, now: Instant) -> Result<(), Problem> {
    if !is_over(due, now) {
        return Ok(());
    }
    let (zh, en) = (
        format!("退回须在接到诉求后{within}个工作日内提出，期限已届满。"),
        format!(
            "A complaint can be returned within {within} working days of its assignment. That time limit has passed."
        ),
    );
    Err(Problem::new(Code::DeadlinePassed).detail(zh, en))
}

pub fn check_extension(amount: u32, most: u32, faults: &mut Vec<InputError>) {
    if amount > most {
        let (zh, en) = (format!("延期不得超过 {most}"), format!("must be at most {most}"));
        faults.push(InputError::new("/amount", "out_of_range", zh, en));
    }
}

/// A complaint is extended once. After a refusal the handler may request again.
pub fn may_ask_for_extension(before: Option<&Extension>) -> Result<(), Problem> {
    match before {
        Some(one) if one.granted != Some(false) => Err(conflict(
            "该诉求已提出延期申请；延期以一次为限。",
            "An extension has been requested already. A complaint can be extended once only.",
        )),
        _ => Ok(()),
    }
}

/// The pending extension request; a conflict if there is none.
pub fn undecided_extension(asked: Option<&Extension>) -> Result<&Extension, Problem> {
    asked
        .filter(|one| one.granted.is_none())
        .ok_or_else(|| conflict("没有待审批的延期申请。", "No extension request is pending."))
}

/// Requires that the resolution deadline has not passed. Otherwise an extension or a pause could hide that the
/// complaint was overdue.
pub fn require_in_time(resolve_due: Instant, now: Instant) -> Result<(), Problem> {
    if !is_over(resolve_due, now) {
        return Ok(());
    }
    Err(Problem::new(Code::DeadlinePassed).detail("办理期限已届满。", "The resolution deadline has passed."))
}

pub fn check_agreement(outcome: MediationOutcome, has_evidence: bool, faults: &mut Vec<InputError>) {
    if outcome == MediationOutcome::Agreed && !has_evidence {
        let (zh, en) = ("达成调解协议的，须附调解协议", "attach the mediation agreement");
        faults.push(InputError::new("/evidence", "required", zh, en));
    }
}

/// Checks the target of a merge: visible to the caller, open, and with the same county, confidentiality and office
/// complained of. Otherwise an office complained of could see the merged complaint through the target.
pub fn check_merge(row: &ComplaintRow, into: Option<&ComplaintRow>, faults: &mut Vec<InputError>) {
    let Some(into) = into.filter(|into| into.id != row.id) else {
        let (zh, en) = (
            "该诉求不存在、不在您的辖区内，或者就是本诉求",
            "unknown, outside your territory, or this complaint itself",
        );
        faults.push(InputError::new("/into", "unknown_reference", zh, en));
        return;
    };
    let same_office = into.course.0.complained_office == row.course.0.complained_office;
    if !into.is_open || into.confidentiality != row.confidentiality || into.county != row.county || !same_office {
        let (zh, en) = (
            "只能并入同一县内、保密范围和被反映单位相同且正在办理的诉求",
            "must be an open complaint of the same county, confidentiality and office complained of",
        );
        faults.push(InputError::new("/into", "conflict", zh, en));
    }
}

/// Each reply is rated once.
pub fn may_rate(satisfaction: Option<i64>) -> Result<(), Problem> {
    if satisfaction.is_some() {
        return Err(conflict("此次答复已作满意度评价，不得重复评价。", "This reply has been rated already."));
    }
    Ok(())
}

/// A complaint is reopened once, unless the complainant rated the reply as satisfactory.
pub fn may_reopen(reopened: bool, satisfaction: Option<i64>, satisfied_from: u32) -> Result<(), Problem> {
    if reopened {
        return Err(conflict(
            "该诉求已重新办理；重新办理以一次为限。",
            "The complaint has been reopened already. It can be reopened once only.",
        ));
    }
    if satisfaction.is_some_and(|score| score >= i64::from(satisfied_from)) {
        return Err(conflict(
            "诉求人已评价为满意，不得重新办理。",
            "The complainant rated the reply as satisfactory. The complaint cannot be reopened.",
        ));
    }
    Ok(())
}

/// Requires a reopening before `ends`, which is `days` working days after the reply or the rejection.
pub fn require_reopening_in_time(ends: Instant, days: u32, now: Instant) -> Result<(), Problem> {
    if !is_over(ends, now) {
        return Ok(());
    }
    let (zh, en) = (
        format!("须在答复或者不予受理后{days}个工作日内提出，期限已届满。"),
        format!("This is possible within {days} working days of the reply or rejection. That time limit has passed."),
    );
    Err(Problem::new(Code::DeadlinePassed).detail(zh, en))
}

/// A resource is linked once; a complaint has at most `MOST_LINKS` links.
pub fn may_link(links: &[Link], link: &Link) -> Result<(), Problem> {
    if links.contains(link) || links.len() >= MOST_LINKS {
        return Err(conflict(
            "已关联，或者关联数量已达上限。",
            "The link exists already, or the complaint has the most links allowed.",
        ));
    }
    Ok(())
}
