//! Working days (工作日): public holidays and make-up working days, and the deadlines that depend on them.

pub mod holidays;
pub mod model;
pub mod rules;
