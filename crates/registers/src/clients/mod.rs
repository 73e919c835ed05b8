//! OAuth clients (接入系统): systems that get access tokens for a role that the county authority has approved.

pub mod actions;
mod events;
pub mod keys;
pub mod model;
mod routes;
pub mod rules;
pub mod scoped;
mod secret;
pub mod store;
mod view;

use crate::access::Role::{CountyAuthority, SystemAdministrator};
use crate::access::role_sets::{ADMINISTRATORS, CLIENT_READERS, COUNTY};
use crate::handler;
use crate::problem::Code::{ShownOnce, StateConflict};
use crate::service::feature::{Feature, Table, act, read, tag};

pub use secret::digest_of;

pub const FEATURE: Feature = Feature {
    name: "clients",
    tags: &[tag(210, "clients", "OAuth clients 接入系统, their access tokens, and token revocations 令牌吊销")],
    operations: &[
        read(handler!(routes::list_clients), CLIENT_READERS),
        act(handler!(routes::create_client), ADMINISTRATORS),
        read(handler!(routes::get_client), CLIENT_READERS),
        act(handler!(routes::update_client), ADMINISTRATORS).conflicts(&[StateConflict]),
        act(handler!(routes::approve_client), COUNTY).conflicts(&[StateConflict]),
        act(handler!(routes::rotate_client_secret), ADMINISTRATORS).conflicts(&[StateConflict, ShownOnce]),
        act(handler!(routes::suspend_client), ADMINISTRATORS).conflicts(&[StateConflict]),
        act(handler!(routes::resume_client), ADMINISTRATORS).conflicts(&[StateConflict]),
        act(handler!(routes::revoke_client), &[CountyAuthority, SystemAdministrator]).conflicts(&[StateConflict]),
    ],
    tables: &[Table::shared("clients").scoped().grows(), Table::with("client_secrets", "clients")],
    words: &[("client_state", model::ClientState::LABELS)],
    events: events::EVENTS,
    ..Feature::EMPTY
};
