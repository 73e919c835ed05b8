//! Which office can be put on file, and by whom it is changed. Pure.

use crate::access::Role;
use crate::fault::Fault;
use crate::problem::{Code, Problem};

/// The division has the role's digits.
pub fn check_digits(role: Role, division: &str) -> Result<(), Fault> {
    let digits = role.row().division_digits;
    if digits == 0 {
        let (zh, en) = ("该角色没有区划，不列入机构名录", "this role has no division, and no place in the directory");
        return Err(Fault::new("/role", "invalid", zh, en));
    }
    if division.len() != digits {
        let (zh, en) = (format!("该角色的区划代码为 {digits} 位"), format!("this role's division has {digits} digits"));
        return Err(Fault::new("/division", "invalid_format", zh, en));
    }
    Ok(())
}

/// The division exists and lies inside of the caller's territory. `inside` is none where there is no such division.
pub fn check_territory(inside: Option<bool>, faults: &mut Vec<Fault>) {
    let (zh, en) = match inside {
        Some(true) => return,
        Some(false) => ("该区划不在您的辖区内", "this division is not in your territory"),
        None => ("区划代码不存在", "no such division"),
    };
    faults.push(Fault::new("/division", "unknown_reference", zh, en));
}

/// An office is changed from inside of its territory; those below see it, and do not keep it.
pub fn may_change(inside: bool) -> Result<(), Problem> {
    if inside {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail("该机构由其上级登记", "this office is kept by the offices above it"))
}

/// A role has one office in a division, and a word one office in a county.
pub fn taken() -> Problem {
    Problem::new(Code::AlreadyExists).detail(
        "该角色在此区划已登记，或该机关代字已由本县其他机构使用",
        "this role is on file in this division already, or the word is another office's of the county",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_has_the_digits_of_the_role() {
        for (role, division, expected) in [
            (Role::SocialAffairsOffice, "640121102", None),
            (Role::SocialAffairsOffice, "640121", Some("/division")),
            (Role::Resident, "640121", Some("/role")),
        ] {
            let pointer = check_digits(role, division).err().map(|fault| fault.pointer);
            assert_eq!(pointer.as_deref(), expected);
        }
    }

    #[test]
    fn an_office_is_of_the_callers_territory() {
        for (inside, wrong) in [(Some(true), 0), (Some(false), 1), (None, 1)] {
            let mut faults = Vec::new();
            check_territory(inside, &mut faults);
            assert_eq!(faults.len(), wrong);
        }
        assert!(may_change(true).is_ok());
        assert_eq!(may_change(false).unwrap_err().code, Code::Forbidden);
    }
}
