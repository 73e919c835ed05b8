//! Office directory (机构名录): the responsible offices and their phones.

mod actions;
mod events;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;

use crate::access::role_sets::{EVERYONE, REGISTRARS};
use crate::handler;
use crate::problem::Code::AlreadyExists;
use crate::service::feature::{Feature, Table, act, read};

pub use actions::create_office;
pub use store::{complaint_phones, find_by_role};

pub const FEATURE: Feature = Feature {
    name: "offices",
    operations: &[
        read(handler!(routes::list_offices), EVERYONE),
        act(handler!(routes::create_office), REGISTRARS).conflicts(&[AlreadyExists]),
        read(handler!(routes::get_office), EVERYONE),
        act(handler!(routes::update_office), REGISTRARS).conflicts(&[AlreadyExists]),
    ],
    tables: &[Table::shared("offices").scoped().grows()],
    events: events::EVENTS,
    ..Feature::EMPTY
};
