//! Standing (惩戒状态) of a property company: what its confirmed violations amount to, and the measures that follow.
//!
//! `rules::assess` explains the standing on a day; `reconcile::reconcile` tells how the measures on file must change.

mod actions;
mod credit;
mod due;
mod ladder;
pub mod measure_store;
pub mod model;
pub mod reconcile;
pub mod redact;
mod routes;
pub mod rules;
pub mod store;
mod wording;

pub use actions::RatingOnFile;
pub use ladder::last_day;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config.service(routes::get_company_standing).service(routes::preview_standing);
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worked_case;
