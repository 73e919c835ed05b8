//! Working days (工作日): public holidays and make-up working days, and the deadlines that count them.

mod actions;
pub mod holidays;
pub mod model;
mod on_file;
mod routes;
pub mod rules;
mod store;

use crate::access::role_sets::{COUNTY, EVERYONE};
use crate::handler;
use crate::service::feature::{Feature, Table, act, read, tag};

pub use on_file::{OnFile, missing_until};
pub use store::{counties, missing_years, seed, stamp, work_calendar};

pub const FEATURE: Feature = Feature {
    name: "calendar",
    tags: &[tag(50, "calendar", "Public holidays and make-up working days 节假日与调休")],
    operations: &[read(handler!(routes::get_calendar), EVERYONE), act(handler!(routes::replace_calendar), COUNTY)],
    tables: &[Table::shared("calendar_years"), Table::of_program("calendar_followed")],
    ..Feature::EMPTY
};
