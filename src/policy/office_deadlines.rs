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
    /// The yellow card comes so many working days before the last day; the red one when it is over (黄牌提前工作日数).
    #[schema(example = 1, minimum = 0, maximum = 30)]
    pub yellow_card_working_days: u32,
    /// What an office is late with is its leader's business at once, and the county's after so many working days more
    /// (逾期升级至县级工作日数).
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub county_after_working_days: u32,
}

impl OfficeDeadlines {
    pub fn built_in() -> OfficeDeadlines {
        built_in().office_deadlines.clone()
    }
}
