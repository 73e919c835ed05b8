//! Checks of a complaint on submission. Pure functions.

use super::input::{ComplaintIn, OfficeRefIn};
use super::model::ComplaintChannel;
use crate::access::Role;
use crate::input_error::InputError;
use crate::policy::complaints::{ComplaintCategory, may_handle};
use crate::problem::{Code, Problem};

pub fn check_channel(role: Role, input: &ComplaintIn, faults: &mut Vec<InputError>) {
    use ComplaintChannel::*;
    let fits = match role {
        Role::Resident => matches!(input.channel, App | Portal),
        // Open311 has its own interface, which sets the channel.
        _ => matches!(input.channel, Phone | Hotline | Visit | Patrol),
    };
    if !fits && input.channel != Open311 {
        let (zh, en) = ("您不得经此渠道提交诉求", "you are not allowed to submit by this channel");
        faults.push(InputError::new("/channel", "wrong_party", zh, en));
    }
    match (input.channel, &input.hotline_number) {
        (Hotline, None) => {
            let (zh, en) =
                ("12345热线转来的诉求须填写热线工单编号", "a complaint from the hotline needs the hotline's number");
            faults.push(InputError::new("/hotline_number", "required", zh, en));
        }
        (Hotline, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let (zh, en) = (
                "只有12345热线转来的诉求可以填写热线工单编号",
                "only a complaint from the hotline may have the hotline's number",
            );
            faults.push(InputError::new("/hotline_number", "conflict", zh, en));
        }
    }
}

/// The input error of a category that is not in the policy in force.
pub fn unknown_category() -> InputError {
    InputError::new(
        "/category",
        "unknown_value",
        "现行政策中没有此诉求分类",
        "the policy in force has no such complaint category",
    )
}

pub fn check_organisation(category: &ComplaintCategory, input: &ComplaintIn, faults: &mut Vec<InputError>) {
    match input.organisation {
        None if !category.organisations.is_empty() => {
            let (zh, en) = ("须填写专业运营单位的类别", "name the kind of utility operator");
            faults.push(InputError::new("/organisation", "required", zh, en));
        }
        Some(kind) if !category.organisations.contains(&kind) => {
            let (zh, en) =
                ("此诉求分类不涉及该类专业运营单位", "this category does not apply to this kind of utility operator");
            faults.push(InputError::new("/organisation", "conflict", zh, en));
        }
        _ => {}
    }
}

/// The office complained of is named in that one category, and only there. Gives the office that is to be looked up.
pub fn check_is_about<'i>(
    is_about: bool,
    input: &'i ComplaintIn,
    faults: &mut Vec<InputError>,
) -> Option<&'i OfficeRefIn> {
    match (&input.complained_office, is_about) {
        (None, true) => {
            let (zh, en) = ("须填写被反映单位", "name the office complained of");
            faults.push(InputError::new("/complained_office", "required", zh, en));
            None
        }
        (Some(_), false) => {
            let (zh, en) = (
                "只有反映基层工作人员的诉求可以填写被反映单位",
                "only a complaint about grassroots officials may name an office complained of",
            );
            faults.push(InputError::new("/complained_office", "conflict", zh, en));
            None
        }
        (office, _) => office.as_ref(),
    }
}

/// Checks that the office complained of exists and is in the county of the place. An unknown place (`county` is none)
/// is reported elsewhere.
pub fn check_complained_office(seat: &OfficeRefIn, is_known: bool, county: Option<&str>, faults: &mut Vec<InputError>) {
    let mut fault = |code, zh, en| faults.push(InputError::new("/complained_office/division", code, zh, en));
    let is_body = may_handle(seat.role) && seat.role != Role::PropertyCompany;
    if seat.role.row().division_digits != seat.division.len() || !is_body {
        fault("conflict", "单位与行政区划不符", "the division does not fit the role of the office");
    } else if !is_known {
        fault("unknown_reference", "没有此行政区划", "unknown division");
    } else if county.is_some_and(|county| !seat.division.starts_with(county)) {
        fault(
            "conflict",
            "被反映单位须与诉求地点在同一县内",
            "the office complained of must be in the same county as the complaint",
        );
    }
}

pub fn check_contact(input: &ComplaintIn, is_machine: bool, faults: &mut Vec<InputError>) {
    let contact = input.contact.as_ref();
    if input.anonymous && contact.is_some() {
        let (zh, en) = ("匿名诉求不得填写联系方式", "an anonymous complaint must not have a contact");
        faults.push(InputError::new("/contact", "conflict", zh, en));
    }
    if contact.is_some_and(|one| one.name.is_none() && one.phone.is_none() && one.address.is_none()) {
        let (zh, en) = ("联系方式须填写姓名、电话或者住址", "the contact needs a name, a phone or an address");
        faults.push(InputError::new("/contact", "required", zh, en));
    }
    if input.consent_to_company && contact.is_none_or(|one| one.phone.is_none()) {
        let (zh, en) =
            ("同意向企业提供联系方式的，须填写电话", "consent to share the contact with the company needs a phone");
        faults.push(InputError::new("/consent_to_company", "conflict", zh, en));
    }
    if is_machine && input.consent_to_company {
        let (zh, en) = (
            "同意须由本人作出，接入系统不得代为同意",
            "a person must consent; a client must not consent on their behalf",
        );
        faults.push(InputError::new("/consent_to_company", "wrong_party", zh, en));
    }
}

/// Refuses a hotline number that is recorded already; it is unique in a county.
pub fn require_new_number(is_on_file: bool) -> Result<(), Problem> {
    if is_on_file {
        let (zh, en) = ("该热线工单编号已登记。", "A complaint with this hotline number is recorded already.");
        return Err(Problem::new(Code::AlreadyExists).detail(zh, en));
    }
    Ok(())
}
