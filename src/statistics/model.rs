use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::points::Points;
use crate::words::ratings::Star;

/// How many complexes have a star (星级分布).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StarCount {
    pub star: Star,
    /// How many.
    #[schema(minimum = 0)]
    pub count: i64,
}

/// How the stars moved against the rating before (星级变动).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StarMovement {
    /// With more stars.
    #[schema(minimum = 0)]
    pub up: i64,
    /// With as many.
    #[schema(minimum = 0)]
    pub same: i64,
    /// With fewer.
    #[schema(minimum = 0)]
    pub down: i64,
    /// Rated for the first time.
    #[schema(minimum = 0)]
    pub first: i64,
}

/// The ratings of an area (评定统计).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingCounts {
    /// Complexes in it.
    #[schema(minimum = 0)]
    pub complexes: i64,
    /// Those that a company serves today.
    #[schema(minimum = 0)]
    pub served: i64,
    /// Those that are rated: published and not withdrawn.
    #[schema(minimum = 0)]
    pub rated: i64,
    /// By star, best first; all six.
    #[schema(min_items = 6, max_items = 6)]
    pub stars: Vec<StarCount>,
    /// The mean of the points, to two decimals, half up; null where nothing is rated.
    pub mean_points: Option<Points>,
    pub movement: StarMovement,
    /// Those whose star in this period puts them on the focus list (低星级); who is on it today is `GET /v1/focus-list`.
    #[schema(minimum = 0)]
    pub focus: i64,
}

/// A part of the area (下级区划).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AreaRatings {
    /// Code of the division.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Its name.
    #[schema(max_length = 100, example = "望远镇")]
    pub name: String,
    pub counts: RatingCounts,
}

/// The published ratings of an area and a period (星级评定统计).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingStatistics {
    /// Code of the area.
    #[schema(max_length = 12, example = "640121")]
    pub division: String,
    /// Its name.
    #[schema(max_length = 100, example = "永宁县")]
    pub name: String,
    /// Last day of the period that is rated; null where nothing is published.
    pub period_to: Option<NaiveDate>,
    pub counts: RatingCounts,
    /// The parts of the area that have complexes: the townships of a county, the communities of a township.
    #[schema(max_items = 1000)]
    pub areas: Vec<AreaRatings>,
    /// The last periods that were published, this one among them, oldest first.
    #[schema(max_items = 8)]
    pub periods: Vec<PeriodStars>,
}

/// The stars of one period (历次星级分布).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeriodStars {
    /// First day of the period.
    pub period_from: NaiveDate,
    /// Last day of the period.
    pub period_to: NaiveDate,
    /// By star, best first; all six.
    #[schema(min_items = 6, max_items = 6)]
    pub stars: Vec<StarCount>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RatingStatisticsQuery {
    /// County, township or community (6, 9 or 12 digits) in your own area, which it is by default.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// Last day of the period that is rated, a half-year or a year (default: the last of which anything was published).
    #[param(example = "2026-06-30")]
    pub period_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// County, township or community (6, 9 or 12 digits) in your own area, which it is by default.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
    /// Last day of the period that is rated (default: the last that was published).
    #[param(example = "2026-06-30")]
    pub period_to: Option<NaiveDate>,
    /// First day of the inspections, violations, measures and complaints (default: the first of the year).
    #[param(example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day of them (default: today); at most three years later.
    #[param(example = "2026-06-30")]
    pub to: Option<NaiveDate>,
}
