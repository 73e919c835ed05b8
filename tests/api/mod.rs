//! Mirrors the paths of the API; `contract` holds what is the same for all of them, `access` who gets in.

mod access;
mod calendar;
mod clients;
mod companies;
mod complexes;
mod contract;
mod coverage;
mod divisions;
mod documents;
mod ledger;
mod me;
mod measures;
mod oauth;
mod offices;
mod policies;
mod public;
mod sandbox;
mod secrets;
mod service;
mod system;
mod violations;
mod vocabulary;
