//! Decides which offices can be registered, and who may change them. Pure.

use crate::access::Role;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};

/// The division code must have the length that the role requires.
pub fn check_digits(role: Role, division: &str) -> Result<(), InputError> {
    let digits = role.row().division_digits;
    if digits == 0 {
        let (zh, en) = (
            "该角色没有行政区划，不得列入机构名录",
            "this role has no division and must not be in the office directory",
        );
        return Err(InputError::new("/role", "invalid", zh, en));
    }
    if division.len() != digits {
        let (zh, en) = (
            format!("该角色的区划代码须为{digits}位"),
            format!("the division code of this role must have {digits} digits"),
        );
        return Err(InputError::new("/division", "invalid_format", zh, en));
    }
    Ok(())
}

/// The division must exist and lie in the caller's territory. `inside` is `None` if it does not exist.
pub fn check_territory(inside: Option<bool>, faults: &mut Vec<InputError>) {
    let (zh, en) = match inside {
        Some(true) => return,
        Some(false) => ("该行政区划不在您的辖区内", "outside your territory"),
        None => ("没有此行政区划", "unknown division"),
    };
    faults.push(InputError::new("/division", "unknown_reference", zh, en));
}

/// An office may be changed only by a caller whose territory contains it; offices below can read it.
pub fn may_change(inside: bool) -> Result<(), Problem> {
    if inside {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden)
        .detail("该机构须由其上级单位登记。", "An office above this office must register it."))
}

/// There is one office for each role and division, and a document prefix is unique in its county.
pub fn taken() -> Problem {
    Problem::new(Code::AlreadyExists).detail(
        "该角色在此行政区划的机构已登记，或者该机关代字已由本县其他机构使用。",
        "This role has an office in this division already, or another office of the county has this document prefix.",
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
