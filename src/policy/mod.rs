//! Policy (政策): the versioned, immutable document of everything that the rules of the field leave to the county.

pub mod model;
pub mod rules;
pub mod versions;
