//! The whole service, over HTTP and on both databases. `api` mirrors the paths, `store` tries the two doors, `house`
//! reads the source for its own rules.

mod api;
mod house;
mod store;
mod support;
