//! `/v1/inspections`, `/v1/inspection-results`, `/v1/hazards` and what is counted of them.

mod batch;
mod counting;
mod findings;
mod hazards;
mod visits;
