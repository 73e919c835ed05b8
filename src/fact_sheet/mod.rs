//! The fact sheet of a rating (评定事实表): what contracts, disclosures, violations, inspections and complaints know of its
//! period. It reads all of them, and so it stands above them.

mod routes;
mod sheet;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config.service(routes::get_rating_fact_sheet);
}
