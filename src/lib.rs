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
pub mod characters;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod coded;
pub mod companies;
pub mod complaints;
pub mod complexes;
pub mod contracts;
pub mod db;
pub mod demo;
pub mod disclosures;
pub mod divisions;
pub mod documents;
pub mod fault;
pub mod figures;
pub mod files;
pub mod http;
pub mod identity;
pub mod inbox;
pub mod inspections;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod measures;
pub mod metrics;
pub mod oauth;
pub mod offices;
pub mod open311;
pub mod pages;
pub mod personal;
pub mod points;
pub mod policy;
pub mod price;
pub mod problem;
pub mod proceedings;
pub mod ratings;
pub mod revocations;
pub mod security;
pub mod settings;
pub mod standing;
pub mod statistics;
pub mod survey;
pub mod system;
pub mod traces;
pub mod typical_cases;
pub mod violations;
