//! Pure rules: who may prepare, submit and file a contract, and in which state.

use chrono::NaiveDate;

use super::model::*;
use super::rules;
use crate::access::{Actor, Caller, Role};
use crate::db::Id;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::proceedings;

pub fn require_state(state: ContractState, allowed: &[ContractState]) -> Result<(), Problem> {
    proceedings::rules::require_state(state, allowed, ContractState::label)
}

/// Checks the company of a contract. An office must name one (`named`); for a company the default is the company
/// itself. `found` is the registered company that results.
pub fn check_company(named: Option<Id>, found: Option<Id>, faults: &mut Vec<InputError>) {
    let (code, zh, en) = match (found, named) {
        (Some(_), _) => return,
        (None, None) => ("required", "须填写物业服务企业", "name the company"),
        (None, Some(_)) => {
            ("unknown_reference", "企业不存在，或者不在您的辖区内", "unknown company, or outside your territory")
        }
    };
    faults.push(InputError::new("/company_id", code, zh, en));
}

/// Only the party that recorded a contract may change and submit it: the company, or an office for a contract that an
/// office recorded.
pub fn may_prepare(entered_by: EnteredBy, caller: Role) -> Result<(), Problem> {
    if (entered_by == EnteredBy::Company) == (caller == Role::PropertyCompany) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(
        "该合同由登记方修改和提交。企业可以另行登记本企业的合同。",
        "The party that recorded the contract changes and submits it. A company may record its own contract.",
    ))
}

/// Requires everything that a filing needs.
pub fn require_complete(kind: ContractKind, terms: &Terms, today: NaiveDate) -> Result<(), Problem> {
    let lacking = rules::lacking(kind, terms, today);
    if lacking.is_empty() { Ok(()) } else { Err(Problem::new(Code::ContractIncomplete).with(lacking)) }
}

/// The policy names the filing authority: the county authority, or by delegation the township's social affairs
/// office.
pub fn may_file(caller: Role, authority: Role) -> Result<(), Problem> {
    if caller == authority {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(
        format!("依据现行政策，备案机关为{}。", authority.row().zh),
        format!("Under the policy in force, the filing authority is {}.", authority.code()),
    ))
}

/// The two-person rule: the person who submitted a contract must not file it.
pub fn require_another_person(
    two_person_rule: bool,
    submitter: Option<&Actor>,
    caller: &Caller,
) -> Result<(), Problem> {
    if two_person_rule && submitter.is_some_and(|by| caller.is(by)) {
        return Err(Problem::new(Code::SamePerson).detail(
            "提交人不得办理备案，请由另一人办理。",
            "The person who submitted the contract must not file it. Another person must file it.",
        ));
    }
    Ok(())
}

/// The project manager of a governing contract is changed by its own operation; before that, the draft is changed.
pub fn may_change_manager(governs: bool) -> Result<(), Problem> {
    if governs {
        return Ok(());
    }
    Err(Problem::new(Code::StateConflict)
        .detail("该合同未备案。请直接修改草稿。", "The contract has not been filed. Change the draft instead."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_names_the_states_that_allow_it() {
        let open = [ContractState::Draft, ContractState::Refused];
        assert!(require_state(ContractState::Refused, &open).is_ok());
        assert_eq!(require_state(ContractState::Filed, &open).unwrap_err().code, Code::StateConflict);
    }

    #[test]
    fn a_contract_has_a_company() {
        let id = Id(uuid::Uuid::nil());
        for (named, found, expected) in
            [(None, Some(id), None), (None, None, Some("required")), (Some(id), None, Some("unknown_reference"))]
        {
            let mut faults = Vec::new();
            check_company(named, found, &mut faults);
            assert_eq!(faults.first().map(|fault| fault.code), expected);
        }
    }

    #[test]
    fn whoever_entered_it_prepares_it() {
        assert!(may_prepare(EnteredBy::Company, Role::PropertyCompany).is_ok());
        assert!(may_prepare(EnteredBy::Office, Role::SocialAffairsOffice).is_ok());
        for (entered_by, caller) in
            [(EnteredBy::Company, Role::CountyAuthority), (EnteredBy::Office, Role::PropertyCompany)]
        {
            assert_eq!(may_prepare(entered_by, caller).unwrap_err().code, Code::Forbidden);
        }
    }

    #[test]
    fn what_lacks_is_named() {
        let today = NaiveDate::default();
        let refused = require_complete(ContractKind::Regular, &Terms::default(), today).unwrap_err();
        assert_eq!(refused.code, Code::ContractIncomplete);
        assert!(refused.faults.iter().any(|fault| fault.pointer == "/text"));
    }

    #[test]
    fn the_authority_files_and_not_who_submitted() {
        assert!(may_file(Role::CountyAuthority, Role::CountyAuthority).is_ok());
        assert_eq!(may_file(Role::SocialAffairsOffice, Role::CountyAuthority).unwrap_err().code, Code::Forbidden);
        let actor =
            |sub: &str| Actor { iss: "iss".into(), sub: sub.into(), role: Role::CountyAuthority, division: None };
        let caller = Caller::acting(&actor("one"), None);
        for (rule, submitter, refused) in
            [(true, Some("one"), true), (true, Some("two"), false), (true, None, false), (false, Some("one"), false)]
        {
            let submitter = submitter.map(actor);
            assert_eq!(require_another_person(rule, submitter.as_ref(), &caller).is_err(), refused);
        }
    }

    #[test]
    fn a_draft_is_changed_as_a_draft() {
        assert!(may_change_manager(true).is_ok());
        assert_eq!(may_change_manager(false).unwrap_err().code, Code::StateConflict);
    }
}
