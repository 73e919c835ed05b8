//! `/v1/inspections`, `/v1/inspection-results`, `/v1/hazards`, and their statistics.

mod batch;
mod counting;
mod findings;
mod hazards;
mod visits;
