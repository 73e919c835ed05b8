//! The six disclosures (六个公开): what a company makes public at a complex, version by version.

pub mod model;
