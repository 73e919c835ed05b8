//! What every decision that bites has in common (办理程序): notice, delivery, statement, and who acted. `due_process` has
//! the steps, `rules` say when each is permitted, and `port` is where an action tells what follows from it.

pub mod ledger_texts;
pub mod model;
pub mod port;
pub mod rules;
pub mod view;

use crate::service::feature::Feature;

pub const FEATURE: Feature =
    Feature { name: "proceedings", words: &[("delivery_method", model::DeliveryMethod::LABELS)], ..Feature::EMPTY };
