//! The fact sheet of a rating (评定事实表): what contracts, disclosures, violations, inspections and complaints know of its
//! period. It reads all of them, and so it stands above them.

mod routes;
mod sheet;

use crate::access::role_sets::RATING_READERS;
use crate::handler;
use crate::service::feature::{Feature, read};

pub const FEATURE: Feature = Feature {
    name: "fact_sheet",
    operations: &[read(handler!(routes::get_rating_fact_sheet), RATING_READERS)],
    ..Feature::EMPTY
};
