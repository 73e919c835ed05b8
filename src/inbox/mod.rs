//! What waits for the caller's office or company (待办), each with its deadline.

mod complaining;
mod inspecting;
pub mod model;
mod ratings;
mod registers;
mod routes;
pub mod rules;
pub mod tasks;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config.service(routes::list_inbox);
}
