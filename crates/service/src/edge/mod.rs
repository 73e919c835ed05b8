//! The way in and out of every request: limits and headers at the edge, tokens and permissions at the gate.

pub mod gate;
pub mod middleware;
pub mod unauthenticated;
