//! The fact sheet of a rating (评定事实表). It reads contracts, disclosures, violations, inspections and complaints, so it
//! lies above them in the layers.

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
