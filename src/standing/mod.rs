//! Standing (惩戒状态) of a property company: what its confirmed violations amount to, and the measures that follow.
//!
//! `rules::assess` explains the standing on a day; `reconcile::reconcile` tells how the measures on file must change.

mod actions;
mod credit;
mod due;
mod ladder;
pub mod model;
pub mod reconcile;
pub mod redact;
mod routes;
pub mod rules;
pub mod store;
mod wording;

pub use actions::RatingOnFile;
pub use ladder::last_day;

use crate::access::Role::{CountyAuthority, EnforcementOffice, SocialAffairsOffice, TownshipLeader};
use crate::access::role_sets::STANDING_READERS;
use crate::handler;
use crate::service::feature::{Feature, read, submit, tag};

pub const FEATURE: Feature = Feature {
    name: "standing",
    tags: &[tag(190, "standing", "Explained standing 企业信用状况, preview, blacklist 黑名单")],
    operations: &[
        read(handler!(routes::get_company_standing), STANDING_READERS),
        submit(
            handler!(routes::preview_standing),
            &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice],
        ),
    ],
    words: &[("measure_state", model::MeasureState::LABELS)],
    ..Feature::EMPTY
};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worked_case;
