//! xiaoqu (小区): supervision of property management of residential complexes, as a service.
//!
//! The way of a request is one way: `routes` (HTTP) → `actions` (one use case, one transaction) → `rules` (pure) and
//! `store` (SQL). Every feature is a folder with these rooms; [`app`] lists the features.

pub mod app;
pub mod backup;
pub mod bootstrap;
pub mod cli;
pub mod company_record;
pub mod consequences;
pub mod demo;
pub mod document_subjects;
pub mod fact_sheet;
pub mod identity;
pub mod inbox;
pub mod open311;
pub mod pages;
pub mod policy_api;
pub mod statistics;
pub mod system;
pub mod token_issuing;

pub use xiaoqu_cases::*;
