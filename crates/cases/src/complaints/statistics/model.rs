use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Role;
use crate::coded_enum;
use crate::db::Id;
use crate::policy::complaints::UtilityKind;

coded_enum! {
    /// What the lines of the statistics are (统计维度).
    #[schema(example = "area")]
    pub enum StatisticsBreakdown {
        Area "area" "下级区划" "Parts of the area"
        Office "office" "承办单位" "Whoever handles the complaint now"
        Category "category" "诉求分类" "Categories"
        Company "company" "物业服务企业" "The company that served the complex when the complaint came in"
    }
}

/// By when tickets were accepted (受理情况). It adds up to the tickets handled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptanceCounts {
    /// Accepted in time (按期受理).
    #[schema(minimum = 0)]
    pub on_time: i64,
    /// Accepted late, or not accepted and overdue (逾期受理，含逾期未受理).
    #[schema(minimum = 0)]
    pub late: i64,
    /// Not accepted yet, and still in time (待受理，未逾期).
    #[schema(minimum = 0)]
    pub pending: i64,
    /// Those in time, in percent of those in time or late, with one decimal (按期受理率); null where there is none.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "97.5")]
    pub on_time_percent: Option<String>,
}

/// By when tickets were answered (办理情况). It adds up to the tickets handled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionCounts {
    /// Answered in time, and not open again (按期办结).
    #[schema(minimum = 0)]
    pub on_time: i64,
    /// Answered late, and not open again (逾期办结).
    #[schema(minimum = 0)]
    pub late: i64,
    /// Open, and not late: those that wait for the complainant among them (在办未逾期).
    #[schema(minimum = 0)]
    pub open_in_time: i64,
    /// Open, and late (在办已逾期).
    #[schema(minimum = 0)]
    pub open_late: i64,
    /// Those answered in time, in percent of those answered or late, with one decimal (按期办结率); null where there is none.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "94.1")]
    pub on_time_percent: Option<String>,
}

/// How long the answers took, in hours worked from submission to reply, with two decimals (办理时长).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyTimes {
    /// Tickets with a reply.
    #[schema(minimum = 0)]
    pub replies: i64,
    /// The mean (平均办理工时); null without a reply.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "13.25")]
    pub mean_hours: Option<String>,
    /// The hours that half of the replies did not exceed, by nearest rank (办理工时中位数); null without a reply.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "11.50")]
    pub median_hours: Option<String>,
    /// The hours that nine replies in ten did not exceed, by nearest rank (九成诉求办理工时); null without a reply.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "31.00")]
    pub p90_hours: Option<String>,
}

/// How satisfied the complainants are (满意度).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SatisfactionCounts {
    /// Tickets with a mark (参与评价).
    #[schema(minimum = 0)]
    pub rated: i64,
    /// Those with a mark from which on the policy calls it satisfied (满意).
    #[schema(minimum = 0)]
    pub satisfied: i64,
    /// The one of the other in percent, with one decimal (满意率); null where none is rated.
    #[schema(max_length = 5, pattern = r"^[0-9]{1,3}\.[0-9]$", example = "92.3")]
    pub satisfied_percent: Option<String>,
    /// The mean of the marks of 1 to 5, with two decimals (平均分); null where none is rated.
    #[schema(max_length = 4, pattern = r"^[1-5]\.[0-9]{2}$", example = "4.62")]
    pub mean: Option<String>,
}

/// The tickets of an area and a period (诉求统计).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintCounts {
    /// All that came in (受理总量): those handled, merged and rejected.
    #[schema(minimum = 0)]
    pub received: i64,
    /// Merged into another ticket (已合并). Nothing below counts them.
    #[schema(minimum = 0)]
    pub merged: i64,
    /// Not taken on (不予受理). Nothing below counts them.
    #[schema(minimum = 0)]
    pub rejected: i64,
    /// All others (实际办理).
    #[schema(minimum = 0)]
    pub handled: i64,
    /// Of these, those whose handler still owes something (在办).
    #[schema(minimum = 0)]
    pub open: i64,
    pub acceptance: AcceptanceCounts,
    pub resolution: ResolutionCounts,
    pub reply: ReplyTimes,
    pub satisfaction: SatisfactionCounts,
    /// Reopened by the complainant at any time (重新办理).
    #[schema(minimum = 0)]
    pub reopened: i64,
    /// Red cards given (红牌).
    #[schema(minimum = 0)]
    pub red_cards: i64,
}

/// One line of the statistics: a part of the area, an office, a category or a company (统计明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintLine {
    /// Code of the part of the area, or of the office's division; null for tickets of no part, and for companies.
    #[schema(max_length = 12, example = "640121102")]
    pub division: Option<String>,
    /// Whoever handles, where the lines are offices; all companies are one line.
    #[schema(example = json!(null))]
    pub role: Option<Role>,
    /// Which utility, where it is a utility operator.
    #[schema(example = json!(null))]
    pub organisation: Option<UtilityKind>,
    /// Code of the category, where the lines are categories.
    #[schema(max_length = 64, example = json!(null))]
    pub category: Option<String>,
    /// The company, where the lines are companies; null for tickets without one.
    #[schema(example = json!(null))]
    pub company_id: Option<Id>,
    /// What it is called, in Chinese.
    #[schema(max_length = 300, example = "望远镇")]
    pub name: String,
    pub counts: ComplaintCounts,
}

/// Complaints of an area and a period (诉求办理统计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintStatistics {
    /// Code of the area.
    #[schema(max_length = 12, example = "640121")]
    pub division: String,
    /// Its name.
    #[schema(max_length = 100, example = "永宁县")]
    pub name: String,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// The day by which is told what is open and late.
    pub as_of: NaiveDate,
    /// The mark from which on the policy calls it satisfied.
    #[schema(minimum = 2, maximum = 5, example = 3)]
    pub satisfied_from: u32,
    pub by: StatisticsBreakdown,
    /// The whole area.
    pub total: ComplaintCounts,
    /// The lines, those with any ticket: parts of the area by code, others by the number of tickets, most first.
    #[schema(max_items = 20000)]
    pub lines: Vec<ComplaintLine>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplaintStatisticsQuery {
    /// County, township or community (6, 9 or 12 digits) in your own area, which it is by default.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// First day on which the tickets came in (default: the first of the year).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day on which they came in (default: today); at most three years later.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
    /// Only at this complex.
    pub complex_id: Option<Id>,
    /// Only where this company served the complex when the ticket came in.
    pub company_id: Option<Id>,
    /// Only of this category.
    #[param(min_length = 2, max_length = 64, example = "service.cleaning")]
    pub category: Option<String>,
    /// What the lines are (default: the parts of the area; a community has none).
    pub by: Option<StatisticsBreakdown>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplaintReportQuery {
    /// County, township or community (6, 9 or 12 digits) in your own area, which it is by default.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// First day on which the tickets came in (default: the first of the year).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day on which they came in (default: today); at most three years later.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
}

/// How much a complex is complained about (小区诉求热度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplexHeat {
    pub complex_id: Id,
    /// Its name.
    #[schema(max_length = 100, example = "望远示范花园")]
    pub name: String,
    /// Its township.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Its community.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Households (户数); null where unknown.
    #[schema(minimum = 1, maximum = 1_000_000, example = 812)]
    pub households: Option<i64>,
    /// Tickets of the period that were not rejected; each of those that were merged counts.
    #[schema(minimum = 0, example = 26)]
    pub complaints: i64,
    /// The same for each hundred households, with two decimals (百户诉求量); null where the households are unknown.
    #[schema(max_length = 20, pattern = r"^[0-9]+\.[0-9]{2}$", example = "3.20")]
    pub per_hundred_households: Option<String>,
    /// Code of the category with most tickets; the first by code of several. Null where there is no ticket.
    #[schema(max_length = 64, example = "service.cleaning")]
    pub top_category: Option<String>,
    /// Its name in the policy, in Chinese.
    #[schema(max_length = 100, example = "环境卫生")]
    pub top_category_zh: Option<String>,
    /// Its tickets.
    #[schema(minimum = 0, example = 9)]
    pub top_category_complaints: i64,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListComplaintHeat {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only in this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only in this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// First day on which the tickets came in (default: the first of the year).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day on which they came in (default: today); at most three years later.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
    /// Only tickets of this category.
    #[param(min_length = 2, max_length = 64, example = "service.cleaning")]
    pub category: Option<String>,
}
