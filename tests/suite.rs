//! The whole service, over HTTP and on both databases. `api` mirrors the paths, `store` tries the two entry points of the
//! database, `demo` is what `xiaoqu demo` shows, `conventions` reads the source for its own rules, `walk` records the
//! examples of the document.

mod api;
mod conventions;
mod demo;
mod store;
mod support;
mod walk;
