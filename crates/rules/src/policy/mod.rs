//! Policy (政策): the versioned, immutable document of everything that the rules of the field leave to the county.

pub mod complaints;
pub mod contracts;
pub mod disclosures;
pub mod document_rules;
pub mod documents;
pub mod inspections;
pub mod issuing;
pub mod model;
pub mod office_deadlines;
pub mod ratings;
pub mod rules;
pub mod versions;
