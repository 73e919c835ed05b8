//! The calendar of a year as input.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A day of the calendar with its public holiday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    /// The day (日期).
    #[schema(example = "2026-10-01")]
    pub date: NaiveDate,
    /// Name of the public holiday (节日名称) that the day belongs to.
    #[schema(example = "国庆节", min_length = 1, max_length = 40)]
    pub name: String,
}

/// Public holidays and make-up working days of a year (节假日安排), as announced by the State Council.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarYearIn {
    /// Days off (放假), including weekends within a holiday.
    #[schema(min_items = 1, max_items = 100)]
    pub holidays: Vec<CalendarDay>,
    /// Saturdays and Sundays that are working days (调休上班).
    #[serde(default)]
    #[schema(max_items = 60)]
    pub workdays: Vec<CalendarDay>,
}
