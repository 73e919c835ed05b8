//! What is made public, once: the pages and the JSON are two forms of it. Nothing here is personal but what Civil Code 943
//! makes public: who is in charge of a complex.

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

/// A complex among others (小区).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicComplexRow {
    pub id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub name: String,
    /// Postal address.
    #[schema(max_length = 300, example = "望远镇示范路 1 号")]
    pub address: String,
    /// Community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Its township and community in words.
    #[schema(max_length = 200, example = "望远镇望远居委会")]
    pub area: String,
    /// Name of the company that serves it today; null where nobody does.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
}

/// What everyone may see of a complex (小区公示).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicComplex {
    pub id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub name: String,
    /// Postal address.
    #[schema(max_length = 300, example = "望远镇示范路 1 号")]
    pub address: String,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Its divisions in words, from the county down.
    #[schema(max_length = 200, example = "永宁县望远镇望远居委会")]
    pub area: String,
    /// Its page.
    #[schema(
        max_length = 300,
        example = "https://wuye.example.gov.cn/public/complexes/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11"
    )]
    pub page_url: String,
    /// Who serves it today; null where nobody does.
    pub service: Option<PublicService>,
    /// The filed contract in force (备案合同); null where none is.
    pub contract: Option<PublicContract>,
    /// Disclosed prices that the filed contract does not bear out (收费比对); none where no contract is filed.
    #[schema(max_items = 100)]
    pub price_findings: Vec<PriceFinding>,
    /// The six disclosures of who serves it (六个公开); none where nobody does.
    #[schema(max_items = 6)]
    pub disclosures: Vec<PublicDisclosure>,
    /// Typical cases (典型案例曝光), newest first.
    #[schema(max_items = 50)]
    pub typical_cases: Vec<PublicTypicalCase>,
    /// The current star rating (星级评定); null where none is published.
    pub rating: Option<PublicRating>,
    /// Ratings whose publicity runs (评定公示): owners may object through their community.
    #[schema(max_items = 10)]
    pub announced_ratings: Vec<AnnouncedRating>,
    /// To whom a resident turns, the nearest first (投诉电话).
    #[schema(max_items = 10)]
    pub complaint_offices: Vec<ComplaintOffice>,
}

impl PublicComplex {
    /// What is charged: as disclosed and verified, or else as the filed contract agrees.
    pub fn fees(&self) -> &[FeeItem] {
        match (disclosed_fees(&self.disclosures), &self.contract) {
            (Some(disclosed), _) => disclosed,
            (None, Some(contract)) => &contract.fee_items,
            (None, None) => &[],
        }
    }
}

/// What is charged, as it was disclosed and verified.
pub fn disclosed_fees(disclosures: &[PublicDisclosure]) -> Option<&[FeeItem]> {
    disclosures.iter().find_map(|one| Some(one.content.as_ref()?.fee_standard.as_ref()?.items.as_slice()))
}

/// Who serves a complex on what term (物业服务).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicService {
    /// Name of the company (物业服务企业).
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Its USCC (统一社会信用代码).
    #[schema(max_length = 18, example = "91640121MA76ABCD0B")]
    pub company_uscc: String,
    /// Its hotline (服务热线).
    #[schema(max_length = 40, example = "0951-0000000")]
    pub service_hotline: String,
    /// Project manager (项目经理人).
    #[schema(max_length = 100, example = "测试经理")]
    pub project_manager: String,
    /// First day of service.
    pub effective_from: NaiveDate,
    /// Last day of service; null while it is open.
    pub effective_to: Option<NaiveDate>,
}

/// A filed contract (备案合同).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicContract {
    pub kind: ContractKind,
    /// Number of the filing (备案号).
    #[schema(max_length = 60, example = "640121备〔2026〕12号")]
    pub filing_number: String,
    /// Day of the filing (备案日期).
    pub filed_on: NaiveDate,
    /// First day of the term (合同期限).
    pub effective_from: NaiveDate,
    /// Last day of the term; null where it is indefinite.
    pub effective_to: Option<NaiveDate>,
    /// Fees that it agrees on (约定收费).
    #[schema(max_items = 200)]
    pub fee_items: Vec<FeeItem>,
}

/// An office that takes complaints (投诉受理机构).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComplaintOffice {
    pub role: Role,
    /// Name (名称).
    #[schema(max_length = 100, example = "望远镇社会事务办公室")]
    pub name: String,
    /// The phone that takes complaints (投诉电话).
    #[schema(max_length = 40, example = "0951-0000101")]
    pub phone: String,
    /// Hours (办公时间).
    #[schema(max_length = 200, example = "工作日 8:30–12:00，14:00–18:00")]
    pub hours: String,
}

/// What everyone who holds a document may verify (文书核验): never what it says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicDocument {
    pub state: DocumentState,
    pub kind: DocumentKind,
    /// Title (标题).
    #[schema(max_length = 100, example = "责令整改通知书")]
    pub title: String,
    /// Number (发文字号).
    #[schema(max_length = 40, example = "望社〔2026〕12号")]
    pub number: String,
    /// The office that issued it (发文机关).
    #[schema(max_length = 100, example = "望远镇社会事务办公室")]
    pub office_name: String,
    /// Day of issue (成文日期).
    pub issued_on: NaiveDate,
    /// Whom it is addressed to (主送).
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub addressee: String,
    /// Verification code (验证码).
    #[schema(max_length = 40, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")]
    pub code: String,
    /// SHA-256 of its page, in hex (摘要).
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// Day on which it was withdrawn (撤回日期).
    pub withdrawn_on: Option<NaiveDate>,
    /// Why it was withdrawn.
    #[schema(max_length = 200, example = "所依据的违规认定已撤销")]
    pub withdrawal_reason: Option<String>,
}

/// Parameters of the page of search.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchPage {
    /// Part of the name.
    #[param(max_length = 100, example = "花园")]
    pub q: Option<String>,
    /// Only this county (6 digits), township (9) or community (12).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// The next page goes on from here.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
}

/// Parameters of the page that asks for a document's code.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Verification {
    /// The code as it was typed.
    #[param(max_length = 100, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")]
    pub code: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPublicComplexes {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Part of the name.
    #[param(max_length = 100, example = "花园")]
    pub q: Option<String>,
    /// Only this county (6 digits), township (9) or community (12).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
}

/// A township and its communities, to choose from.
#[derive(Clone, Debug, Serialize)]
pub struct AreaChoice {
    pub code: String,
    pub name: String,
    pub communities: Vec<(String, String)>,
}
