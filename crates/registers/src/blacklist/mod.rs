//! The industry blacklist (黑名单) and restrictions on new complexes (限制承接新项目).

mod actions;
mod events;
pub mod model;
mod routes;
pub mod rules;
pub mod scoped;
pub mod store;
mod view;

use crate::access::Role::PropertyCompany;
use crate::access::role_sets::{COUNTY, REGISTER_READERS};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::StateConflict;
use crate::service::feature::{Feature, Table, act, read};

pub use actions::{Grounds, end_listing_of, list_company, suspend_listing_of};
pub use store::{is_listed, refuse_new_complex, term_of};

pub const FEATURE: Feature = Feature {
    name: "blacklist",
    operations: &[
        read(handler!(routes::list_blacklist), REGISTER_READERS),
        read(handler!(routes::get_blacklist_entry), REGISTER_READERS),
        act(handler!(routes::apply_for_credit_repair), &[PropertyCompany]).conflicts(&[StateConflict]),
        act(handler!(routes::refuse_credit_repair), COUNTY).conflicts(&[StateConflict]),
        act(handler!(routes::delist_company), COUNTY).conflicts(&[StateConflict]),
    ],
    tables: &[Table::of_territory("listings")],
    words: &[("listing_kind", model::ListingKind::LABELS), ("listing_state", model::ListingState::LABELS)],
    files: &[FileOwner {
        kind: OwnerKind::Listing,
        operation: "get_blacklist_entry",
        visibility: |conn, ctx, id| store::find(conn, &ctx.scope, id).map(|_| Visibility::Open),
    }],
    events: events::EVENTS,
    ..Feature::EMPTY
};
