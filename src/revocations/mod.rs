//! Revocations (吊销): subjects and tokens that are refused before their time, whoever issued them.

mod actions;
pub mod model;
mod routes;
pub mod store;

use crate::access::role_sets::{ADMINISTRATORS, CLIENT_READERS};
use crate::handler;
use crate::problem::Code::StateConflict;
use crate::service::feature::{Feature, act, read};

pub const FEATURE: Feature = Feature {
    name: "revocations",
    operations: &[
        read(handler!(routes::list_revocations), CLIENT_READERS),
        act(handler!(routes::create_revocation), ADMINISTRATORS),
        read(handler!(routes::get_revocation), CLIENT_READERS),
        act(handler!(routes::withdraw_revocation), ADMINISTRATORS).conflicts(&[StateConflict]),
    ],
    ..Feature::EMPTY
};
