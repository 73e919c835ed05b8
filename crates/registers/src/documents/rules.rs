//! Validates the input of each kind of document, and decides who may issue it and when. Pure.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::model::{DocumentIn, DocumentKind, DocumentRow};
use crate::access::{Actor, Caller, Role};
use crate::input_error::InputError;
use crate::offices::model::OfficeRow;
use crate::policy::documents::DocumentTemplate;
use crate::policy::versions::PolicyVersion;
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

/// APL 64: the party must be notified seven days before the hearing.
const HEARING_NOTICE_DAYS: u64 = 7;

/// Requires the members that the kind needs, and rejects those that it does not use.
pub fn check(input: &DocumentIn, faults: &mut Vec<InputError>) {
    if input.kind.is_of_filing() {
        let (zh, en) = (
            "备案文书由备案决定自动出具，不得在此出具",
            "the decision on the filing issues this document; do not issue it here",
        );
        faults.push(InputError::new("/kind", "invalid", zh, en));
    }
    for (pointer, given) in [("/place", input.place.is_some()), ("/held_at", input.held_at.is_some())] {
        if input.kind.summons() && !given {
            faults.push(InputError::new(
                pointer,
                "required",
                "通知须写明时间和地点",
                "a notice must state the time and place",
            ));
        } else if !input.kind.summons() && given {
            let (zh, en) = ("该类文书不得填写时间和地点", "not allowed for this kind of document");
            faults.push(InputError::new(pointer, "conflict", zh, en));
        }
    }
    if input.addressee.is_some() && input.kind != DocumentKind::ReferralLetter {
        let (zh, en) = (
            "该类文书主送当事企业，不得另填主送单位",
            "this kind of document is addressed to the company; leave this out",
        );
        faults.push(InputError::new("/addressee", "conflict", zh, en));
    }
}

/// Checks the time of a meeting. Each pair is the instant and its day.
pub fn check_time(
    kind: DocumentKind,
    (at, day): (DateTime<Utc>, NaiveDate),
    (now, today): (DateTime<Utc>, NaiveDate),
    faults: &mut Vec<InputError>,
) {
    let earliest = today.checked_add_days(Days::new(HEARING_NOTICE_DAYS)).unwrap_or(today);
    if at <= now {
        faults.push(InputError::new("/held_at", "out_of_range", "须晚于现在", "must be later than now"));
    } else if kind == DocumentKind::HearingNotice && day < earliest {
        faults.push(InputError::new(
            "/held_at",
            "out_of_range",
            format!("听证须在举行的七日前通知，最早为{}", chinese_day(earliest)),
            format!("the hearing notice must come seven days before the hearing; the earliest day is {earliest}"),
        ));
    }
}

fn not_yours(zh: &str, en: &str) -> Problem {
    Problem::new(Code::Forbidden).detail(zh, en)
}

/// Only the office that issued a document may issue its proof of delivery.
pub fn require_issuer(caller: &Caller, row: &DocumentRow) -> Result<(), Problem> {
    if caller.role == row.office_role && caller.division.as_deref() == Some(&row.office_division) {
        return Ok(());
    }
    Err(not_yours("此环节由出具该文书的单位办理。", "The office that issued the document must take this step."))
}

/// Only the office that made the decision may issue the document of it.
pub fn require_decider(caller: &Caller, by: &Actor) -> Result<(), Problem> {
    if caller.role == by.role && caller.division == by.division {
        return Ok(());
    }
    Err(not_yours("该文书由作出决定的单位出具。", "The office that made the decision must issue this document."))
}

/// A kind of document can be valid only once for each case. A new summons replaces the earlier one.
pub fn may_replace(kind: DocumentKind, number: &str) -> Result<(), Problem> {
    if kind.summons() {
        return Ok(());
    }
    Err(Problem::new(Code::AlreadyExists).detail(
        format!("该文书已出具，发文字号为{number}。"),
        format!("The document has been issued already as {number}."),
    ))
}

/// A document must not set a deadline that has passed.
pub fn may_order(kind: DocumentKind, due_on: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    let orders = matches!(kind, DocumentKind::RectificationOrder | DocumentKind::ReferralLetter);
    if !orders || due_on >= today {
        return Ok(());
    }
    let zh = format!("文书所定期限（{}）已届满，不得出具。", chinese_day(due_on));
    let en = format!("The document would set the deadline {due_on}, which has passed.");
    Err(Problem::new(Code::DeadlinePassed).detail(zh, en))
}

/// The template of a kind in a policy version.
pub fn template(version: &PolicyVersion, kind: DocumentKind) -> Result<&DocumentTemplate, Problem> {
    version.document().documents.iter().find(|one| one.kind == kind).ok_or_else(|| {
        Problem::new(Code::TemplateUnusable).detail(
            format!(
                "现行政策第{}版没有“{}”的文书模板。请由县级物业主管部门发布含该模板的政策版本。",
                version.version,
                kind.zh()
            ),
            format!(
                "Policy version {} has no document template of {}. The county authority must publish one.",
                version.version,
                kind.code()
            ),
        )
    })
}

/// The office must be in the directory and have a document prefix.
pub fn require_prefix(found: Option<OfficeRow>, role: Role, division: &str) -> Result<OfficeRow, Problem> {
    let whose = role.row().zh;
    match found {
        Some(office) if office.document_prefix.is_some() => Ok(office),
        Some(office) => Err(Problem::new(Code::OfficeNotRegistered).detail(
            format!("“{}”尚未登记机关代字。请以 PATCH /v1/offices/{} 补登 document_prefix。", office.name, office.id),
            format!("{} has no document prefix. Set document_prefix: PATCH /v1/offices/{}.", office.name, office.id),
        )),
        None => Err(Problem::new(Code::OfficeNotRegistered).detail(
            format!("行政区划 {division} 的“{whose}”尚未列入机构名录。请以 POST /v1/offices 登记，并填写机关代字。"),
            format!(
                "{} of {division} is not in the directory. Register it with its document prefix: POST /v1/offices.",
                role.code()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Id;
    use crate::policy::versions::built_in;

    fn input(kind: DocumentKind) -> DocumentIn {
        DocumentIn { kind, subject_id: Id::new(), place: None, held_at: None, addressee: None }
    }

    fn pointers(input: &DocumentIn) -> Vec<String> {
        let mut faults = Vec::new();
        check(input, &mut faults);
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn each_kind_has_what_it_asks_for_and_no_more() {
        use DocumentKind::*;
        let (place, held_at) = (Some("镇政府".to_owned()), Some("2026-03-02T01:00:00Z".parse().unwrap()));
        assert_eq!(pointers(&input(HearingNotice)), ["/place", "/held_at"]);
        assert_eq!(pointers(&DocumentIn { place: place.clone(), held_at, ..input(HearingNotice) }), [""; 0]);
        assert_eq!(pointers(&DocumentIn { place, held_at, ..input(RemovalDecision) }), ["/place", "/held_at"]);
        assert_eq!(pointers(&input(FilingReceipt)), ["/kind"]);
        let addressee = Some("县公安局".to_owned());
        assert_eq!(pointers(&DocumentIn { addressee: addressee.clone(), ..input(ReferralLetter) }), [""; 0]);
        assert_eq!(pointers(&DocumentIn { addressee, ..input(RemovalDecision) }), ["/addressee"]);
    }

    #[test]
    fn a_hearing_is_announced_seven_days_before_it() {
        use DocumentKind::{HearingNotice, InterviewNotice};
        let now: DateTime<Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
        let today: NaiveDate = "2026-03-02".parse().unwrap();
        for (kind, days, good) in [
            (HearingNotice, 7, true),
            (HearingNotice, 6, false),
            (InterviewNotice, 1, true),
            (InterviewNotice, 0, false),
        ] {
            let mut faults = Vec::new();
            let (at, day) = (now + Days::new(days), today + Days::new(days));
            check_time(kind, (at, day), (now, today), &mut faults);
            assert_eq!(faults.is_empty(), good, "{kind:?} in {days} days");
        }
    }

    #[test]
    fn a_decision_is_put_into_form_by_whoever_took_it() {
        let of = |division: &str| Actor {
            iss: "urn:test".into(),
            sub: "officer".into(),
            role: Role::SocialAffairsOffice,
            division: Some(division.into()),
        };
        let caller = Caller::acting(&of("640121102"), None);
        assert!(require_decider(&caller, &of("640121102")).is_ok());
        assert_eq!(require_decider(&caller, &of("640121103")).unwrap_err().code, Code::Forbidden);
    }

    #[test]
    fn what_stands_already_or_comes_too_late_is_refused() {
        use DocumentKind::{InterviewNotice, RectificationOrder, RemovalDecision};
        assert!(may_replace(InterviewNotice, "1号").is_ok());
        assert_eq!(may_replace(RemovalDecision, "1号").unwrap_err().code, Code::AlreadyExists);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (kind, due_on, good) in [
            (RectificationOrder, "2026-03-02", true),
            (RectificationOrder, "2026-03-01", false),
            (RemovalDecision, "2026-03-01", true),
        ] {
            assert_eq!(may_order(kind, day(due_on), day("2026-03-02")).is_ok(), good, "{kind:?}");
        }
    }

    #[test]
    fn an_office_that_the_directory_lacks_issues_nothing() {
        let unknown = require_prefix(None, Role::SocialAffairsOffice, "640121102").unwrap_err();
        assert_eq!(unknown.code, Code::OfficeNotRegistered);
        let mut document = built_in().clone();
        document.documents.retain(|one| one.kind != DocumentKind::HearingRecord);
        let version = PolicyVersion::new(1, "2026-01-01".parse().unwrap(), document);
        assert!(template(&version, DocumentKind::RemovalDecision).is_ok());
        assert_eq!(template(&version, DocumentKind::HearingRecord).unwrap_err().code, Code::TemplateUnusable);
    }
}
