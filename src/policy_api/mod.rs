//! Operations of policies and calendars, which each county sets for itself.

mod calendar_routes;
mod policy_preview;
mod policy_routes;

use crate::access::role_sets::{COUNTY, EVERYONE};
use crate::handler;
use crate::problem::Code::{AlreadyExists, StateConflict};
use crate::service::feature::{Feature, act, read, tag};

pub const FEATURE: Feature = Feature {
    name: "policy_api",
    tags: &[
        tag(40, "policies", "Policy versions 政策版本"),
        tag(50, "calendar", "Public holidays and make-up working days 节假日与调休"),
    ],
    operations: &[
        read(handler!(policy_routes::list_policies), EVERYONE),
        act(handler!(policy_routes::publish_policy), COUNTY).conflicts(&[AlreadyExists]),
        // `current` comes before `{version}`, which would match it, too.
        read(handler!(policy_routes::get_current_policy), EVERYONE),
        read(handler!(policy_routes::get_policy), EVERYONE),
        act(handler!(policy_routes::approve_policy), COUNTY).conflicts(&[StateConflict]),
        act(handler!(policy_routes::withdraw_policy), COUNTY).conflicts(&[StateConflict]),
        read(handler!(policy_routes::list_acts), EVERYONE),
        read(handler!(calendar_routes::get_calendar), EVERYONE),
        act(handler!(calendar_routes::replace_calendar), COUNTY),
    ],
    ..Feature::EMPTY
};
