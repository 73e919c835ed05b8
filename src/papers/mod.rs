//! Issuing official documents about cases (出具文书): which case a document is about, who issues it and in which state of the
//! case. Violations and measures tell what their documents say; [`crate::documents`] numbers, renders and keeps them.

mod actions;
mod cases;
mod routes;
mod state_rules;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config.service(routes::issue_document);
}
