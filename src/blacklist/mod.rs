//! The industry blacklist (黑名单) and restrictions on new complexes (限制承接新项目).

pub mod store;

pub use store::{is_listed, refuse_new_complex};
