//! Property service companies (物业服务企业).

pub mod actions;
pub mod changes;
pub mod changes_store;
mod events;
pub mod family;
pub mod model;
mod routes;
mod rules;
pub mod scoped;
pub mod store;

use crate::access::role_sets::{REGISTER_READERS, REGISTRARS};
use crate::handler;
use crate::problem::Code::{AlreadyExists, StateConflict};
use crate::service::feature::{Feature, Table, act, read, submit, tag};

pub use crate::uscc;
pub use store::{add_areas, find, find_by_uscc, find_for_update, names_of, speakers_of};

pub const FEATURE: Feature = Feature {
    name: "companies",
    tags: &[tag(60, "companies", "Property service companies 物业服务企业")],
    operations: &[
        read(handler!(routes::list_companies), REGISTER_READERS),
        submit(handler!(routes::create_company), REGISTRARS).conflicts(&[AlreadyExists]),
        read(handler!(routes::get_company), REGISTER_READERS),
        act(handler!(routes::update_company), REGISTRARS),
        read(handler!(routes::list_company_changes), REGISTRARS),
        act(handler!(routes::propose_company_change), REGISTRARS).conflicts(&[AlreadyExists]),
        read(handler!(routes::get_company_change), REGISTRARS),
        act(handler!(routes::approve_company_change), REGISTRARS).conflicts(&[StateConflict]),
        act(handler!(routes::refuse_company_change), REGISTRARS).conflicts(&[StateConflict]),
    ],
    tables: &[
        Table::shared("companies").scoped().grows(),
        Table::with("company_changes", "companies"),
        Table::of_program("company_areas").grows(),
        Table::with("company_families", "companies").grows(),
    ],
    words: &[("company_change_state", changes::ChangeState::LABELS)],
    events: events::EVENTS,
    ..Feature::EMPTY
};
