//! xiaoqu (小区): supervision of property management of residential complexes, as a service.
//!
//! The way of a request is one way: `routes` (HTTP) → `actions` (one use case, one transaction) → `rules` (pure) and
//! `store` (SQL). Every feature is a folder with these rooms; [`app`] lists the features.

pub mod access;
pub mod app;
pub mod backup;
pub mod blacklist;
pub mod bootstrap;
pub mod calendar;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod clock_watch;
pub mod companies;
pub mod company_facts;
pub mod company_file;
pub mod complaints;
pub mod complexes;
pub mod consequences;
pub mod contracts;
pub mod counties;
pub mod db;
pub mod deadlines;
pub mod demo;
pub mod deployment;
pub mod disclosures;
pub mod disk;
pub mod divisions;
pub mod documents;
pub mod door;
pub mod due_process;
pub mod fact_sheet;
pub mod files;
pub mod http;
pub mod identity;
pub mod inbox;
pub mod inspections;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod measure_facts;
pub mod measures;
pub mod metrics;
pub mod minting;
pub mod oauth;
pub mod offices;
pub mod open311;
pub mod pages;
pub mod papers;
pub mod personal;
pub mod policy;
pub mod proceedings;
pub mod quotas;
pub mod ratings;
pub mod render;
pub mod revocations;
pub mod rulebook;
pub mod secret;
pub mod security;
pub mod service;
pub mod settings;
pub mod standing;
pub mod statistics;
pub mod survey;
pub mod system;
pub mod traces;
pub mod typical_cases;
pub mod violations;

pub use xiaoqu_rules::{
    characters, coded, fault, figures, language, points, price, problem, role, templates, types, uscc, words,
};
pub use xiaoqu_rules::{code_column, coded_enum, on_both, stored_enum, text_column};
