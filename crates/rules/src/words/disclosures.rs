//! Kinds of disclosures. The policy has a rule for each kind.

use crate::coded_enum;

coded_enum! {
    /// Kind of disclosure (公开事项), one of the six disclosures.
    #[schema(example = "fee_standard")]
    pub stored enum DisclosureKind {
        ServiceContract "service_contract" "物业服务合同" "Service contract"
        ServiceContent "service_content" "服务内容" "Service content"
        ServicePhone "service_phone" "服务电话" "Service phones and persons in charge"
        ServiceMethod "service_method" "服务方式" "Service method"
        FeeStandard "fee_standard" "收费标准" "Fee standard"
        PublicRevenue "public_revenue" "公共收益" "Public revenue"
    }
}
