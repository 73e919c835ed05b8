//! Tests that mirror the paths of the API. `contract` (not the companies' `contracts`) tests what all paths have in
//! common, `access` tests authentication.

mod access;
mod attachments;
mod calendar;
mod calendar_following;
mod clients;
mod companies;
mod complaints;
mod complexes;
mod contract;
mod contracts;
mod counties;
mod coverage;
mod disclosures;
mod divisions;
mod documents;
mod inspections;
mod ledger;
mod me;
mod measures;
mod oauth;
mod offices;
mod open311;
mod policies;
mod public;
mod quotas;
mod ratings;
mod sandbox;
mod secrets;
mod statistics;
mod survey;
mod system;
mod typical_cases;
mod violations;
mod vocabulary;
