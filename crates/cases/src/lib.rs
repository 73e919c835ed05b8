//! Cases: violations, contracts, disclosures, ratings, inspections, complaints, and the measures that follow from them.

pub mod company_facts;
pub mod complaints;
pub mod contracts;
pub mod disclosures;
pub mod inspections;
pub mod measure_facts;
pub mod measures;
pub mod ratings;
pub mod survey;
pub mod typical_cases;
pub mod violations;

pub use xiaoqu_registers::*;
