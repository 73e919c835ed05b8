//! What counties lay down, over HTTP: their policies and their calendars.

mod calendar_routes;
mod policy_preview;
mod policy_routes;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    // `current` before `{version}`, which would match it too.
    config
        .service(policy_routes::list_policies)
        .service(policy_routes::publish_policy)
        .service(policy_routes::get_current_policy)
        .service(policy_routes::get_policy)
        .service(policy_routes::approve_policy)
        .service(policy_routes::withdraw_policy)
        .service(policy_routes::list_acts)
        .service(calendar_routes::get_calendar)
        .service(calendar_routes::replace_calendar);
}
