//! Statistics of ratings, and the parameters of the statistics and the report.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::points::Points;
use crate::words::ratings::Star;

/// Number of complexes with a star (星级分布).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StarCount {
    pub star: Star,
    /// Number of complexes.
    #[schema(minimum = 0)]
    pub count: i64,
}

/// Star movement against the previous rating (星级变动).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StarMovement {
    /// Complexes with a higher star.
    #[schema(minimum = 0)]
    pub up: i64,
    /// Complexes with the same star.
    #[schema(minimum = 0)]
    pub same: i64,
    /// Complexes with a lower star.
    #[schema(minimum = 0)]
    pub down: i64,
    /// Complexes rated for the first time.
    #[schema(minimum = 0)]
    pub first: i64,
}

/// Counts of the ratings in an area (评定统计).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingCounts {
    /// Complexes in the area.
    #[schema(minimum = 0)]
    pub complexes: i64,
    /// Complexes with a current company.
    #[schema(minimum = 0)]
    pub served: i64,
    /// Complexes with a published rating that was not withdrawn.
    #[schema(minimum = 0)]
    pub rated: i64,
    /// Complexes by star, highest first, all six.
    #[schema(min_items = 6, max_items = 6)]
    pub stars: Vec<StarCount>,
    /// Mean of the total points, rounded half up to two decimals; null without a rating.
    pub mean_points: Option<Points>,
    pub movement: StarMovement,
    /// Complexes whose star in this period is low enough for the focus list (低星级). `GET /v1/focus-list` returns
    /// today's list.
    #[schema(minimum = 0)]
    pub focus: i64,
}

/// A part of the area (下级区划).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AreaRatings {
    /// Code of the division.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Name of the division.
    #[schema(max_length = 100, example = "望远镇")]
    pub name: String,
    pub counts: RatingCounts,
}

/// Statistics of the published ratings of an area and a period (星级评定统计).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingStatistics {
    /// Code of the division.
    #[schema(max_length = 12, example = "640121")]
    pub division: String,
    /// Name of the division.
    #[schema(max_length = 100, example = "永宁县")]
    pub name: String,
    /// Last day of the rated period; null if nothing is published.
    pub period_to: Option<NaiveDate>,
    pub counts: RatingCounts,
    /// Parts of the area that have complexes: townships of a county, communities of a township.
    #[schema(max_items = 1000)]
    pub areas: Vec<AreaRatings>,
    /// The last published periods up to this one, oldest first.
    #[schema(max_items = 8)]
    pub periods: Vec<PeriodStars>,
}

/// Stars of one period (历次星级分布).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeriodStars {
    /// First day of the period.
    pub period_from: NaiveDate,
    /// Last day of the period.
    pub period_to: NaiveDate,
    /// Complexes by star, highest first, all six.
    #[schema(min_items = 6, max_items = 6)]
    pub stars: Vec<StarCount>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RatingStatisticsQuery {
    /// Code of a county, township or community (6, 9 or 12 digits) in your territory. Default: your own division.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// Last day of a rated half-year or year. Default: the last published period.
    #[param(example = "2026-06-30")]
    pub period_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// Code of a county, township or community (6, 9 or 12 digits) in your territory. Default: your own division.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// Last day of the rated period. Default: the last published one.
    #[param(example = "2026-06-30")]
    pub period_to: Option<NaiveDate>,
    /// First day for inspections, violations, measures and complaints. Default: the first day of the year.
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day for them, at most three years later. Default: today.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
}
