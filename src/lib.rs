//! xiaoqu (小区): supervision of property management of residential complexes, as a service.
//!
//! The way of a request is one way: `routes` (HTTP) → `actions` (one use case, one transaction) → `rules` (pure) and
//! `store` (SQL). Every feature is a folder with these rooms; [`app`] lists the features.

pub mod app;
pub mod backup;
pub mod blacklist;
pub mod bootstrap;
pub mod calendar;
pub mod cli;
pub mod clients;
pub mod companies;
pub mod company_facts;
pub mod company_record;
pub mod complaints;
pub mod complexes;
pub mod consequences;
pub mod contracts;
pub mod counties;
pub mod deadlines;
pub mod demo;
pub mod disclosures;
pub mod divisions;
pub mod document_subjects;
pub mod documents;
pub mod due_process;
pub mod fact_sheet;
pub mod files;
pub mod identity;
pub mod inbox;
pub mod inspections;
pub mod measure_facts;
pub mod measures;
pub mod oauth;
pub mod offices;
pub mod open311;
pub mod pages;
pub mod policy;
pub mod policy_api;
pub mod ratings;
pub mod revocations;
pub mod standing;
pub mod statistics;
pub mod survey;
pub mod system;
pub mod token_issuing;
pub mod typical_cases;
pub mod violations;

pub use xiaoqu_rules::{
    characters, coded, fault, figures, language, points, price, problem, role, templates, types, uscc, words,
};
pub use xiaoqu_rules::{code_column, coded_enum, on_both, stored_enum, text_column};
pub use xiaoqu_service::{
    access, clock, clock_watch, db, deployment, disk, edge, http, json, keys, ledger, metrics, personal, proceedings,
    quotas, render, secret, security, service, settings, traces,
};
pub use xiaoqu_service::{handler, newest_first, rows_of};
