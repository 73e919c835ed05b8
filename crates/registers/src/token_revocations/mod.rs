//! Token revocations (令牌吊销): subjects and tokens that are refused before they expire, for every issuer.

mod actions;
mod events;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;

use crate::access::person::PersonKey;
use crate::access::revoked::{Known, Of};
use crate::access::role_sets::{ADMINISTRATORS, CLIENT_READERS};
use crate::clients;
use crate::db::{Conn, Instant, WorkResult};
use crate::handler;
use crate::problem::Code::StateConflict;
use crate::service::feature::{Feature, Table, act, read};
use model::{TokenRevocationKind, TokenRevocationRow};

pub const FEATURE: Feature = Feature {
    name: "token_revocations",
    operations: &[
        read(handler!(routes::list_token_revocations), CLIENT_READERS),
        act(handler!(routes::create_token_revocation), ADMINISTRATORS),
        read(handler!(routes::get_token_revocation), CLIENT_READERS),
        act(handler!(routes::withdraw_token_revocation), ADMINISTRATORS).conflicts(&[StateConflict]),
    ],
    tables: &[Table::shared("token_revocations").scoped().grows()],
    words: &[("token_revocation_kind", model::TokenRevocationKind::LABELS)],
    events: events::EVENTS,
    ..Feature::EMPTY
};

/// The revocations in force, for every caller.
pub fn known(conn: &mut Conn) -> WorkResult<Known> {
    let mut known = Known::default();
    for (id, epoch) in clients::store::epochs(conn)? {
        known.client(id.to_string(), epoch);
    }
    for TokenRevocationRow { kind, issuer, value, county, reach, .. } in store::in_force(conn, Instant::now())? {
        let of = match kind {
            TokenRevocationKind::Subject => Of::Subject(PersonKey::new(&issuer, &value)),
            TokenRevocationKind::Token => Of::Token(issuer, value),
        };
        known.revocation(of, county, reach.is_empty());
    }
    Ok(known)
}
