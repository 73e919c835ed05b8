//! The tables for diesel. `cargo xtask schema` writes them from `migrations/`, and tests compare them with both
//! databases. This file lists which tables appear in one query: not all of them, because each pair costs compile time.

mod tables;

use diesel::allow_tables_to_appear_in_same_query;

pub use tables::*;

allow_tables_to_appear_in_same_query!(
    companies,
    company_areas,
    company_changes,
    company_families,
    complexes,
    complex_services,
    contracts,
    violations,
    violation_audiences,
    measures,
    measure_grounds,
    listings,
    ledger_events,
    ledger_unsealed,
    ledger_entries,
    documents,
    offices,
);

allow_tables_to_appear_in_same_query!(complaints, company_families);
allow_tables_to_appear_in_same_query!(complaints, complaint_followers);
allow_tables_to_appear_in_same_query!(complaint_steps, complaint_followers);
allow_tables_to_appear_in_same_query!(disclosures, disclosure_contents, complex_services);
allow_tables_to_appear_in_same_query!(disclosures, company_families);
allow_tables_to_appear_in_same_query!(typical_cases, company_families);
allow_tables_to_appear_in_same_query!(inspections, inspection_parts);
allow_tables_to_appear_in_same_query!(inspections, company_families);
allow_tables_to_appear_in_same_query!(hazards, complex_services);
allow_tables_to_appear_in_same_query!(hazards, company_families);
allow_tables_to_appear_in_same_query!(ratings, rating_contents);
allow_tables_to_appear_in_same_query!(ratings, company_families);
allow_tables_to_appear_in_same_query!(ratings, complexes);
allow_tables_to_appear_in_same_query!(ratings, complex_services);
allow_tables_to_appear_in_same_query!(rating_cycles, complexes);
