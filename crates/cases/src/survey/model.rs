//! The survey, its findings and their keys.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::coded_enum;
use crate::db::Id;
use crate::disclosures::model::DisclosureKind;
use crate::disclosures::price_rules::PriceFinding;

coded_enum! {
    /// Kind of a survey finding (排查问题).
    #[schema(example = "exceeds_contract")]
    pub enum SurveyFindingKind {
        DisclosureMissing "disclosure_missing" "应公开未公开" "Not disclosed by the due date"
        DisclosureOverdue "disclosure_overdue" "逾期未更新公开" "Not disclosed for the current disclosure period"
        DisclosureRejected "disclosure_rejected" "公开内容核验不通过" "Rejected and not resubmitted"
        ExceedsContract "exceeds_contract" "公开价格高于备案合同" "Disclosed price above the filed contract"
        NotInContract "not_in_contract" "备案合同中没有的收费项目" "Disclosed fee item that is not in the filed contract"
        ContractNotFiled "contract_not_filed" "合同未备案" "Property service without a filed contract in force"
    }
}

/// Number of complexes in each state, for one kind of disclosure (公开情况).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindCompleteness {
    pub kind: DisclosureKind,
    pub states: StateCounts,
}

/// Counts by state of the disclosure (按状态计数).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateCounts {
    /// Not disclosed, and not due yet.
    #[schema(minimum = 0)]
    pub missing: i64,
    /// Submitted, verification pending.
    #[schema(minimum = 0)]
    pub submitted: i64,
    /// Current version verified.
    #[schema(minimum = 0)]
    pub verified: i64,
    /// Current version rejected.
    #[schema(minimum = 0)]
    pub rejected: i64,
    /// Not disclosed by the due date.
    #[schema(minimum = 0)]
    pub overdue: i64,
}

/// Number of findings of one kind (问题数).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyFindingCount {
    pub finding: SurveyFindingKind,
    /// Findings of this kind.
    #[schema(minimum = 0)]
    pub count: i64,
}

/// Share of verified disclosures at the end of a quarter (季度趋势).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuarterTrend {
    /// Last day of the quarter.
    pub quarter_end: NaiveDate,
    /// Disclosures expected: six for each complex that a company served on that day.
    #[schema(minimum = 0)]
    pub expected: i64,
    /// Expected disclosures that were verified; for public revenue, those of the period due by then.
    #[schema(minimum = 0)]
    pub verified: i64,
    /// Verified as a percentage of expected, with one decimal; null if nothing was expected.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "87.5")]
    pub verified_percent: Option<String>,
}

/// A part of the area (下级区划): a township of a county, or a community of a township.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AreaCompleteness {
    /// Code of the division.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Name of the division.
    #[schema(max_length = 100, example = "望远镇")]
    pub name: String,
    /// Complexes in the division.
    #[schema(minimum = 0)]
    pub complexes: i64,
    /// Complexes that no company serves.
    #[schema(minimum = 0)]
    pub unserved: i64,
    pub states: StateCounts,
    /// Findings in the division.
    #[schema(minimum = 0)]
    pub findings: i64,
    /// Verified as a percentage of expected, with one decimal; null if nothing was expected.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "87.5")]
    pub verified_percent: Option<String>,
}

/// The survey of an area (摸底排查情况).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DisclosureSurvey {
    /// Code of the division surveyed.
    #[schema(max_length = 12, example = "640121")]
    pub division: String,
    /// Name of the division.
    #[schema(max_length = 100, example = "永宁县")]
    pub name: String,
    /// The reporting date.
    pub as_of: NaiveDate,
    /// Complexes in the area.
    #[schema(minimum = 0)]
    pub complexes: i64,
    /// Complexes that no company serves; no disclosure is expected there.
    #[schema(minimum = 0)]
    pub unserved: i64,
    /// Completeness by kind.
    #[schema(max_items = 6)]
    pub kinds: Vec<KindCompleteness>,
    /// Verified as a percentage of expected, with one decimal; null if nothing was expected.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "87.5")]
    pub verified_percent: Option<String>,
    /// Findings by kind.
    #[schema(max_items = 6)]
    pub findings: Vec<SurveyFindingCount>,
    /// The last eight complete quarters, oldest first.
    #[schema(max_items = 8)]
    pub trend: Vec<QuarterTrend>,
    /// Parts of the area that have complexes: townships of a county, or communities of a township.
    #[schema(max_items = 1000)]
    pub areas: Vec<AreaCompleteness>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SurveyQuery {
    /// County, township or community in your territory, 6, 9 or 12 digits (default: your territory).
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
}

/// An act under which a finding can be reported (可适用行为).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicableAct {
    /// Code of the act.
    #[schema(max_length = 80, example = "nine.unlawful_fees_or_contract")]
    pub act: String,
    /// Clause of the nine prohibitions; null for other acts.
    #[schema(minimum = 1, maximum = 9)]
    pub clause: Option<i64>,
    /// The act in Chinese.
    #[schema(max_length = 300, example = "擅自涨价、乱收费以及违规签订《物业服务合同》")]
    pub act_zh: String,
    /// The act in English.
    #[schema(max_length = 300, example = "Unlawful fees")]
    pub act_en: String,
}

/// A survey finding (问题清单), and the acts under which it can be reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SurveyFinding {
    /// Key of the finding in `POST /v1/disclosure-survey/findings/{key}/violation`.
    #[schema(
        max_length = 120,
        example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11.disclosure_missing.fee_standard.9f0c41d2aa07"
    )]
    pub key: String,
    pub finding: SurveyFindingKind,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// Township of the complex, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community of the complex, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Kind of disclosure; null for a contract that is not filed.
    pub kind: Option<DisclosureKind>,
    /// The disclosure version; null if there is none.
    pub disclosure_id: Option<Id>,
    /// The price finding; null for other kinds of findings.
    pub price_finding: Option<PriceFinding>,
    /// Day since which the finding exists.
    pub since: NaiveDate,
    /// The facts in Chinese.
    #[schema(max_length = 1000)]
    pub facts_zh: String,
    /// The facts in English.
    #[schema(max_length = 1000)]
    pub facts_en: String,
    /// Acts of the policy in force under which it can be reported; a clause of the nine prohibitions comes first.
    #[schema(max_items = 10)]
    pub acts: Vec<ApplicableAct>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListSurveyFindings {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only findings of this kind.
    pub finding: Option<SurveyFindingKind>,
    /// Only findings on this kind of disclosure.
    pub kind: Option<DisclosureKind>,
    /// Only findings on this company.
    pub company_id: Option<Id>,
    /// Only findings at this complex.
    pub complex_id: Option<Id>,
    /// Only in this county, township or community, 6, 9 or 12 digits.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
}

/// The report of a survey finding as a violation (问题转违规上报).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyFindingReportIn {
    /// Code of one of the finding's `acts` (default: the first one).
    #[serde(default)]
    #[schema(min_length = 3, max_length = 80, example = json!(null))]
    pub act: Option<String>,
    /// Your description; it is appended to the facts.
    #[schema(min_length = 2, max_length = 3000, example = "现场核对公示栏，与备案合同不一致")]
    pub description: String,
    /// Why this is a different fact, if an overlapping act is already recorded for the same company, complex and day.
    #[serde(default)]
    #[schema(min_length = 5, max_length = 1000, example = json!(null))]
    pub distinct_fact_reason: Option<String>,
}

/// Identifies a finding: complex, kind of finding, kind of disclosure, and a digest of company and fee item. Findings
/// on different companies or fee items have different keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingKey {
    pub complex: Id,
    pub finding: SurveyFindingKind,
    pub kind: Option<DisclosureKind>,
    pub digest: String,
}

impl fmt::Display for FindingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.map_or("-", DisclosureKind::code);
        write!(f, "{}.{}.{kind}.{}", self.complex, self.finding.code(), self.digest)
    }
}

impl FromStr for FindingKey {
    type Err = ();

    fn from_str(text: &str) -> Result<FindingKey, ()> {
        let parts: Vec<&str> = text.split('.').collect();
        let [complex, finding, kind, digest] = parts.as_slice() else { return Err(()) };
        let kind = match *kind {
            "-" => None,
            code => Some(DisclosureKind::from_code(code).ok_or(())?),
        };
        Ok(FindingKey {
            complex: complex.parse().map_err(|_| ())?,
            finding: SurveyFindingKind::from_code(finding).ok_or(())?,
            kind,
            digest: (*digest).to_owned(),
        })
    }
}
