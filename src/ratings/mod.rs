//! Star ratings (星级评定) of the service at complexes, and what follows from them.
//!
//! The way of a rating: `cycles` (it is begun) → `scoring` (sheets, review) → `publicity` (announcement, objections, reply) →
//! `publication` (one instant for a whole cycle, then `chunks`). `rules` make a star of scores; `consequences` tell what
//! follows from stars; `follow` brings the measures of the ladder to bear on them.

pub mod chunks;
pub mod consequences;
pub mod cycle_view;
pub mod cycles;
mod deadlines;
pub mod follow;
pub mod input;
mod list_store;
pub mod model;
mod plaque_store;
pub mod plaques;
pub mod public;
mod public_store;
pub mod publication;
pub mod publicity;
mod record;
mod routes;
pub mod rows;
pub mod rules;
pub mod scoring;
pub mod store;
pub mod view;

use crate::http::Routes;

pub use follow::ladder_moved;
pub use store::{Cited, cited};
pub use view::on_file;

/// Cycles, and the ratings that there are.
pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_rating_cycles)
        .service(routes::create_rating_cycle)
        .service(routes::get_rating_cycle)
        .service(routes::begin_ratings)
        .service(routes::announce_rating_cycle)
        .service(routes::publish_rating_cycle)
        .service(routes::cancel_rating_cycle)
        .service(routes::list_ratings)
        .service(routes::create_rating)
        .service(routes::get_rating);
}

/// What happens to a rating, and what follows from it. In the document its fact sheet stands before.
pub fn step_routes(config: &mut Routes) {
    config
        .service(routes::submit_rating_scores)
        .service(routes::review_rating)
        .service(routes::announce_rating)
        .service(routes::object_to_rating)
        .service(routes::decide_rating_objection)
        .service(routes::reply_to_rating)
        .service(routes::publish_rating)
        .service(routes::withdraw_rating)
        .service(routes::list_focus_list)
        .service(routes::get_plaque);
}

/// A cycle was published: what follows from it waits to be worked off. Woken at once; the loop looks again by itself, too.
#[derive(Default)]
pub struct Published(pub tokio::sync::Notify);
