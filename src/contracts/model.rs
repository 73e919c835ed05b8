use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;
use crate::db::Id;
use crate::price::{PriceUnit, UnitPrice};

coded_enum! {
    /// Who pays a fee (收费对象).
    pub enum ChargedTo {
        Owner "owner" "业主" "Owner"
        User "user" "物业使用人" "User of the property"
        Developer "developer" "建设单位" "Developer"
        VehicleUser "vehicle_user" "车辆停放人" "User of a parking space"
        Business "business" "经营单位" "Business"
    }
}

coded_enum! {
    /// How a price is set (定价形式).
    pub enum PricingBasis {
        GovernmentGuided "government_guided" "政府指导价" "Government-guided price"
        Market "market" "市场调节价" "Market price"
    }
}

/// A fee (收费项目).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeItem {
    /// Name of the fee (项目名称).
    #[schema(min_length = 1, max_length = 100, example = "高层住宅物业服务费")]
    pub name: String,
    pub charged_to: ChargedTo,
    pub unit_price: UnitPrice,
    pub unit: PriceUnit,
    pub pricing_basis: PricingBasis,
    /// Document that approves or records the price (批准或备案文件).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 300, example = "永发改发〔2025〕12号")]
    pub approval_document: Option<String>,
}

/// What others need of a filed contract.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledContract {
    pub id: Id,
    pub company_id: Id,
    pub filing_number: String,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    pub fee_items: Vec<FeeItem>,
}
