//! What the policy says of how long offices may take, and who sees to it when they are late.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::versions::built_in;

/// Deadlines of offices (办理时限), in working days; the days of measures, contracts, hazards and complaints have their own
/// places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeDeadlines {
    /// From a report, or a proposed measure, to the notice to the company (告知).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub notify_working_days: u32,
    /// From a notice or a decision to its delivery (送达).
    #[schema(example = 5, minimum = 1, maximum = 120)]
    pub deliver_working_days: u32,
    /// From a statement to its answer (答复陈述申辩).
    #[schema(example = 5, minimum = 1, maximum = 120)]
    pub answer_statement_working_days: u32,
    /// From the end of the statement period to the decision on a violation (认定或不予认定).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_working_days: u32,
    /// From an appeal to its decision (申诉决定).
    #[schema(example = 20, minimum = 1, maximum = 120)]
    pub decide_appeal_working_days: u32,
    /// From the request for a hearing to the hearing (举行听证).
    #[schema(example = 20, minimum = 10, maximum = 120)]
    pub hold_hearing_working_days: u32,
    /// From the day on which a measure can be decided to the decision (审批措施).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_measure_working_days: u32,
    /// From a disclosure to its verification (核验公开).
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub verify_disclosure_working_days: u32,
    /// From the rectification of a hazard to the re-check (复查隐患).
    #[schema(example = 5, minimum = 1, maximum = 120)]
    pub recheck_hazard_working_days: u32,
    /// From the scores of a rating to their review (复核评分).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub review_rating_working_days: u32,
    /// From the last day of scoring to the announcement of a cycle (公示).
    #[serde(default = "fifteen")]
    #[schema(example = 15, minimum = 1, maximum = 120)]
    pub announce_ratings_working_days: u32,
    /// From an objection to a rating to its decision (处理异议).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_objection_working_days: u32,
    /// From the end of the publicity to the publication of the ratings (发布评定结果).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub publish_ratings_working_days: u32,
    /// From an application for credit repair to its answer (答复信用修复申请).
    #[serde(default = "twenty")]
    #[schema(example = 20, minimum = 1, maximum = 120)]
    pub answer_credit_repair_working_days: u32,
    /// From a proposed change of a company to its decision (企业档案变更决定).
    #[serde(default = "ten")]
    #[schema(example = 10, minimum = 1, maximum = 120)]
    pub decide_company_change_working_days: u32,
    /// The yellow card comes so many working days before the last day; the red one when it is over (黄牌提前工作日数).
    #[schema(example = 1, minimum = 0, maximum = 30)]
    pub yellow_card_working_days: u32,
    /// What an office is late with is its leader's business at once, and the county's after so many working days more
    /// (逾期升级至县级工作日数).
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub county_after_working_days: u32,
}

// What a version goes by that was published before these deadlines were asked for.

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
