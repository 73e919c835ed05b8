//! Star ratings (星级评定) of the service at complexes, and what follows from them.

pub mod model;
pub mod store;
