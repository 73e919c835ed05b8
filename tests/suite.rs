//! Tests of the whole service, over HTTP and on both databases. `api` mirrors the paths, `store` tests the database
//! layer, `demo` tests `xiaoqu demo`, and `conventions` checks the source against its own rules.

mod api;
mod conventions;
mod demo;
mod store;
mod support;
mod walk;
