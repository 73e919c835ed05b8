//! Mirrors the paths of the API; `contract` (not the `contracts` of companies) holds what is the same for all of them, `access` who gets in.

mod access;
mod attachments;
mod calendar;
mod clients;
mod companies;
mod complexes;
mod contract;
mod contracts;
mod coverage;
mod disclosures;
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
mod survey;
mod system;
mod typical_cases;
mod violations;
mod vocabulary;
