//! Whose rows each table holds, and who writes those that several counties or townships see.

use std::collections::{BTreeMap, BTreeSet};

use xiaoqu::app::permissions;

use super::{code, sources};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// Each row lies in one county (and township, and community), and its territory writes it.
    Territory,
    /// Each row belongs to one of another table, and is written with it.
    With(&'static str),
    /// The program keeps it; nobody writes it by a call of their own.
    Program,
    /// Divisions: the operator's, from a file.
    Operator,
    /// Seen by several counties or townships; written as [`WRITERS`] says.
    Shared,
}

use Of::{Operator, Program, Shared, Territory, With};

#[rustfmt::skip]
const TABLES: &[(&str, Of)] = &[
    ("companies", Shared), ("company_changes", With("companies")), ("company_areas", Program),
    ("company_families", With("companies")),
    ("policies", Shared), ("calendar_years", Shared), ("revocations", Shared), ("offices", Shared), ("clients", Shared),
    ("client_secrets", With("clients")),
    ("divisions", Operator),
    ("complexes", Territory), ("complex_services", Territory), ("contracts", Territory),
    ("violations", Territory), ("violation_audiences", With("violations")),
    ("measures", Territory), ("measure_grounds", With("measures")), ("measure_rating_grounds", With("measures")),
    ("listings", Territory),
    ("disclosures", Territory), ("disclosure_contents", With("disclosures")), ("typical_cases", Territory),
    ("rating_cycles", Territory), ("ratings", Territory), ("rating_contents", With("ratings")), ("plaques", Territory),
    ("inspections", Territory), ("inspection_parts", Territory), ("inspection_keys", With("inspections")),
    ("hazards", Territory),
    ("complaints", Territory), ("complaint_steps", With("complaints")), ("complaint_followers", With("complaints")),
    ("complaint_cards", With("complaints")),
    ("documents", Territory), ("document_contents", With("documents")), ("document_counters", Territory),
    ("sealed_texts", Program), ("phone_indexes", Program), ("attachments", Program), ("attachment_realm", Program),
    ("ledger_events", Program), ("ledger_entries", Program), ("ledger_unsealed", Program), ("ledger_hashes", Program),
    ("ledger_head", Program), ("ledger_salts", Program),
    ("idempotency_keys", Program), ("data_keys", Program), ("leases", Program),
    ("calendar_followed", Program), ("clock_watch", Program), ("deployment", Program), ("quota_uses", Program),
    ("client_assertions", Program),
];

struct Writer {
    table: &'static str,
    operations: &'static [&'static str],
    /// By whom, in words; each is tried by a test of the API.
    who: &'static str,
}

#[rustfmt::skip]
const WRITERS: &[Writer] = &[
    Writer { table: "companies", operations: &["update_company", "approve_company_change", "refuse_company_change"],
        who: "the home register; another parent (it widens what is seen) by two persons" },
    Writer { table: "companies", operations: &["propose_company_change"], who: "any register that sees it, as a proposal" },
    Writer { table: "policies", operations: &["publish_policy", "approve_policy", "withdraw_policy"], who: "two persons of the county's authority" },
    Writer { table: "calendar_years", operations: &["replace_calendar"], who: "the county's authority, for its county" },
    Writer { table: "revocations", operations: &["create_revocation", "withdraw_revocation"],
        who: "the county's administrator; of residents, each county's takes it back" },
    Writer { table: "offices", operations: &["create_office", "update_office"], who: "an office of the territory that holds it" },
    Writer { table: "clients", operations: &["create_client", "update_client", "rotate_client_secret", "suspend_client",
        "resume_client"], who: "the county's administrator" },
    Writer { table: "clients", operations: &["approve_client", "revoke_client"], who: "the county's authority, another person" },
];

/// The tables of the schema with their columns.
fn schema() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, text) in sources(".rs") {
        if name == "src/db/schema.rs" || name.starts_with("src/db/schema/") {
            for block in text.split("table! {").skip(1) {
                let (head, rest) = block.split_once(") {").expect("a table");
                let table = head.split('(').next().expect("a name").split_whitespace().last().expect("a name");
                all.insert(table.to_owned(), rest.split('}').next().unwrap_or_default().to_owned());
            }
        }
    }
    all
}

#[test]
fn every_table_says_whose_rows_it_holds() {
    let schema = schema();
    let said: BTreeMap<&str, Of> = TABLES.iter().copied().collect();
    assert_eq!(said.len(), TABLES.len(), "a table stands there twice");
    let known: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
    assert_eq!(said.keys().copied().collect::<BTreeSet<_>>(), known, "say whose rows a new table holds");
    for (table, of) in TABLES {
        let has_county = schema[*table].lines().any(|line| line.trim_start().starts_with("county ->"))
            || schema[*table].contains(" county ->");
        match of {
            Territory => assert!(has_county, "{table} has no county"),
            With(other) => assert!(said.contains_key(other), "{table} belongs to {other}"),
            Shared => assert!(WRITERS.iter().any(|one| one.table == *table), "{table}: say who writes it"),
            Program | Operator => {}
        }
    }
}

#[test]
fn shared_rows_are_written_by_persons_through_the_operations_that_are_listed() {
    for writer in WRITERS {
        assert!(TABLES.contains(&(writer.table, Shared)) && !writer.who.is_empty());
        for operation in writer.operations {
            let permission = permissions().of(operation).unwrap_or_else(|| panic!("{operation} is gone"));
            assert!(permission.person_only, "{operation} writes {} and is open to machines", writer.table);
        }
    }
}

/// One function of one store changes a company, so that nothing goes round its rules.
#[test]
fn a_company_is_changed_in_one_place() {
    let mut places = Vec::new();
    for (name, text) in sources(".rs") {
        let code = code(&text);
        let found =
            ["update(companies::table", "update(schema::companies::table"].map(|verb| code.matches(verb).count());
        places.extend(std::iter::repeat_n(name, found.iter().sum()));
    }
    assert_eq!(places, ["src/companies/store.rs"]);
}
