//! What may be done about whoever complained: read in full, allowed in their name, erased; who speaks, and who looks. Pure.

use super::model::*;
use super::visibility::{self, Audience, Field, Form};
use crate::access::role::RoleKind;
use crate::access::{Caller, Role};
use crate::input_error::InputError;
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
        _ => Err(forbidden("诉求人未同意提供联系方式。", "The complainant has not consented to share the contact.")),
    }
}

/// Who reads of misconduct or of somebody's private life is recorded, but for whoever complained.
pub fn is_recorded(role: Role, confidentiality: Confidentiality) -> bool {
    confidentiality != Confidentiality::Open && role != Role::Resident
}

/// A company does not say of a resident that it consents.
pub fn may_record_consent(role: Role) -> Result<(), Problem> {
    match role.row().kind {
        RoleKind::Company => Err(Problem::new(Code::Forbidden)),
        _ => Ok(()),
    }
}

/// Others than the complainant write down how it was said.
pub fn check_consent_note(is_owner: bool, note: Option<&str>, faults: &mut Vec<InputError>) {
    if !is_owner && note.is_none() {
        let (zh, en) = ("须说明诉求人作出意思表示的方式", "state how the complainant expressed this");
        faults.push(InputError::new("/note", "required", zh, en));
    }
}

pub fn require_consent_change(course: &Handling, granted: bool) -> Result<(), Problem> {
    if !course.has_contact || course.consent == granted {
        return Err(conflict(
            "该诉求没有联系方式，或者同意状态未变更。",
            "The complaint has no contact, or the consent is unchanged.",
        ));
    }
    Ok(())
}

/// Whether others may consent for the complainant: where there is no account, and it was not taken back.
pub fn may_consent_for_complainant(has_account: bool, was_withdrawn: bool) -> Result<(), Problem> {
    if has_account {
        let (zh, en) =
            ("诉求人有账号，须由本人使用账号作出同意。", "The complainant has an account and must consent with it.");
        return Err(forbidden(zh, en));
    }
    if was_withdrawn {
        let zh = "诉求人已撤回同意，他人不得再代为同意。";
        return Err(conflict(
            zh,
            "The complainant has withdrawn the consent. Nobody else may consent on their behalf.",
        ));
    }
    Ok(())
}

pub fn may_release_point(course: &Handling, released: bool) -> Result<(), Problem> {
    if course.point.is_none() || course.point_released == released || course.erased_at.is_some() {
        return Err(conflict(
            "该诉求没有坐标，或者公开状态未变更。",
            "The complaint has no point, or its release is unchanged.",
        ));
    }
    Ok(())
}

/// Once.
pub fn may_erase(course: &Handling) -> Result<(), Problem> {
    if course.erased_at.is_some() {
        return Err(conflict(
            "该诉求的个人信息已删除。",
            "The personal data of the complaint has been erased already.",
        ));
    }
    Ok(())
}

/// Each speaks to those of whom it is heard itself.
pub fn check_audience(role: Role, audience: StepAudience, faults: &mut Vec<InputError>) {
    if !visibility::audiences_of(role).contains(&audience) {
        let (zh, en) = ("您不得使用此可见范围", "you are not allowed to use this audience");
        faults.push(InputError::new("/audience", "wrong_party", zh, en));
    }
}

pub fn may_comment(role: Role, is_owner: bool, state: ComplaintState) -> Result<(), Problem> {
    let follower = role.row().kind == RoleKind::Public && !is_owner;
    if follower || state == ComplaintState::Merged {
        let zh = "关注人不得添加备注；已合并的诉求不得添加备注。";
        return Err(forbidden(zh, "Followers must not comment, and merged complaints take no comments."));
    }
    Ok(())
}

/// Anybody may follow a ticket of a public category that every office may see.
pub fn is_for_anybody(row: &ComplaintRow) -> bool {
    row.is_public && row.confidentiality == Confidentiality::Open
}

/// One's own ticket cannot be left.
pub fn require_left(left: bool) -> Result<(), Problem> {
    if left {
        Ok(())
    } else {
        Err(conflict("您是该诉求的诉求人，不得取消关注。", "This is your own complaint. You must keep following it."))
    }
}

/// Who knows the hotline's number of a ticket may look for it.
pub fn may_search_hotline_number(role: Role) -> Result<(), Problem> {
    if visibility::is_clear(Audience::of(role, false), Field::HotlineNumber) {
        return Ok(());
    }
    let (zh, en) = ("只有行政机关可以按热线工单编号查询", "only offices may search by the hotline's number");
    Err(Problem::input_error("query/hotline_number", "wrong_party", zh, en))
}
