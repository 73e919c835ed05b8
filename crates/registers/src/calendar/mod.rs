//! Working days (工作日): public holidays and make-up working days, and the deadlines that depend on them.

pub mod actions;
mod events;
mod on_file;
mod store;

use crate::service::feature::{Feature, Table};

pub use xiaoqu_rules::calendar::*;

pub use on_file::{OnFile, missing_until};
pub use store::{counties, counties_with, seed, stamp, work_calendar};

pub const FEATURE: Feature = Feature {
    name: "calendar",
    tables: &[Table::shared("calendar_years"), Table::of_program("calendar_followed")],
    events: events::EVENTS,
    ..Feature::EMPTY
};
