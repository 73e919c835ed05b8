//! The layer below the features: database, keys, settings, access control, HTTP, transactions and the ledger. It does
//! not depend on any feature.

pub mod access;
pub mod clock;
pub mod clock_watch;
pub mod db;
pub mod deployment;
pub mod disk;
pub mod edge;
pub mod http;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod metrics;
pub mod personal;
pub mod proceedings;
pub mod quotas;
pub mod render;
pub mod secret;
pub mod security;
pub mod service;
pub mod settings;
pub mod traces;

#[doc(hidden)]
pub use pastey;
pub use xiaoqu_rules::{
    characters, coded, figures, input_error, language, points, price, problem, role, templates, types, uscc, words,
};
pub use xiaoqu_rules::{code_column, coded_enum, on_both};
