//! Complaints (投诉受理、诉求办理): tickets, the office that must answer each and by when, whoever complained, and who follows.

mod cards;
mod clock_routes;
pub mod clock_rules;
mod deadlines;
mod erasure;
mod following;
pub mod handling;
pub mod input;
pub mod intake;
mod intake_rules;
mod linking;
mod links;
mod list_store;
pub mod model;
pub mod outcome;
mod part_rules;
mod parts;
mod person_rules;
mod persons;
mod preview;
pub mod record;
mod routes;
pub mod routing_rules;
pub mod rules;
#[cfg(test)]
mod rules_tests;
mod sealed;
pub mod sight;
pub mod statistics;
mod step_rules;
pub mod store;
pub mod sweep;
pub mod timeline;
pub mod view;

use crate::http::Routes;

use crate::access::scoped::Viewer;
use crate::db::{Conn, Id, Work};
use crate::http::Ctx;
use crate::problem::Problem;
pub use input::{ComplaintIn, ContactIn, SeatIn};
pub use links::complainants_behind;
pub use statistics::{ComplaintFacts, facts_of};

pub fn routes(config: &mut Routes) {
    config
        .service(clock_routes::list_complaint_categories)
        .service(clock_routes::get_complaint_deadline)
        .service(clock_routes::list_similar_complaints)
        .service(clock_routes::list_complaint_news)
        .service(clock_routes::search_complaints_by_caller)
        .service(routes::list_complaints)
        .service(routes::create_complaint)
        .service(routes::get_complaint)
        .service(routes::list_complaint_timeline)
        .service(routes::list_complaint_duplicates)
        .service(routes::accept_complaint)
        .service(routes::reject_complaint)
        .service(routes::transfer_complaint)
        .service(routes::return_complaint)
        .service(routes::request_complaint_extension)
        .service(routes::decide_complaint_extension)
        .service(routes::request_complaint_information)
        .service(routes::give_complaint_information)
        .service(routes::begin_complaint_mediation)
        .service(routes::end_complaint_mediation)
        .service(routes::reply_to_complaint)
        .service(routes::rate_complaint)
        .service(routes::reopen_complaint)
        .service(routes::close_complaint)
        .service(routes::merge_complaint)
        .service(routes::comment_on_complaint)
        .service(routes::link_complaint)
        .service(routes::report_complaint_violation)
        .service(routes::set_complaint_consent)
        .service(routes::release_complaint_point)
        .service(routes::erase_complaint_persons)
        .service(routes::follow_complaint)
        .service(routes::unfollow_complaint);
    statistics::routes(config);
}

/// Which audience the caller is of a ticket that it sees.
pub fn audience_for(conn: &mut Conn, ctx: &Ctx, id: Id) -> Work<sight::Audience> {
    store::find(conn, &Viewer::of(&ctx.caller, &ctx.scope), id)?;
    Ok(view::audience_of(conn, ctx, &[id])?(id))
}

/// Any ticket, for the program itself.
pub fn find_any(conn: &mut Conn, id: Id) -> Work<model::ComplaintRow> {
    store::find(conn, &Viewer::system("the program plays its own demo"), id)
}

/// The same of a step, where the caller sees it and its ticket.
pub fn audience_for_step(conn: &mut Conn, ctx: &Ctx, id: Id) -> Work<sight::Audience> {
    let step = store::step(conn, id)?;
    let audience = audience_for(conn, ctx, step.complaint_id)?;
    let heard = sight::audiences_of(ctx.caller.role).contains(&step.audience);
    Ok(Some(audience).filter(|_| heard).ok_or_else(Problem::not_found)?)
}
