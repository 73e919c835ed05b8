//! The part of a caller in a complaint, on which the allowed steps depend. Pure functions.

use super::model::*;
use crate::access::{Caller, Role};
use crate::problem::{Code, Problem};

/// A part in a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplaintParty {
    /// The office or company that handles it now.
    Handler,
    SupervisingOffice,
    /// The resident who submitted it.
    Owner,
    /// An office other than the handler, which acts on behalf of a complainant without an account.
    FrontDesk,
}

pub fn is_handler(caller: &Caller, row: &ComplaintRow) -> bool {
    if row.handler_role != caller.role {
        return false;
    }
    // The scope has already limited a company to its own complaints and those of its branches.
    caller.role == Role::PropertyCompany || caller.division.as_deref() == Some(row.handler_division.as_str())
}

pub fn is_supervising_office(caller: &Caller, row: &ComplaintRow) -> bool {
    row.supervising_role.0 == Some(caller.role) && caller.division.as_deref() == Some(row.supervising_division.as_str())
}

/// The problem for a caller who has none of the parts required for a step.
pub fn refused(row: &ComplaintRow, parts: &[ComplaintParty]) -> Problem {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for part in parts {
        let (part_zh, part_en) = match part {
            ComplaintParty::Handler => {
                let role = row.handler_role;
                (format!("承办单位（{}）", role.row().zh), format!("the handler ({})", role.code()))
            }
            ComplaintParty::SupervisingOffice => {
                let Some(role) = row.supervising_role.0 else { continue };
                (format!("督办单位（{}）", role.row().zh), format!("the supervising office ({})", role.code()))
            }
            ComplaintParty::Owner => ("诉求人本人".to_owned(), "the complainant".to_owned()),
            ComplaintParty::FrontDesk => ("受理来电的单位".to_owned(), "an office that receives calls".to_owned()),
        };
        zh.push(part_zh);
        en.push(part_en);
    }
    let (zh, en) = (format!("此环节须由{}办理。", zh.join("或者")), format!("This step is for {}.", en.join(" or ")));
    Problem::new(Code::Forbidden).detail(zh, en)
}

#[cfg(test)]
mod tests {
    use super::super::rules_tests::{a_complaint, caller};
    use super::*;

    #[test]
    fn a_part_is_a_role_in_its_division() {
        let row = a_complaint();
        for (role, division, handles, supervises) in [
            (Role::SocialAffairsOffice, "640121102", true, false),
            (Role::SocialAffairsOffice, "640121103", false, false),
            (Role::TownshipLeader, "640121102", false, true),
            (Role::TownshipLeader, "640121103", false, false),
            (Role::Community, "640121102", false, false),
        ] {
            let caller = caller(role, division);
            assert_eq!(
                (is_handler(&caller, &row), is_supervising_office(&caller, &row)),
                (handles, supervises),
                "{role:?}"
            );
        }
    }

    #[test]
    fn a_company_handles_whatever_it_sees_of_companies() {
        let row =
            ComplaintRow { handler_role: Role::PropertyCompany, handler_division: String::new(), ..a_complaint() };
        assert!(is_handler(&caller(Role::PropertyCompany, ""), &row));
    }

    #[test]
    fn nobody_supervises_what_has_no_supervising_office() {
        let mut row = a_complaint();
        row.set_supervising_office(None);
        assert!(!is_supervising_office(&caller(Role::TownshipLeader, ""), &row));
        let refused = refused(&row, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice]);
        assert!(!format!("{refused:?}").contains("supervising office"));
    }
}
