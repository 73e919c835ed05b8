//! Deadlines of offices in the policy, and the escalation of overdue work.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::versions::built_in;

/// Deadlines of offices (办理时限) in working days. Those of measures, contracts, hazards and complaints are in the rules
/// of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeDeadlines {
    /// From a report or proposed measure to the notice (告知).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub notify_working_days: u32,
    /// From a notice or decision to its delivery (送达).
    #[schema(example = 5, minimum = 1, maximum = 120)]
    pub deliver_working_days: u32,
    /// From a statement to its answer (答复陈述申辩).
    #[schema(example = 5, minimum = 1, maximum = 120)]
    pub answer_statement_working_days: u32,
    /// From the end of the statement period to the confirmation or dismissal of a violation (认定或不予认定).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_working_days: u32,
    /// From an appeal to the decision on it (申诉决定).
    #[schema(example = 20, minimum = 1, maximum = 120)]
    pub decide_appeal_working_days: u32,
    /// From the request for a hearing to the hearing (举行听证).
    #[schema(example = 20, minimum = 10, maximum = 120)]
    pub hold_hearing_working_days: u32,
    /// From the first day on which a measure can be decided to the decision (审批措施).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_measure_working_days: u32,
    /// From a disclosure to its verification (核验公开).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub verify_disclosure_working_days: u32,
    /// From the rectification report of a hazard to the re-check (复查隐患).
    #[schema(example = 5, minimum = 1, maximum = 120)]
    pub recheck_hazard_working_days: u32,
    /// From the scores of a rating to their rating review (复核评分).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub review_rating_working_days: u32,
    /// From the last day of scoring to the announcement of the ratings (公示).
    #[serde(default = "fifteen")]
    #[schema(example = 15, minimum = 1, maximum = 120)]
    pub announce_ratings_working_days: u32,
    /// From an objection to a rating to the decision on it (处理异议).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_objection_working_days: u32,
    /// From the end of the announcement period to the publication of the ratings (发布评定结果).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub publish_ratings_working_days: u32,
    /// From an application for credit repair to the decision on it (答复信用修复申请).
    #[serde(default = "twenty")]
    #[schema(example = 20, minimum = 1, maximum = 120)]
    pub answer_credit_repair_working_days: u32,
    /// From a proposed company change to the decision on it (企业变更申请决定).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_company_change_working_days: u32,
    /// The yellow card comes this many working days before the due date; the red card comes after it (黄牌提前工作日数).
    #[schema(example = 1, minimum = 0, maximum = 30)]
    pub yellow_card_working_days: u32,
    /// Overdue work escalates to the leader of the office at once, and to the county authority after this many further
    /// working days (逾期升级至县级工作日数).
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub county_after_working_days: u32,
}

// Defaults for policies without these members.

fn ten() -> u32 {
    10
}

fn fifteen() -> u32 {
    15
}

fn twenty() -> u32 {
    20
}

impl OfficeDeadlines {
    pub fn built_in() -> OfficeDeadlines {
        built_in().office_deadlines.clone()
    }
}
