//! What a year of the calendar is made of.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One day of the calendar and the holiday it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    /// The day (日期).
    #[schema(example = "2026-10-01")]
    pub date: NaiveDate,
    /// Name of the holiday (节日名称) that the day belongs to.
    #[schema(example = "国庆节", min_length = 1, max_length = 40)]
    pub name: String,
}

/// Holidays of one year (节假日安排), as the State Council announces them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarYearIn {
    /// Days off (放假), weekends inside a holiday included.
    #[schema(min_items = 1, max_items = 100)]
    pub holidays: Vec<CalendarDay>,
    /// Saturdays and Sundays that are worked to make up (调休上班).
    #[serde(default)]
    #[schema(max_items = 60)]
    pub workdays: Vec<CalendarDay>,
}
