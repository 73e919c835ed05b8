//! What may be done about whoever complained: read in full, allowed in their name, erased; who speaks, and who looks. Pure.

use super::model::*;
use super::visibility::{self, Audience, Field, Form};
use crate::access::role::RoleKind;
use crate::access::{Caller, Role};
use crate::fault::Fault;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

fn forbidden(zh: &str, en: &str) -> Problem {
    Problem::new(Code::Forbidden).detail(zh, en)
}

/// Its handler reads a contact in full: an office on request, a company while the complainant consents. A person reads, no
/// machine.
pub fn may_read_contact(caller: &Caller, consent: bool) -> Result<(), Problem> {
    if caller.machine {
        return Err(Problem::new(Code::PersonRequired));
    }
    match visibility::form(Audience::of(caller.role, false), Field::ContactPhone) {
        Form::OnRequest => Ok(()),
        Form::ByConsent if consent => Ok(()),
        _ => Err(forbidden("诉求人未同意提供联系方式", "the complainant has not consented")),
    }
}

/// Who reads of misconduct or of somebody's private life is recorded, but for whoever complained.
pub fn is_recorded(role: Role, secrecy: Secrecy) -> bool {
    secrecy != Secrecy::Open && role != Role::Resident
}

/// A company does not say of a resident that it consents.
pub fn may_record_consent(role: Role) -> Result<(), Problem> {
    match role.row().kind {
        RoleKind::Company => Err(Problem::new(Code::Forbidden)),
        _ => Ok(()),
    }
}

/// Others than the complainant write down how it was said.
pub fn check_consent_note(is_owner: bool, note: Option<&str>, faults: &mut Vec<Fault>) {
    if !is_owner && note.is_none() {
        let (zh, en) = ("须说明诉求人如何作出表示", "how the complainant said so");
        faults.push(Fault::new("/note", "required", zh, en));
    }
}

pub fn require_consent_change(course: &Handling, granted: bool) -> Result<(), Problem> {
    if !course.has_contact || course.consent == granted {
        return Err(conflict("没有联系方式，或状态未变", "there is no contact, or nothing changes"));
    }
    Ok(())
}

/// Whether others may consent for the complainant: where there is no account, and it was not taken back.
pub fn may_consent_for_complainant(has_account: bool, was_withdrawn: bool) -> Result<(), Problem> {
    if has_account {
        let (zh, en) = ("诉求人有账号，须由本人同意", "the complainant has an account, and consents there");
        return Err(forbidden(zh, en));
    }
    if was_withdrawn {
        let zh = "诉求人已撤回同意，他人不得再代为同意";
        return Err(conflict(zh, "the complainant has withdrawn it: nobody consents for them"));
    }
    Ok(())
}

pub fn may_release_point(course: &Handling, released: bool) -> Result<(), Problem> {
    if course.point.is_none() || course.point_released == released || course.erased_at.is_some() {
        return Err(conflict("没有坐标，或状态未变", "there is no point, or nothing changes"));
    }
    Ok(())
}

/// Once.
pub fn may_erase(course: &Handling) -> Result<(), Problem> {
    if course.erased_at.is_some() {
        return Err(conflict("个人信息已删除", "the personal data were erased already"));
    }
    Ok(())
}

/// Each speaks to those of whom it is heard itself.
pub fn check_audience(role: Role, audience: StepAudience, faults: &mut Vec<Fault>) {
    if !visibility::audiences_of(role).contains(&audience) {
        let (zh, en) = ("您不能发给此范围", "not an audience of yours");
        faults.push(Fault::new("/audience", "wrong_party", zh, en));
    }
}

pub fn may_comment(role: Role, is_owner: bool, state: ComplaintState) -> Result<(), Problem> {
    let follower = role.row().kind == RoleKind::Public && !is_owner;
    if follower || state == ComplaintState::Merged {
        let zh = "关注人不在他人工单中留言；已合并的工单不再留言";
        return Err(forbidden(zh, "followers, and merged tickets, have no comments"));
    }
    Ok(())
}

/// Anybody may follow a ticket of a public category that every office may see.
pub fn is_for_anybody(row: &ComplaintRow) -> bool {
    row.is_public && row.secrecy == Secrecy::Open
}

/// One's own ticket cannot be left.
pub fn require_left(left: bool) -> Result<(), Problem> {
    if left { Ok(()) } else { Err(conflict("这是您自己的诉求", "it is your own ticket")) }
}

/// Who knows the hotline's number of a ticket may look for it.
pub fn may_search_hotline_number(role: Role) -> Result<(), Problem> {
    if visibility::is_clear(Audience::of(role, false), Field::HotlineNumber) {
        return Ok(());
    }
    let (zh, en) = ("热线工单编号只供行政机关检索", "only offices look for the hotline's numbers");
    Err(Problem::fault("query/hotline_number", "wrong_party", zh, en))
}
