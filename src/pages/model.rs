//! Data that everyone may see. Pages and JSON are made from the same models. The only personal data is the person in
//! charge of a complex, whom Civil Code 943 makes public.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Role;
use crate::contracts::model::{ContractKind, FeeItem};
use crate::db::Id;
use crate::disclosures::price_rules::PriceFinding;
use crate::disclosures::public::PublicDisclosure;
use crate::documents::model::{DocumentKind, DocumentState};
use crate::ratings::public::{AnnouncedRating, PublicRating};
use crate::typical_cases::model::PublicTypicalCase;

/// A complex in a list (小区).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicComplexRow {
    pub id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub name: String,
    /// Postal address.
    #[schema(max_length = 300, example = "望远镇示范路 1 号")]
    pub address: String,
    /// Code of the community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Names of township and community.
    #[schema(max_length = 200, example = "望远镇望远居委会")]
    pub area: String,
    /// Name of the current company; null if there is none.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
}

/// Public information about a complex (小区公示).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicComplex {
    pub id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub name: String,
    /// Postal address.
    #[schema(max_length = 300, example = "望远镇示范路 1 号")]
    pub address: String,
    /// Code of the county, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Code of the township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Code of the community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Names of county, township and community.
    #[schema(max_length = 200, example = "永宁县望远镇望远居委会")]
    pub area: String,
    /// Address of its public page.
    #[schema(
        max_length = 300,
        example = "https://wuye.example.gov.cn/public/complexes/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11"
    )]
    pub page_url: String,
    /// Current service (物业服务); null if no company serves the complex.
    pub service: Option<PublicService>,
    /// Filed contract in force (备案合同); null if there is none.
    pub contract: Option<PublicContract>,
    /// Disclosed prices that do not match the filed contract (收费比对); empty without a filed contract.
    #[schema(max_items = 100)]
    pub price_findings: Vec<PriceFinding>,
    /// Six disclosures of the current company (六个公开); empty if there is none.
    #[schema(max_items = 6)]
    pub disclosures: Vec<PublicDisclosure>,
    /// Typical cases (典型案例曝光), newest first.
    #[schema(max_items = 50)]
    pub typical_cases: Vec<PublicTypicalCase>,
    /// Current star rating (星级评定); null if none is published.
    pub rating: Option<PublicRating>,
    /// Announced ratings (评定公示). Owners may object through their community until the announcement period ends.
    #[schema(max_items = 10)]
    pub announced_ratings: Vec<AnnouncedRating>,
    /// Offices that take complaints (投诉电话), the nearest first.
    #[schema(max_items = 10)]
    pub complaint_offices: Vec<ComplaintOffice>,
}

impl PublicComplex {
    /// The fees: as disclosed and verified, or else as agreed in the filed contract.
    pub fn fees(&self) -> &[FeeItem] {
        match (disclosed_fees(&self.disclosures), &self.contract) {
            (Some(disclosed), _) => disclosed,
            (None, Some(contract)) => &contract.fee_items,
            (None, None) => &[],
        }
    }
}

/// The disclosed and verified fees.
pub fn disclosed_fees(disclosures: &[PublicDisclosure]) -> Option<&[FeeItem]> {
    disclosures.iter().find_map(|one| Some(one.content.as_ref()?.fee_standard.as_ref()?.items.as_slice()))
}

/// Current service of a complex (物业服务).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicService {
    /// Name of the company (物业服务企业).
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// USCC of the company (统一社会信用代码).
    #[schema(max_length = 18, example = "91640121MA76ABCD0B")]
    pub company_uscc: String,
    /// Service hotline of the company (服务热线).
    #[schema(max_length = 40, example = "0951-0000000")]
    pub service_hotline: String,
    /// Name of the project manager (项目经理人).
    #[schema(max_length = 100, example = "丁海峰")]
    pub project_manager: String,
    /// First day of the service period.
    pub effective_from: NaiveDate,
    /// Last day of the service period; null if it is open.
    pub effective_to: Option<NaiveDate>,
}

/// Filed contract of a complex (备案合同).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicContract {
    pub kind: ContractKind,
    /// Filing number (备案号).
    #[schema(max_length = 60, example = "640121备〔2026〕12号")]
    pub filing_number: String,
    /// Day of filing (备案日期).
    pub filed_on: NaiveDate,
    /// First day of the contract term (合同期限).
    pub effective_from: NaiveDate,
    /// Last day of the contract term; null for an indefinite contract.
    pub effective_to: Option<NaiveDate>,
    /// Agreed fee items (约定收费).
    #[schema(max_items = 200)]
    pub fee_items: Vec<FeeItem>,
}

/// Office that takes complaints (投诉受理机构).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComplaintOffice {
    pub role: Role,
    /// Name of the office (名称).
    #[schema(max_length = 100, example = "望远镇社会事务办公室")]
    pub name: String,
    /// Complaint phone, or else the office phone (投诉电话).
    #[schema(max_length = 40, example = "0951-0000101")]
    pub phone: String,
    /// Office hours (办公时间).
    #[schema(max_length = 200, example = "工作日 8:30–12:00，14:00–18:00")]
    pub hours: String,
}

/// Document verification (文书核验). Does not contain the text of the document.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicDocument {
    pub state: DocumentState,
    pub kind: DocumentKind,
    /// Title of the document (标题).
    #[schema(max_length = 100, example = "责令整改通知书")]
    pub title: String,
    /// Document number (发文字号).
    #[schema(max_length = 40, example = "望社〔2026〕12号")]
    pub number: String,
    /// Issuing body (发文机关).
    #[schema(max_length = 100, example = "望远镇社会事务办公室")]
    pub office_name: String,
    /// Day of issue (成文日期).
    pub issued_on: NaiveDate,
    /// Addressee (主送).
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub addressee: String,
    /// Verification code (验证码).
    #[schema(max_length = 40, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")]
    pub code: String,
    /// SHA-256 of the document's page, 64 hex digits (摘要).
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// Day of withdrawal (撤回日期); null if not withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
    /// Reason for the withdrawal, in Chinese; null if not withdrawn.
    #[schema(max_length = 200, example = "所依据的违规认定已撤销")]
    pub withdrawal_reason: Option<String>,
}

/// Parameters of the search page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchPage {
    /// Part of the name.
    #[param(max_length = 100, example = "花园")]
    pub q: Option<String>,
    /// Only this county (6 digits), township (9) or community (12).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
}

/// Parameters of the page for document verification.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Verification {
    /// Verification code as typed.
    #[param(max_length = 100, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")]
    pub code: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPublicComplexes {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Part of the name.
    #[param(max_length = 100, example = "花园")]
    pub q: Option<String>,
    /// Only this county (6 digits), township (9) or community (12).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
}

/// A township and its communities, for the selection on the search page.
#[derive(Clone, Debug, Serialize)]
pub struct AreaChoice {
    pub code: String,
    pub name: String,
    pub communities: Vec<(String, String)>,
}
