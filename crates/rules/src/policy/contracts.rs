//! What the policy says of service contracts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::versions::built_in;

/// Service contracts (物业服务合同): notice, hand-over, review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractRules {
    /// Days of notice before the owners dismiss the company, or either side ends an indefinite contract (Civil Code 946,
    /// 948; 解聘、解除通知期限).
    #[schema(example = 60, minimum = 60, maximum = 365)]
    pub owners_termination_notice_days: u32,
    /// Days of notice, before the term ends, of a company that declines renewal (Civil Code 947; 不再续签通知期限).
    #[schema(example = 90, minimum = 90, maximum = 365)]
    pub nonrenewal_notice_days: u32,
    /// Days for the hand-over after the last day of service (Civil Code 949; 交接期限).
    #[schema(example = 15, minimum = 1, maximum = 180)]
    pub handover_days: u32,
    /// Working days for whoever receives to confirm what the company recorded as handed over (接收确认期限).
    #[serde(default = "confirmation_days")]
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub handover_confirmation_working_days: u32,
    /// Working days for the authority to file or refuse a contract (备案审查期限).
    #[schema(example = 10, minimum = 1, maximum = 60)]
    pub review_working_days: u32,
}

/// Of versions that were published before there was such a period.
fn confirmation_days() -> u32 {
    5
}

impl ContractRules {
    pub fn built_in() -> ContractRules {
        built_in().contracts.clone()
    }
}
