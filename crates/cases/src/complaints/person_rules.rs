//! Rules on the complainant's personal data, on comments, and on followers. Pure functions.

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

/// Whether the handler may unmask the contact: an office always, a company or utility operator while the complainant
/// consents, never a machine token.
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

/// Whether reading is recorded: always if the confidentiality is not `open`, except for residents.
pub fn is_recorded(role: Role, confidentiality: Confidentiality) -> bool {
    confidentiality != Confidentiality::Open && role != Role::Resident
}

/// A company must not record a complainant's consent, since the consent is given to the company itself.
pub fn may_record_consent(role: Role) -> Result<(), Problem> {
    match role.row().kind {
        RoleKind::Company => Err(Problem::new(Code::Forbidden)),
        _ => Ok(()),
    }
}

/// Anyone but the complainant must note how the complainant expressed the consent.
pub fn check_consent_note(is_owner: bool, note: Option<&str>, faults: &mut Vec<InputError>) {
    if !is_owner && note.is_none() {
        let (zh, en) = ("须说明诉求人以何种方式作出表示", "state how the complainant expressed this");
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

/// Whether an office may record a consent: only without an account, and not after a withdrawal.
pub fn may_consent_for_complainant(has_account: bool, was_withdrawn: bool) -> Result<(), Problem> {
    if has_account {
        let (zh, en) =
            ("诉求人有账号，须由本人登录账号作出同意。", "The complainant has an account and must consent with it.");
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

/// Personal data is erased once.
pub fn may_erase(course: &Handling) -> Result<(), Problem> {
    if course.erased_at.is_some() {
        return Err(conflict(
            "该诉求的个人信息已删除。",
            "The personal data of the complaint has been erased already.",
        ));
    }
    Ok(())
}

/// A caller may only comment to an audience that it belongs to.
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

/// Whether every resident may see and follow the complaint: a public category, and confidentiality `open`.
pub fn is_for_anybody(row: &ComplaintRow) -> bool {
    row.is_public && row.confidentiality == Confidentiality::Open
}

/// Refuses to unfollow one's own complaint; `left` is whether a follower was deleted.
pub fn require_left(left: bool) -> Result<(), Problem> {
    if left {
        Ok(())
    } else {
        Err(conflict("您是该诉求的诉求人，不得取消关注。", "This is your own complaint. You must keep following it."))
    }
}

/// Only a role that can see hotline numbers may search by one.
pub fn may_search_hotline_number(role: Role) -> Result<(), Problem> {
    if visibility::is_clear(Audience::of(role, false), Field::HotlineNumber) {
        return Ok(());
    }
    let (zh, en) = ("只有行政机关可以按热线工单编号查询", "only offices may search by the hotline's number");
    Err(Problem::input_error("query/hotline_number", "wrong_party", zh, en))
}
