//! Schemas and query parameters of the statistics of complaints.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Role;
use crate::coded_enum;
use crate::db::Id;
use crate::policy::complaints::UtilityKind;

coded_enum! {
    /// Breakdown of the statistics into lines (统计维度).
    #[schema(example = "area")]
    pub enum StatisticsBreakdown {
        Area "area" "下级区划" "Parts of the area"
        Office "office" "承办单位" "Current handler"
        Category "category" "诉求分类" "Complaint category"
        Company "company" "物业服务企业" "Company that the complaint was transferred to, otherwise the company of the complex at submission"
    }
}

/// Punctuality of acceptance (受理情况). `on_time`, `late` and `pending` add up to `handled`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptanceCounts {
    /// Accepted on time (按期受理).
    #[schema(minimum = 0)]
    pub on_time: i64,
    /// Accepted late, or not accepted and overdue (逾期受理，含逾期未受理).
    #[schema(minimum = 0)]
    pub late: i64,
    /// Not accepted yet, and not overdue (待受理，未逾期).
    #[schema(minimum = 0)]
    pub pending: i64,
    /// `on_time` in percent of `on_time` and `late`, with one decimal (按期受理率); null if both are 0.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "97.5")]
    pub on_time_percent: Option<String>,
}

/// Punctuality of replies (办理情况). The four counts add up to `handled`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionCounts {
    /// Replied to on time, and not reopened since (按期办结).
    #[schema(minimum = 0)]
    pub on_time: i64,
    /// Replied to late, and not reopened since (逾期办结).
    #[schema(minimum = 0)]
    pub late: i64,
    /// Open and not overdue, including paused complaints (在办未逾期).
    #[schema(minimum = 0)]
    pub open_in_time: i64,
    /// Open and overdue (在办已逾期).
    #[schema(minimum = 0)]
    pub open_late: i64,
    /// `on_time` in percent of `on_time`, `late` and `open_late`, with one decimal (按期办结率); null if all are 0.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "94.1")]
    pub on_time_percent: Option<String>,
}

/// Working hours from submission to reply, with two decimals (办理时长).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyTimes {
    /// Complaints with a reply.
    #[schema(minimum = 0)]
    pub replies: i64,
    /// Mean (平均办理时长); null without a reply.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "13.25")]
    pub mean_hours: Option<String>,
    /// Median, by nearest rank (办理时长中位数); null without a reply.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "11.50")]
    pub median_hours: Option<String>,
    /// 90th percentile, by nearest rank (九成诉求办理时长); null without a reply.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "31.00")]
    pub p90_hours: Option<String>,
}

/// Satisfaction ratings of the complainants (满意度).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SatisfactionCounts {
    /// Complaints with a satisfaction rating (参与评价).
    #[schema(minimum = 0)]
    pub rated: i64,
    /// Complaints rated `satisfied_from` or higher (满意).
    #[schema(minimum = 0)]
    pub satisfied: i64,
    /// `satisfied` in percent of `rated`, with one decimal (满意率); null if none is rated.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "92.3")]
    pub satisfied_percent: Option<String>,
    /// Mean of the ratings of 1 to 5, with two decimals (平均分); null if none is rated.
    #[schema(max_length = 4, pattern = r"^[1-5]\.[0-9]{2}$", example = "4.62")]
    pub mean: Option<String>,
}

/// Figures of the complaints of an area and a period (诉求统计).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintCounts {
    /// All complaints submitted (受理总量): the sum of `handled`, `merged` and `rejected`.
    #[schema(minimum = 0)]
    pub received: i64,
    /// Merged into another complaint (已合并); in no figure below.
    #[schema(minimum = 0)]
    pub merged: i64,
    /// Rejected (不予受理); in no figure below.
    #[schema(minimum = 0)]
    pub rejected: i64,
    /// All others (实际办理).
    #[schema(minimum = 0)]
    pub handled: i64,
    /// Handled complaints that are open (在办).
    #[schema(minimum = 0)]
    pub open: i64,
    pub acceptance: AcceptanceCounts,
    pub resolution: ResolutionCounts,
    pub reply: ReplyTimes,
    pub satisfaction: SatisfactionCounts,
    /// Complaints that were reopened at any time (重新办理).
    #[schema(minimum = 0)]
    pub reopened: i64,
    /// Number of red cards (红牌).
    #[schema(minimum = 0)]
    pub red_cards: i64,
}

/// A line of the statistics: a part of the area, an office, a category or a company (统计明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintLine {
    /// Code of the part of the area, or of the handler's division. Null for complaints in no part, for companies, and
    /// for lines by category or company.
    #[schema(max_length = 12, example = "640121102")]
    pub division: Option<String>,
    /// Role of the handler, for lines by office; all companies share one line. Otherwise null.
    #[schema(example = json!(null))]
    pub role: Option<Role>,
    /// Kind of utility, if the handler is a utility operator; otherwise null.
    #[schema(example = json!(null))]
    pub organisation: Option<UtilityKind>,
    /// Code of the category, for lines by category; otherwise null.
    #[schema(max_length = 64, example = json!(null))]
    pub category: Option<String>,
    /// The company, for lines by company; null for complaints without one.
    #[schema(example = json!(null))]
    pub company_id: Option<Id>,
    /// Chinese name of the line.
    #[schema(max_length = 300, example = "望远镇")]
    pub name: String,
    pub counts: ComplaintCounts,
}

/// Statistics of the complaints of an area and a period (诉求办理统计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintStatistics {
    /// Code of the area.
    #[schema(max_length = 12, example = "640121")]
    pub division: String,
    /// Name of the area.
    #[schema(max_length = 100, example = "永宁县")]
    pub name: String,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// Reporting date, for what is open and overdue.
    pub as_of: NaiveDate,
    /// Lowest satisfaction rating that counts as satisfied by the policy.
    #[schema(minimum = 2, maximum = 5, example = 3)]
    pub satisfied_from: u32,
    pub by: StatisticsBreakdown,
    /// Figures of the whole area.
    pub total: ComplaintCounts,
    /// Lines with at least one complaint: parts of the area by code, all others by `received`, highest first.
    #[schema(max_items = 20000)]
    pub lines: Vec<ComplaintLine>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplaintStatisticsQuery {
    /// Code of a county, township or community (6, 9 or 12 digits) in your territory; default: your territory.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// First day of submission (default: 1 January of the year of `to`).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day of submission (default: today); at most three years after `from`.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
    /// Only complaints at this complex.
    pub complex_id: Option<Id>,
    /// Only complaints whose handling company, or company at submission, is this one.
    pub company_id: Option<Id>,
    /// Only complaints of this category.
    #[param(min_length = 2, max_length = 64, example = "service.cleaning")]
    pub category: Option<String>,
    /// Breakdown into lines (default: parts of the area; a community has none).
    pub by: Option<StatisticsBreakdown>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplaintReportQuery {
    /// Code of a county, township or community (6, 9 or 12 digits) in your territory; default: your territory.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// First day of submission (default: 1 January of the year of `to`).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day of submission (default: today); at most three years after `from`.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
}

/// Complaint heat of a complex (小区诉求热度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplexHeat {
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 100, example = "望远示范花园")]
    pub name: String,
    /// Township of the complex, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community of the complex, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Number of households (户数); null if unknown.
    #[schema(minimum = 1, maximum = 1_000_000, example = 812)]
    pub households: Option<i64>,
    /// Complaints of the period, without rejected and with merged ones.
    #[schema(minimum = 0, example = 26)]
    pub complaints: i64,
    /// Complaints per hundred households, with two decimals (百户诉求量); null if the number of households is unknown.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "3.20")]
    pub per_hundred_households: Option<String>,
    /// Code of the category with the most complaints, the first by code if several are equal; null without complaints.
    #[schema(max_length = 64, example = "service.cleaning")]
    pub top_category: Option<String>,
    /// Chinese name of that category; null if the policy in force does not contain it.
    #[schema(max_length = 100, example = "环境卫生")]
    pub top_category_zh: Option<String>,
    /// Complaints of that category.
    #[schema(minimum = 0, example = 9)]
    pub top_category_complaints: i64,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListComplaintHeat {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only complexes in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only complexes in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// First day of submission (default: 1 January of the year of `to`).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day of submission (default: today); at most three years after `from`.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
    /// Count only complaints of this category.
    #[param(min_length = 2, max_length = 64, example = "service.cleaning")]
    pub category: Option<String>,
}
