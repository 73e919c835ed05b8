//! Which step of a rating is allowed, for whom and when. Pure.

use chrono::NaiveDate;

use super::input::{RatingReviewIn, ScoresIn};
use super::model::{ObjectionOutcome, Objector, Rater, RatingReviewOutcome, RatingState};
use super::rows::{ContentRow, CycleRow, Objection, Proceedings, RatingRow, Review};
use super::{cycle_rules, rows::ObjectionDecision};
use crate::access::{Caller, Role};
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::proceedings;
use crate::proceedings::rules::conflict;
use crate::words::days::chinese_day;

/// More objections than this to one rating come from a faulty program.
const MOST_OBJECTIONS: usize = 100;

pub fn require_state(state: RatingState, allowed: &[RatingState]) -> Result<(), Problem> {
    proceedings::rules::require_state(state, allowed, RatingState::label)
}

fn same_person(zh: &str, en: &str) -> Problem {
    Problem::new(Code::SamePerson).detail(zh, en)
}

/// The score sheets that an office may fill in: its own, and that of the owners' survey.
fn raters_of(role: Role) -> &'static [Rater] {
    match role {
        Role::SocialAffairsOffice | Role::EnforcementOffice => &[Rater::Office, Rater::Owners],
        Role::Community => &[Rater::Community, Rater::Owners],
        _ => &[],
    }
}

pub fn check_rater(role: Role, input: &ScoresIn, faults: &mut Vec<InputError>) {
    if !raters_of(role).contains(&input.rater) {
        let (zh, en) = ("贵单位不得填写该评分表", "your office is not allowed to fill in this score sheet");
        faults.push(InputError::new("/rater", "conflict", zh, en));
    }
}

/// No more households can answer than the complex has, if that number is recorded.
pub fn check_respondents(respondents: Option<i64>, households: Option<i64>, faults: &mut Vec<InputError>) {
    if respondents.zip(households).is_some_and(|(answered, all)| answered > all) {
        let (zh, en) = ("不得超过小区总户数", "must not be more than the households of the complex");
        faults.push(InputError::new("/respondents", "out_of_range", zh, en));
    }
}

/// Scores are submitted between the scoring days of the cycle. After a withdrawal, a return or a sustained objection,
/// also later.
pub fn may_score(cycle: &CycleRow, row: &RatingRow, steps: &Proceedings, today: NaiveDate) -> Result<(), Problem> {
    cycle_rules::require_live(cycle.state)?;
    if today < cycle.opens_on {
        let first = cycle.opens_on;
        let (zh, en) = (format!("评分自{}开始。", chinese_day(first)), format!("Scoring begins on {first}."));
        return Err(conflict(zh, en));
    }
    let returned = steps.review.as_ref().is_some_and(|review| review.outcome == RatingReviewOutcome::Returned);
    let sustained = |decision: &ObjectionDecision| decision.outcome == ObjectionOutcome::Sustained;
    let objected = steps.objections.iter().any(|one| one.decision.as_ref().is_some_and(sustained));
    if today > cycle.closes_on && row.corrects.is_none() && !returned && !objected {
        let last = cycle.closes_on;
        return Err(Problem::new(Code::DeadlinePassed)
            .detail(format!("评分已于{}截止。", chinese_day(last)), format!("Scoring ended on {last}.")));
    }
    Ok(())
}

pub fn check_review(input: &RatingReviewIn, faults: &mut Vec<InputError>) {
    if input.outcome == RatingReviewOutcome::Returned && input.reasons.is_none() {
        let (zh, en) = ("退回须说明理由", "a return needs reasons");
        faults.push(InputError::new("/reasons", "required", zh, en));
    }
}

/// A person who scored must not review.
pub fn may_review(scored: bool) -> Result<(), Problem> {
    if scored {
        Err(same_person(
            "评分人不得复核，请由另一人复核。",
            "A person who scored must not review. Another person must review.",
        ))
    } else {
        Ok(())
    }
}

/// The party that an objection is recorded for.
pub fn objector(role: Role, on_behalf_of_owners: bool) -> Objector {
    match role {
        Role::PropertyCompany => Objector::Company,
        Role::ComplexCommittee => Objector::Committee,
        _ if on_behalf_of_owners => Objector::Owners,
        _ => Objector::Community,
    }
}

/// Only the community submits objections of owners. The rated company reads the text, so it must not contain personal
/// data.
pub fn check_objection(role: Role, on_behalf_of_owners: bool, text: &str, faults: &mut Vec<InputError>) {
    if on_behalf_of_owners && role != Role::Community {
        let (zh, en) = ("业主的异议由村（社区）代为提交", "only the community may submit the owners' objection");
        faults.push(InputError::new("/on_behalf_of_owners", "conflict", zh, en));
    }
    if on_behalf_of_owners {
        check_personal_data(text, faults);
    }
}

/// A text that others read must not contain personal data.
pub fn check_personal_data(text: &str, faults: &mut Vec<InputError>) {
    if let Some(found) = crate::personal::personal_data(text) {
        let (zh, en) = found.words();
        let (zh, en) = (format!("含有疑似{zh}，请删除"), format!("contains what looks like {en}; remove it"));
        faults.push(InputError::new("/text", "personal_data", zh, en));
    }
}

pub fn may_object(objections: usize) -> Result<(), Problem> {
    if objections < MOST_OBJECTIONS {
        return Ok(());
    }
    Err(conflict("该星级评定的异议数已达上限。", "The rating has the most objections allowed."))
}

/// An objection is decided once, by a person who neither scored nor reviewed.
pub fn may_decide_objection(
    caller: &Caller,
    objection: &Objection,
    scored: bool,
    review: Option<&Review>,
) -> Result<(), Problem> {
    if objection.decision.is_some() {
        return Err(conflict("该异议已作出处理决定。", "The objection has been decided already."));
    }
    if scored || review.is_some_and(|review| caller.is(&review.by)) {
        let (zh, en) = (
            "评分人、复核人不得处理该异议，请由另一人处理。",
            "A person who scored or reviewed must not decide the objection. Another person must decide it.",
        );
        return Err(same_person(zh, en));
    }
    Ok(())
}

/// The company replies once.
pub fn may_reply(has_replied: bool) -> Result<(), Problem> {
    if has_replied {
        Err(conflict("企业回应已经提交，不得重复提交。", "The company has replied already."))
    } else {
        Ok(())
    }
}

/// The announcement period must be over and no objection open.
pub fn may_publish(row: &RatingRow, today: NaiveDate) -> Result<(), Problem> {
    require_state(row.state, &[RatingState::Announced])?;
    if row.objections_open > 0 {
        return Err(Problem::new(Code::ObjectionOpen));
    }
    match row.announcement_ends_on {
        Some(last) if today > last => Ok(()),
        last => {
            let zh = last.map(chinese_day).unwrap_or_default();
            let en = last.map(|day| day.to_string()).unwrap_or_default();
            Err(Problem::new(Code::AnnouncementOpen).detail(
                format!("公示至{zh}止，期满后方可发布。"),
                format!("The announcement period lasts until {en}. Publish the rating after that day."),
            ))
        }
    }
}

/// A rating is withdrawn once, and not while its consequences are being processed or an objection is open. A published
/// rating is not withdrawn by a person who scored it.
pub fn may_withdraw(row: &RatingRow, content: &ContentRow, caller: &Caller) -> Result<(), Problem> {
    if row.state == RatingState::Withdrawn {
        return Err(conflict("该星级评定已撤回。", "The rating has been withdrawn already."));
    }
    if row.pending {
        let (zh, en) =
            ("发布后的处理尚未完成，请稍后重试。", "The publication is still being processed. Try again later.");
        return Err(conflict(zh, en));
    }
    if row.objections_open > 0 {
        return Err(Problem::new(Code::ObjectionOpen));
    }
    if row.published_on.is_some() && content.scored_by(caller) {
        let (zh, en) = (
            "评分人不得撤回已发布的星级评定，请由另一人撤回。",
            "A person who scored must not withdraw a published rating. Another person must withdraw it.",
        );
        return Err(same_person(zh, en));
    }
    Ok(())
}

#[cfg(test)]
#[path = "step_rules_tests.rs"]
mod tests;
