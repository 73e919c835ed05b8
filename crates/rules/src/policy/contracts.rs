//! Contract rules of the policy.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::versions::built_in;

/// Rules for service contracts (物业服务合同): notice, handover and filing review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractRules {
    /// Days of notice before the owners terminate the contract, or either party terminates an indefinite one (CC 946,
    /// 948; 解聘、解除通知期限).
    #[schema(example = 60, minimum = 60, maximum = 365)]
    pub owners_termination_notice_days: u32,
    /// Days before the end of the term by which a company must declare non-renewal (CC 947; 不再续签通知期限).
    #[schema(example = 90, minimum = 90, maximum = 365)]
    pub nonrenewal_notice_days: u32,
    /// Days for the handover after the last day of service (CC 949; 交接期限).
    #[schema(example = 15, minimum = 1, maximum = 180)]
    pub handover_days: u32,
    /// Working days within which the receiving party confirms a handover that the company has recorded (接收确认期限).
    #[serde(default = "confirmation_days")]
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub handover_confirmation_working_days: u32,
    /// Working days within which the filing authority files or refuses a contract (备案审查期限).
    #[schema(example = 10, minimum = 1, maximum = 60)]
    pub review_working_days: u32,
}

/// Default for policies without this member.
fn confirmation_days() -> u32 {
    5
}

impl ContractRules {
    pub fn built_in() -> ContractRules {
        built_in().contracts.clone()
    }
}
