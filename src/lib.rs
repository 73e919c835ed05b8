//! xiaoqu (小区): a service for the supervision of property management in residential complexes.
//!
//! Every request takes the same path: `routes` (HTTP) → `actions` (one use case, one transaction) → `rules` (pure) and
//! `store` (SQL). Every feature is a folder with these modules; [`app`] lists the features.

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
