//! The service as an OAuth 2.0 authorization server: tokens for clients (RFC 6749, 4.4), and its metadata (RFC 8414).

mod actions;
mod assertion;
pub mod form;
pub mod model;
mod routes;
mod rules;

use crate::http::Routes;

pub use actions::client_of;

pub const TOKEN_PATH: &str = "/oauth/token";

pub fn routes(config: &mut Routes) {
    config.service(routes::issue_token).service(routes::get_authorization_server);
}
