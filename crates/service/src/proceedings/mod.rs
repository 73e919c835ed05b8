//! Due process of adverse decisions (办理程序): notice, delivery, statement and officer. `due_process` has the steps,
//! `rules` decide when each is permitted, and `port` announces decisions to the features that act on them.

pub mod ledger_texts;
pub mod model;
pub mod port;
pub mod rules;
pub mod view;

use crate::service::feature::Feature;

pub const FEATURE: Feature =
    Feature { name: "proceedings", words: &[("delivery_method", model::DeliveryMethod::LABELS)], ..Feature::EMPTY };
