//! Vocabulary that a lower layer and a feature share: the feature that an enumeration belongs to re-exports it.

pub mod disclosures;
