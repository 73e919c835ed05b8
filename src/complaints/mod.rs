//! Complaints (投诉受理、诉求办理): tickets, whoever handles them, and by when.

pub mod clock_rules;
