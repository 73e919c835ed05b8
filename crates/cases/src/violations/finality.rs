//! When a confirmation is final (最终确定): it was delivered, and its appeal period has ended or its appeal was decided.
//! Measures that reduce a company's rights irreversibly rest on final decisions only. Pure.

use chrono::NaiveDate;

use super::model::{ViolationRow, ViolationState};
use crate::input_error::InputError;
use crate::policy::versions::Policies;
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

/// Why a decision is not final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    NotDelivered,
    UnderAppeal,
    AppealUntil(NaiveDate),
}

impl Obstacle {
    fn code(self) -> Code {
        match self {
            Obstacle::NotDelivered => Code::DecisionNotDelivered,
            Obstacle::UnderAppeal => Code::AppealPending,
            Obstacle::AppealUntil(_) => Code::AppealPeriodOpen,
        }
    }

    fn fault(self) -> &'static str {
        match self {
            Obstacle::NotDelivered => "decision_not_delivered",
            Obstacle::UnderAppeal => "appeal_pending",
            Obstacle::AppealUntil(_) => "appeal_period_open",
        }
    }

    fn words(self) -> (String, String) {
        match self {
            Obstacle::NotDelivered => {
                ("认定决定尚未送达".to_owned(), "the confirmation has not been delivered".to_owned())
            }
            Obstacle::UnderAppeal => ("申诉尚未作出决定".to_owned(), "an appeal is pending".to_owned()),
            Obstacle::AppealUntil(last) => {
                (format!("申诉期至{}止", chinese_day(last)), format!("the appeal period lasts until {last}"))
            }
        }
    }
}

/// Returns what keeps the confirmation of a violation from being final. `None` if it is final, or if the violation has
/// no confirmation in effect.
pub fn obstacle(row: &ViolationRow, today: NaiveDate) -> Option<Obstacle> {
    match row.state {
        ViolationState::Confirmed if row.proceedings.0.decision_delivery.is_none() => Some(Obstacle::NotDelivered),
        ViolationState::Confirmed => row.appeal_due_on.filter(|last| *last >= today).map(Obstacle::AppealUntil),
        ViolationState::Appealed => Some(Obstacle::UnderAppeal),
        ViolationState::Reported
        | ViolationState::Notified
        | ViolationState::Dismissed
        | ViolationState::Upheld
        | ViolationState::Revoked => None,
    }
}

/// Names a violation in an input error: by its clause of the nine prohibitions, otherwise by the titles of its act.
fn named(found: NaiveDate, clause: Option<i64>, (title_zh, title_en): (&str, &str)) -> (String, String) {
    let (zh, en) = match clause {
        Some(clause) => (format!("违反“九不准”第{clause}条"), format!("clause {clause} of the nine prohibitions")),
        None => (title_zh.to_owned(), title_en.to_owned()),
    };
    (format!("{}发现的违规行为（{zh}）", chinese_day(found)), format!("the violation found on {found} ({en})"))
}

/// Refuses the step if one of the decisions is not final, and lists each of these. Its id is shown only where `sees`
/// allows it.
pub fn refuse_unless_final<'a>(
    rows: impl IntoIterator<Item = &'a ViolationRow>,
    policies: &Policies,
    today: NaiveDate,
    sees: impl Fn(&ViolationRow) -> bool,
) -> Result<(), Problem> {
    let mut open: Vec<(Obstacle, &ViolationRow)> =
        rows.into_iter().filter_map(|row| Some((obstacle(row, today)?, row))).collect();
    open.sort_by_key(|(obstacle, row)| (*obstacle, row.found_on, row.id));
    let Some((worst, _)) = open.first() else { return Ok(()) };
    let code = worst.code();
    let faults = open.into_iter().map(|(obstacle, row)| {
        let (zh, en) = obstacle.words();
        let act = policies.get(row.policy_version).and_then(|version| version.act(&row.act));
        let titles =
            act.map_or((row.act.as_str(), row.act.as_str()), |act| (act.title_zh.as_str(), act.title_en.as_str()));
        let (named_zh, named_en) = named(row.found_on, row.clause, titles);
        let pointer = if sees(row) { format!("violations/{}", row.id) } else { "violations".to_owned() };
        InputError::new(pointer, obstacle.fault(), format!("{named_zh}：{zh}"), format!("{named_en}: {en}"))
    });
    let faults: Vec<InputError> = faults.collect();
    let count = faults.len();
    let problem = Problem::new(code).detail(
        format!("该措施所依据的认定中有{count}项尚未最终确定。每项认定须已送达，且申诉期已届满或者申诉已作出决定。"),
        format!(
            "{count} of the confirmations that this measure is based on are not final. Each must be delivered, and its \
             appeal period over or its appeal decided."
        ),
    );
    Err(problem.with(faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_named_by_its_clause_or_by_the_title_of_its_act() {
        let found = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let titles = ("擅自提高收费标准", "Raising fees");
        let (zh, en) = named(found, Some(7), titles);
        assert_eq!(zh, "2026年3月2日发现的违规行为（违反“九不准”第7条）");
        assert_eq!(en, "the violation found on 2026-03-02 (clause 7 of the nine prohibitions)");
        let (zh, en) = named(found, None, titles);
        assert_eq!(zh, "2026年3月2日发现的违规行为（擅自提高收费标准）");
        assert_eq!(en, "the violation found on 2026-03-02 (Raising fees)");
        assert_eq!(Obstacle::AppealUntil(found).words().0, "申诉期至2026年3月2日止");
    }
}
