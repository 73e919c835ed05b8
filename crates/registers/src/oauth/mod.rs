//! OAuth 2.0 authorization server: tokens for clients (RFC 6749, 4.4) and server metadata (RFC 8414).

mod actions;
mod assertion;
pub mod form;
pub mod model;
mod routes;
pub mod rules;

use crate::handler;
use crate::service::feature::{Feature, Limit, Table, public};

pub use actions::client_of;

pub const TOKEN_PATH: &str = "/oauth/token";

pub const FEATURE: Feature = Feature {
    name: "oauth",
    operations: &[
        public(handler!(routes::issue_token)).limited_as(Limit::Tokens),
        public(handler!(routes::get_authorization_server)),
    ],
    tables: &[Table::of_program("client_assertions")],
    ..Feature::EMPTY
};
