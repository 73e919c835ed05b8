//! Mirrors the paths of the API; `contract` holds what is the same for all of them, `access` who gets in.

mod access;
mod calendar;
mod clients;
mod companies;
mod complexes;
mod contract;
mod coverage;
mod disclosures;
mod divisions;
mod ledger;
mod me;
mod measures;
mod oauth;
mod policies;
mod sandbox;
mod secrets;
mod service;
mod survey;
mod system;
mod typical_cases;
mod violations;
mod vocabulary;
