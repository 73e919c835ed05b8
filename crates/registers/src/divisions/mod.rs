//! Administrative divisions (行政区划). Those of Yinchuan are built in; others are loaded from CSV.

pub mod model;
mod routes;
pub mod store;

use crate::access::role_sets::EVERYONE;
use crate::handler;
use crate::service::feature::{Feature, Table, read, tag};

pub use store::{find, names_of, names_under, seed};

pub const FEATURE: Feature = Feature {
    name: "divisions",
    tags: &[tag(30, "divisions", "Administrative divisions 行政区划 (GB/T 2260, GB/T 10114)")],
    operations: &[read(handler!(routes::list_divisions), EVERYONE)],
    tables: &[Table::of_operator("divisions")],
    ..Feature::EMPTY
};
