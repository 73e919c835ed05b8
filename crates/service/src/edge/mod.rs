//! Outer layers of request handling: limits and headers at the edge, tokens and permissions at the gate.

pub mod gate;
pub mod middleware;
pub mod unauthenticated;
