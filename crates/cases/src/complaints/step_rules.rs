//! What each step of handling a ticket asks for, beside a part in it and a state that allows it. Pure.

use super::clock_rules::is_over;
use super::input::TransferIn;
use super::model::*;
use super::routing_rules::seat_of;
use super::visibility::Person;
use crate::access::Role;
use crate::db::{Id, Instant};
use crate::fault::Fault;
use crate::personal::{masks, personal_data_fault};
use crate::policy::complaints::may_handle;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

/// As many rows belong with one ticket.
const MOST_LINKS: usize = 50;

/// Everyone reads a public summary: nothing in it may name or reach the complainant, or look as if it did.
pub fn check_summary(is_public: bool, summary: &str, who: &Person, faults: &mut Vec<Fault>) {
    if !is_public {
        let (zh, en) = ("此分类的诉求不公开", "a ticket of this category is never public");
        faults.push(Fault::new("/public_summary", "conflict", zh, en));
    }
    if let Some(fault) = personal_data_fault("/public_summary", summary) {
        faults.push(fault);
    } else if masks::scrub(summary, &who.values()) != summary {
        let zh = "含有疑似诉求人姓名、住址或其他个人信息，请删除";
        let en = "there is what looks like the complainant's name, flat or other personal data in it";
        faults.push(Fault::new("/public_summary", "personal_data", zh, en));
    }
}

/// Who may be the next handler; `company` is the one that serves the place, where it is to be a company.
pub fn check_transfer(row: &ComplaintRow, input: &TransferIn, company: Option<Id>, faults: &mut Vec<Fault>) {
    let mut fault = |code: &'static str, zh: &str, en: &str| faults.push(Fault::new("/role", code, zh, en));
    let complained_of = row.course.0.complained_office.as_ref().is_some_and(|seat| seat.role == input.role);
    let to_company = input.role == Role::PropertyCompany;
    if !may_handle(input.role) {
        fault("wrong_party", "此角色不承办诉求", "this role handles no tickets");
    } else if complained_of {
        fault("conflict", "被反映的单位不得承办", "the office complained of never gets the ticket");
    } else if to_company && row.secrecy != Secrecy::Open {
        fault("conflict", "此类诉求不得交物业服务企业办理", "a ticket of this category is not for a company");
    } else if to_company && company.is_none() {
        fault("not_serving", "该小区没有物业服务企业", "no company serves the complex");
    } else if seat_of(input.role, &row.place()).is_none() {
        fault("unknown_reference", "该地点没有此单位", "no such office answers for the place");
    } else if input.role == row.handler_role && !(to_company && company != row.company_id) {
        let same = input.role != Role::UtilityOperator || input.organisation == row.organisation;
        if same {
            fault("conflict", "该单位正在办理", "it is with this office already");
        }
    }
    match (input.role, input.organisation) {
        (Role::UtilityOperator, None) => {
            let (zh, en) = ("须说明是哪一类专业运营单位", "say which utility");
            faults.push(Fault::new("/organisation", "required", zh, en));
        }
        (Role::UtilityOperator, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let (zh, en) = ("只有专业运营单位须说明类别", "only a utility operator has one");
            faults.push(Fault::new("/organisation", "conflict", zh, en));
        }
    }
}

/// Once a ticket was returned its supervisor assigns it.
pub fn may_transfer(was_returned: bool, supervises: bool) -> Result<(), Problem> {
    if was_returned && !supervises {
        let (zh, en) = ("退回后由督办单位指定承办单位", "once it was returned, its supervisor assigns it");
        return Err(Problem::new(Code::Forbidden).detail(zh, en));
    }
    Ok(())
}

/// To whom a ticket may be returned: to its supervisor, once.
pub fn may_return(row: &ComplaintRow) -> Result<Seat, Problem> {
    let supervisor = row
        .supervisor()
        .ok_or_else(|| conflict("没有督办单位可以退回", "nobody supervises it, to whom it could be returned"))?;
    if row.course.0.returned || row.handler() == supervisor {
        return Err(conflict(
            "已退回过一次，督办单位的指定为最终指定",
            "it was returned once: the assignment is final",
        ));
    }
    Ok(supervisor)
}

/// A ticket is returned early, or handled.
pub fn require_early_return(due: Instant, within: u32, now: Instant) -> Result<(), Problem> {
    if !is_over(due, now) {
        return Ok(());
    }
    let (zh, en) = (format!("退回须在{within}个工作日内提出"), format!("returned within {within} working days"));
    Err(Problem::new(Code::DeadlinePassed).detail(zh, en))
}

pub fn check_extension(amount: u32, most: u32, faults: &mut Vec<Fault>) {
    if amount > most {
        let (zh, en) = (format!("最多延期 {most}"), format!("at most {most}"));
        faults.push(Fault::new("/amount", "out_of_range", zh, en));
    }
}

/// A ticket is extended once; what was refused may be asked for again.
pub fn may_ask_for_extension(before: Option<&Extension>) -> Result<(), Problem> {
    match before {
        Some(one) if one.granted != Some(false) => Err(conflict("只能延期一次", "a ticket is extended once")),
        _ => Ok(()),
    }
}

/// The extension that waits for a decision.
pub fn undecided_extension(asked: Option<&Extension>) -> Result<&Extension, Problem> {
    asked
        .filter(|one| one.granted.is_none())
        .ok_or_else(|| conflict("没有待审批的延期申请", "no extension was asked for"))
}

/// More time is given before the old time is over: later it would make a late ticket one that never was. Nor does a pause hide
/// that it is late already.
pub fn require_in_time(resolve_due: Instant, now: Instant) -> Result<(), Problem> {
    if !is_over(resolve_due, now) {
        return Ok(());
    }
    Err(Problem::new(Code::DeadlinePassed).detail("办理期限已过", "its time is over"))
}

pub fn check_agreement(outcome: MediationOutcome, has_evidence: bool, faults: &mut Vec<Fault>) {
    if outcome == MediationOutcome::Agreed && !has_evidence {
        let (zh, en) = ("须附调解协议", "the agreement is needed");
        faults.push(Fault::new("/evidence", "required", zh, en));
    }
}

/// A ticket goes into another that the caller sees, is open, and is seen by as many. Whoever is complained of in the one may
/// have a seat in the other.
pub fn check_merge(row: &ComplaintRow, into: Option<&ComplaintRow>, faults: &mut Vec<Fault>) {
    let Some(into) = into.filter(|into| into.id != row.id) else {
        let (zh, en) = ("没有此工单，或就是本工单", "there is no such other ticket for you");
        faults.push(Fault::new("/into", "unknown_reference", zh, en));
        return;
    };
    let same_office = into.course.0.complained_office == row.course.0.complained_office;
    if !into.is_open || into.secrecy != row.secrecy || into.county != row.county || !same_office {
        let (zh, en) = ("只能并入办理中的同类工单", "only into an open ticket that as many may see");
        faults.push(Fault::new("/into", "conflict", zh, en));
    }
}

/// Each reply is rated once.
pub fn may_rate(satisfaction: Option<i64>) -> Result<(), Problem> {
    if satisfaction.is_some() {
        return Err(conflict("此次答复已评价", "this reply was rated already"));
    }
    Ok(())
}

/// Once, by a complainant who was not satisfied.
pub fn may_reopen(reopened: bool, satisfaction: Option<i64>, satisfied_from: u32) -> Result<(), Problem> {
    if reopened {
        return Err(conflict("只能重新办理一次", "a ticket is reopened once"));
    }
    if satisfaction.is_some_and(|score| score >= i64::from(satisfied_from)) {
        return Err(conflict("已评价为满意", "the complainant was satisfied"));
    }
    Ok(())
}

/// A ticket is reopened before `ends`, which is so many working days after the reply.
pub fn require_reopening_in_time(ends: Instant, days: u32, now: Instant) -> Result<(), Problem> {
    if !is_over(ends, now) {
        return Ok(());
    }
    let (zh, en) = (format!("须在答复后{days}个工作日内提出"), format!("within {days} working days of the reply"));
    Err(Problem::new(Code::DeadlinePassed).detail(zh, en))
}

/// Each row is linked once, and a ticket to no more than it can show.
pub fn may_link(links: &[Link], link: &Link) -> Result<(), Problem> {
    if links.contains(link) || links.len() >= MOST_LINKS {
        return Err(conflict("已关联，或关联过多", "it is linked already, or too much is"));
    }
    Ok(())
}
