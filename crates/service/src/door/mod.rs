//! The way in and out of every request: limits and headers at the edge, tokens and permissions at the gate.

pub mod edge;
pub mod gate;
pub mod visitor;
