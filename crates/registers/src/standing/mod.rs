//! Standing (惩戒状态) of a company. `xiaoqu_rules::standing` computes it from confirmed violations, with the measures that
//! follow; `replay` recomputes it from the ledger alone.

pub mod replay;

pub use xiaoqu_rules::standing::*;

use crate::service::feature::Feature;

pub const FEATURE: Feature =
    Feature { name: "standing", words: &[("measure_state", model::MeasureState::LABELS)], ..Feature::EMPTY };
