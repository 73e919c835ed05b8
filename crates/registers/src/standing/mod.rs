//! Standing (惩戒状态) of a property company: `xiaoqu_rules::standing` says what confirmed violations amount to and which
//! measures follow; `replay` works it out from the ledger alone.

pub mod replay;

pub use xiaoqu_rules::standing::*;

use crate::service::feature::Feature;

pub const FEATURE: Feature =
    Feature { name: "standing", words: &[("measure_state", model::MeasureState::LABELS)], ..Feature::EMPTY };
