//! Contents of the six disclosures (六个公开的内容). Civil Code 943 also requires the persons in charge, the performance of
//! the service and the use of the maintenance fund.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;
use crate::contracts::model::FeeItem;

coded_enum! {
    /// Who provides the services (服务方式).
    #[schema(example = "partly_outsourced")]
    pub enum ServiceMode {
        Own "self" "自行服务" "With the company's own staff"
        PartlyOutsourced "partly_outsourced" "部分专项服务委托" "Some specialist services outsourced"
    }
}

/// The service contract (物业服务合同): its filing number, or a summary of its terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceContractContent {
    /// Filing number of the contract (备案号).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 100, example = "640121备〔2026〕12号")]
    pub filing_number: Option<String>,
    /// Summary of the terms (合同摘要); required if there is no filing number.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 5000, example = json!(null))]
    pub summary: Option<String>,
    /// Party A (甲方): the developer, the owners' committee, the property management committee or the owners.
    #[schema(min_length = 2, max_length = 200, example = "望远示范花园业主委员会")]
    pub party_a: String,
    /// Party B (乙方): the company.
    #[schema(min_length = 2, max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub party_b: String,
    /// First day of the term.
    #[schema(example = "2026-01-01")]
    pub effective_from: NaiveDate,
    /// Last day of the term; null for an indefinite contract.
    #[serde(default)]
    #[schema(example = "2028-12-31")]
    pub effective_to: Option<NaiveDate>,
}

/// A service under the contract (服务事项).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceItem {
    /// Name of the service (服务事项).
    #[schema(min_length = 1, max_length = 100, example = "楼道保洁")]
    pub name: String,
    /// Service standard (服务标准).
    #[schema(min_length = 1, max_length = 500, example = "地面无明显污渍、无杂物堆放")]
    pub standard: String,
    /// Frequency (服务频次).
    #[schema(min_length = 1, max_length = 100, example = "每日 1 次")]
    pub frequency: String,
}

/// Service content (服务内容).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceContentContent {
    /// The services under the contract.
    #[schema(min_items = 1, max_items = 200)]
    pub items: Vec<ServiceItem>,
    /// Performance of the services (履行情况, Civil Code 943).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 5000, example = "本季度电梯维保 12 次，绿化修剪 2 次")]
    pub performance: Option<String>,
}

/// A person in charge (负责人员).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonInCharge {
    /// Name of the person.
    #[schema(min_length = 1, max_length = 50, example = "丁海峰")]
    pub name: String,
    /// Post of the person (岗位).
    #[schema(min_length = 1, max_length = 100, example = "项目经理人")]
    pub post: String,
    /// Phone of the post, not of the person; Civil Code 943 makes it public.
    #[schema(pattern = "^[0-9+()（） 转-]{3,40}$", max_length = 40, example = "0951-0000000")]
    pub phone: String,
}

/// Service phones and persons in charge (服务电话).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicePhoneContent {
    /// Service hotline (服务热线).
    #[schema(pattern = "^[0-9+()（） 转-]{3,40}$", max_length = 40, example = "0951-0000000")]
    pub hotline: String,
    /// Repair phone, 24 hours a day (24 小时报修电话).
    #[schema(pattern = "^[0-9+()（） 转-]{3,40}$", max_length = 40, example = "0951-0000001")]
    pub repair_phone: String,
    /// Persons in charge (负责人员, Civil Code 943).
    #[schema(min_items = 1, max_items = 50)]
    pub persons_in_charge: Vec<PersonInCharge>,
}

/// A specialist service provided by another company (专项服务委托).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsourcedService {
    /// Name of the service.
    #[schema(min_length = 1, max_length = 100, example = "电梯维护保养")]
    pub service: String,
    /// The provider.
    #[schema(min_length = 2, max_length = 200, example = "宁夏示范电梯维保有限公司")]
    pub provider: String,
}

/// Service method (服务方式). A company must not outsource all services (Civil Code 941).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceMethodContent {
    pub mode: ServiceMode,
    /// Outsourced services; empty if the company provides all services itself.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub outsourced: Vec<OutsourcedService>,
}

/// A complaint phone for fees (价格投诉电话).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintPhone {
    /// The office that answers.
    #[schema(min_length = 2, max_length = 100, example = "市场监督管理部门")]
    pub office: String,
    /// Phone number.
    #[schema(pattern = "^[0-9+()（） 转-]{3,40}$", max_length = 40, example = "12315")]
    pub phone: String,
}

/// Fee standard (收费标准).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeStandardContent {
    /// All fee items charged; the combination of name, payer and unit must be unique.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<FeeItem>,
    /// Basis of the fees (收费依据): the contract, or the document of the price authority.
    #[schema(min_length = 2, max_length = 500, example = "物业服务合同（备案号：640121备〔2026〕12号）")]
    pub basis: String,
    /// Complaint phones for fees.
    #[schema(min_items = 1, max_items = 10)]
    pub complaint_phones: Vec<ComplaintPhone>,
}

/// A line of income or expense (收支明细).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevenueLine {
    /// Source of the income, or purpose of the expense (来源或用途).
    #[schema(min_length = 1, max_length = 100, example = "电梯广告")]
    pub source: String,
    /// Amount in fen.
    #[schema(minimum = 0, maximum = 10_000_000_000_000i64, example = 1_250_000)]
    pub amount_fen: i64,
    /// Note on the line.
    #[serde(default)]
    #[schema(max_length = 300, example = json!(null))]
    pub note: Option<String>,
}

/// Use of the maintenance fund in the period (住宅专项维修资金使用情况, Civil Code 943).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceFundUse {
    /// The uses, one per line.
    #[schema(max_items = 100)]
    pub lines: Vec<RevenueLine>,
    /// Sum of the lines, in fen.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000i64, example = 1_250_000)]
    pub used_total_fen: i64,
    /// Balance at the end of the period, in fen; null if unknown.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000i64, example = 86_000_000)]
    pub balance_fen: Option<i64>,
}

/// Public revenue of one period (公共收益). The figures must add up: each total is the sum of its lines, and the closing
/// balance is the opening balance plus income less expense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicRevenueContent {
    /// First day of the period: a quarter, half-year or year, as the policy sets.
    #[schema(example = "2025-10-01")]
    pub period_from: NaiveDate,
    /// Last day of the period.
    #[schema(example = "2025-12-31")]
    pub period_to: NaiveDate,
    /// Opening balance in fen (期初余额); equals the closing balance of the previous period.
    #[schema(minimum = -1_000_000_000_000_000i64, maximum = 1_000_000_000_000_000i64, example = 5_000_000)]
    pub opening_balance_fen: i64,
    /// Lines of income (收入).
    #[schema(max_items = 200)]
    pub income: Vec<RevenueLine>,
    /// Lines of expense (支出).
    #[schema(max_items = 200)]
    pub expense: Vec<RevenueLine>,
    /// Sum of the income, in fen (收入合计).
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000i64, example = 1_250_000)]
    pub income_total_fen: i64,
    /// Sum of the expense, in fen (支出合计).
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000i64, example = 1_250_000)]
    pub expense_total_fen: i64,
    /// Closing balance in fen (期末余额).
    #[schema(minimum = -9_000_000_000_000_000i64, maximum = 9_000_000_000_000_000i64, example = 5_000_000)]
    pub closing_balance_fen: i64,
    /// Use of the maintenance fund; null if none was used.
    #[serde(default)]
    pub maintenance_fund: Option<MaintenanceFundUse>,
}
