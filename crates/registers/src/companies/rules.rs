//! Decides who may change a company, which is visible in several townships and counties. Pure.

use super::changes::ChangeState;
use super::model::{Company, CompanyIn, CompanyPatch};
use super::uscc;
use crate::access::{Actor, Caller, Role};
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

/// True if the office is the registering office: the county authority of the company's county, or the social affairs
/// office of the township where the company was registered.
pub fn keeps(role: Role, division: Option<&str>, company: &Company) -> bool {
    let Some(division) = division else { return false };
    match role {
        Role::CountyAuthority => division == company.county,
        Role::SocialAffairsOffice => division == company.division,
        _ => false,
    }
}

/// Only the registering office may change a company. Other offices that see it propose a change.
pub fn may_change(caller: &Caller, company: &Company) -> Result<(), Problem> {
    if keeps(caller.role, caller.division.as_deref(), company) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(
        format!("该企业信息由企业登记机构（{}）维护。请提出企业变更申请（…/changes）。", company.division),
        format!(
            "The registering office of {} maintains this company. Propose a company change (…/changes).",
            company.division
        ),
    ))
}

pub fn exists() -> Problem {
    let (zh, en) = ("该统一社会信用代码的企业已登记。", "A company with this USCC is registered already.");
    Problem::new(Code::AlreadyExists).detail(zh, en)
}

/// A USCC can be registered only once.
pub fn may_register(registered: bool) -> Result<(), Problem> {
    if registered { Err(exists()) } else { Ok(()) }
}

/// A code with a wrong check character is stored by the county authority only, and with a reason.
pub fn check_uscc(input: &CompanyIn, role: Role, faults: &mut Vec<InputError>) {
    if uscc::has_valid_check(&input.uscc) {
        return;
    }
    if input.uscc_override_reason.is_none() {
        faults.push(InputError::new(
            "/uscc",
            "check_character",
            "统一社会信用代码的校验字符有误；核对无误的，由县级物业主管部门在 uscc_override_reason 中说明理由",
            "wrong check character; if the USCC is genuine, the county authority fills in uscc_override_reason",
        ));
    } else if role != Role::CountyAuthority {
        faults.push(InputError::new(
            "/uscc_override_reason",
            "conflict",
            "只有县级物业主管部门可以登记校验字符不符的代码",
            "only the county authority may register a code whose check character is wrong",
        ));
    }
}

/// A parent must be visible to the caller, must not be a branch, and must be another company. A company with branches
/// cannot become a branch. The commercial register has one level, too.
pub fn unfit_parent(stands_alone: bool, has_branches: bool) -> Option<InputError> {
    if !stands_alone {
        let (zh, en) = (
            "总公司不存在、不在您的辖区内，或者其本身为分支机构",
            "the parent company is unknown, outside your territory, or a branch itself",
        );
        return Some(InputError::new("/parent_id", "unknown_reference", zh, en));
    }
    has_branches.then(|| {
        let (zh, en) = (
            "该企业已有分支机构，其本身不得成为分支机构",
            "the company has branches and must not become a branch itself",
        );
        InputError::new("/parent_id", "conflict", zh, en)
    })
}

/// Rejects a proposal that changes nothing.
pub fn check_change(nothing: bool, faults: &mut Vec<InputError>) {
    if nothing {
        let (zh, en) =
            ("没有变更内容：与现登记内容相同", "there is nothing to change: the values are the registered ones");
        faults.push(InputError::new("", "required", zh, en));
    }
}

pub fn already_pending() -> Problem {
    let (zh, en) = ("相同的企业变更申请尚待决定。", "The same company change is pending already.");
    Problem::new(Code::AlreadyExists).detail(zh, en)
}

/// A change can be decided only once.
pub fn require_proposed(state: ChangeState) -> Result<(), Problem> {
    match state {
        ChangeState::Proposed => Ok(()),
        ChangeState::Approved | ChangeState::Refused => {
            Err(conflict("该企业变更申请已作出决定。", "The company change has been decided already."))
        }
    }
}

/// The approver must not be the person who proposed the change.
pub fn may_approve(caller: &Caller, proposed_by: &Actor) -> Result<(), Problem> {
    if caller.is(proposed_by) {
        return Err(Problem::new(Code::SamePerson).detail(
            "提出人不得批准该变更，请由另一人批准。",
            "The person who proposed the change must not approve it. Another person must approve it.",
        ));
    }
    Ok(())
}

/// A change can be approved only while the current values are those at the time of the proposal.
pub fn require_unchanged(as_proposed: bool) -> Result<(), Problem> {
    if as_proposed {
        return Ok(());
    }
    Err(conflict(
        "提出申请后企业信息已另行变更。请重新提出申请。",
        "The company has changed since the proposal. Propose the change again.",
    ))
}

/// Checks the parent again on approval: it may have become a branch since the proposal.
pub fn require_fitting_parent(faults: &[InputError]) -> Result<(), Problem> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(conflict(
        "总公司已不符合条件，不得批准该变更。",
        "The parent company no longer qualifies. The change must not be approved.",
    ))
}

/// A single person cannot change the parent, because a parent sees contracts, violations and measures of its branches.
pub fn alone(company: &Company, change: &CompanyPatch) -> Option<InputError> {
    let parent = change.parent_id?;
    (parent != company.parent_id).then(|| {
        let zh = "变更总公司须由另一人批准；请提出企业变更申请（…/changes）";
        InputError::new(
            "/parent_id",
            "conflict",
            zh,
            "a second person must approve a change of the parent company; propose a company change (…/changes)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Id, Instant};

    fn company(division: &str) -> Company {
        Company {
            id: Id::default(),
            version: 1,
            uscc: String::new(),
            uscc_override_reason: None,
            name: String::new(),
            legal_representative: String::new(),
            service_hotline: String::new(),
            parent_id: None,
            county: "640121".into(),
            division: division.into(),
            created_at: Instant::now(),
            updated_at: Instant::now(),
        }
    }

    #[test]
    fn a_file_is_written_by_its_home_register_only() {
        use Role::{Community, CountyAuthority, PropertyCompany, SocialAffairsOffice, TownshipLeader};
        let (by_county, by_township) = (company("640121"), company("640121102"));
        for (role, division, of_county, of_township) in [
            (CountyAuthority, "640121", true, true),
            (CountyAuthority, "640122", false, false),
            (SocialAffairsOffice, "640121102", false, true),
            (SocialAffairsOffice, "640121100", false, false),
            (TownshipLeader, "640121102", false, false),
            (Community, "640121102001", false, false),
        ] {
            assert_eq!(keeps(role, Some(division), &by_county), of_county, "{role:?} {division}");
            assert_eq!(keeps(role, Some(division), &by_township), of_township, "{role:?} {division}");
        }
        assert!(!keeps(PropertyCompany, None, &by_county));
    }

    #[test]
    fn a_change_is_approved_once_by_another_person_while_it_still_fits() {
        let by = |sub: &str| Actor {
            iss: "https://id.example".into(),
            sub: sub.into(),
            role: Role::CountyAuthority,
            division: Some("640121".into()),
        };
        let caller = Caller::acting(&by("a"), None);
        let code = |result: Result<(), Problem>| result.err().map(|problem| problem.code);
        assert_eq!(code(may_approve(&caller, &by("a"))), Some(Code::SamePerson));
        assert_eq!(code(may_approve(&caller, &by("b"))), None);
        assert_eq!(code(may_change(&caller, &company("640121"))), None);
        assert_eq!(code(may_change(&caller, &company("640121102"))), None, "the county keeps its townships' files");
        for (state, expected) in [
            (ChangeState::Proposed, None),
            (ChangeState::Approved, Some(Code::StateConflict)),
            (ChangeState::Refused, Some(Code::StateConflict)),
        ] {
            assert_eq!(code(require_proposed(state)), expected, "{state:?}");
        }
        assert_eq!(code(require_unchanged(false)), Some(Code::StateConflict));
        assert_eq!(code(may_register(true)), Some(Code::AlreadyExists));
    }

    #[test]
    fn branches_have_one_level() {
        let fault = |alone, branches| unfit_parent(alone, branches).map(|fault| fault.code);
        assert_eq!(fault(true, false), None);
        assert_eq!(fault(false, false), Some("unknown_reference"));
        assert_eq!(fault(true, true), Some("conflict"));
    }

    #[test]
    fn a_code_that_does_not_fit_is_stored_by_the_county_with_a_reason() {
        let codes = |uscc: &str, reason: Option<&str>, role| {
            let input = CompanyIn {
                uscc: uscc.into(),
                uscc_override_reason: reason.map(str::to_owned),
                name: String::new(),
                legal_representative: String::new(),
                service_hotline: String::new(),
                parent_id: None,
            };
            let mut faults = Vec::new();
            check_uscc(&input, role, &mut faults);
            faults.first().map(|fault| fault.code)
        };
        let (fits, wrong) = ("91350100M000100Y43", "91350100M000100Y44");
        assert_eq!(codes(fits, None, Role::SocialAffairsOffice), None);
        assert_eq!(codes(wrong, None, Role::CountyAuthority), Some("check_character"));
        assert_eq!(codes(wrong, Some("营业执照如此"), Role::SocialAffairsOffice), Some("conflict"));
        assert_eq!(codes(wrong, Some("营业执照如此"), Role::CountyAuthority), None);
    }

    #[test]
    fn a_parent_is_not_changed_by_one_person() {
        let mut own = company("640121");
        let change = |parent| CompanyPatch { parent_id: parent, ..CompanyPatch::default() };
        let other = Id::new();
        assert!(alone(&own, &change(Some(Some(other)))).is_some());
        assert!(alone(&own, &change(Some(None))).is_none() && alone(&own, &change(None)).is_none());
        own.parent_id = Some(other);
        assert!(alone(&own, &change(Some(None))).is_some() && alone(&own, &change(Some(Some(other)))).is_none());
    }
}
