//! Policies (政策): versioned, immutable documents of all values that the law leaves to the county.

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
