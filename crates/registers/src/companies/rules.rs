//! Who writes a company's file: a row that several townships and counties see.

use super::changes::ChangeState;
use super::model::{Company, CompanyIn, CompanyPatch};
use super::uscc;
use crate::access::{Actor, Caller, Role};
use crate::fault::Fault;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

/// Does an office keep a company's file? The county authority of its home county does, and the social affairs office of the
/// township where it was registered.
pub fn keeps(role: Role, division: Option<&str>, company: &Company) -> bool {
    let Some(division) = division else { return false };
    match role {
        Role::CountyAuthority => division == company.county,
        Role::SocialAffairsOffice => division == company.division,
        _ => false,
    }
}

/// Only the home register changes a company's file; who else sees the company proposes.
pub fn may_change(caller: &Caller, company: &Company) -> Result<(), Problem> {
    if keeps(caller.role, caller.division.as_deref(), company) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(
        format!("企业档案由登记机关（{}）维护；其他单位可提出变更建议", company.division),
        format!("the register of {} keeps this file; propose the change (…/changes)", company.division),
    ))
}

pub fn exists() -> Problem {
    let (zh, en) = ("该统一社会信用代码已登记", "a company with this code is registered already");
    Problem::new(Code::AlreadyExists).detail(zh, en)
}

/// A code is registered once.
pub fn may_register(registered: bool) -> Result<(), Problem> {
    if registered { Err(exists()) } else { Ok(()) }
}

/// A code whose check character does not fit is stored by the county alone, with a reason.
pub fn check_uscc(input: &CompanyIn, role: Role, faults: &mut Vec<Fault>) {
    if uscc::has_valid_check(&input.uscc) {
        return;
    }
    if input.uscc_override_reason.is_none() {
        faults.push(Fault::new(
            "/uscc",
            "check_character",
            "统一社会信用代码的校验位不正确；确有其码的，由县级主管部门填写 uscc_override_reason",
            "the check character of the USCC does not fit; for a real code the county gives uscc_override_reason",
        ));
    } else if role != Role::CountyAuthority {
        faults.push(Fault::new(
            "/uscc_override_reason",
            "conflict",
            "只有县级主管部门可以登记校验位不符的代码",
            "only the county may store a code whose check character does not fit",
        ));
    }
}

/// A parent stands alone (the caller sees it, it is no branch, and it is another company), and a company with branches
/// becomes no branch: one level, as in the commercial register.
pub fn unfit_parent(stands_alone: bool, has_branches: bool) -> Option<Fault> {
    if !stands_alone {
        let (zh, en) =
            ("上级企业不存在，或其本身为分支机构", "no such company for you, or one that is a branch itself");
        return Some(Fault::new("/parent_id", "unknown_reference", zh, en));
    }
    has_branches.then(|| {
        let (zh, en) =
            ("企业已有分支机构，其本身不得成为分支机构", "a company that has branches becomes no branch itself");
        Fault::new("/parent_id", "conflict", zh, en)
    })
}

/// A change changes something.
pub fn check_change(nothing: bool, faults: &mut Vec<Fault>) {
    if nothing {
        let (zh, en) = ("没有要变更的内容：与现登记内容相同", "nothing is to change: it is what is on file");
        faults.push(Fault::new("", "required", zh, en));
    }
}

pub fn already_pending() -> Problem {
    let (zh, en) = ("相同的变更建议正在等待决定", "the same change waits for its decision");
    Problem::new(Code::AlreadyExists).detail(zh, en)
}

/// A change is decided once.
pub fn require_proposed(state: ChangeState) -> Result<(), Problem> {
    match state {
        ChangeState::Proposed => Ok(()),
        ChangeState::Approved | ChangeState::Refused => Err(conflict("已作出决定", "it is decided already")),
    }
}

/// Another person than the one who proposed it approves.
pub fn may_approve(caller: &Caller, proposed_by: &Actor) -> Result<(), Problem> {
    if caller.is(proposed_by) {
        return Err(Problem::new(Code::SamePerson).detail("提出人不得批准", "whoever proposed it does not approve it"));
    }
    Ok(())
}

/// What is approved is what was proposed: a change of what stood on file then.
pub fn require_unchanged(as_proposed: bool) -> Result<(), Problem> {
    if as_proposed {
        return Ok(());
    }
    Err(conflict("提出后企业档案已另行变更，请重新提出", "the file was changed since: propose it again"))
}

/// A parent that fitted when the change was proposed may not fit now.
pub fn require_fitting_parent(faults: &[Fault]) -> Result<(), Problem> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(conflict("上级企业已不符合条件", "the parent does not fit any more"))
}

/// What one person does not change alone: a parent sees the contracts, violations and measures of its branches.
pub fn alone(company: &Company, change: &CompanyPatch) -> Option<Fault> {
    let parent = change.parent_id?;
    (parent != company.parent_id).then(|| {
        let zh = "变更上级企业须由另一人批准：请提出变更（…/changes）";
        Fault::new("/parent_id", "conflict", zh, "another parent needs a second person: propose it (…/changes)")
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
