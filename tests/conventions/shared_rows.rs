//! Who owns the rows of each table, and who may write rows that several counties or townships can see.

use std::collections::{BTreeMap, BTreeSet};

use xiaoqu::app::{FEATURES, permissions};
use xiaoqu::service::feature::Rows::{self, Operator, Program, Shared, Territory, With};
use xiaoqu::service::feature::Table;

use super::{code, sources};

fn tables() -> impl Iterator<Item = &'static Table> {
    FEATURES.iter().flat_map(|feature| feature.tables)
}

struct Writer {
    table: &'static str,
    operations: &'static [&'static str],
    /// Who may write it, in words. A test of the API checks each.
    who: &'static str,
}

#[rustfmt::skip]
const WRITERS: &[Writer] = &[
    Writer { table: "companies", operations: &["update_company", "approve_company_change", "refuse_company_change"],
        who: "the registering office; a new parent company, which widens access, needs two persons" },
    Writer { table: "companies", operations: &["propose_company_change"], who: "any registering office that may see it, as a proposal" },
    Writer { table: "policies", operations: &["publish_policy", "approve_policy", "withdraw_policy"], who: "two persons of the county's authority" },
    Writer { table: "calendar_years", operations: &["replace_calendar"], who: "the county's authority, for its county" },
    Writer { table: "token_revocations", operations: &["create_token_revocation", "withdraw_token_revocation"],
        who: "the system administrator of the county; for residents, any county may lift it" },
    Writer { table: "offices", operations: &["create_office", "update_office"], who: "an office whose territory contains it" },
    Writer { table: "clients", operations: &["create_client", "update_client", "rotate_client_secret", "suspend_client",
        "resume_client"], who: "the county's administrator" },
    Writer { table: "clients", operations: &["approve_client", "revoke_client"], who: "the county's authority, another person" },
];

/// The tables of the schema with their columns.
fn schema() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, text) in sources(".rs") {
        if name == "crates/service/src/db/schema.rs" || name.starts_with("crates/service/src/db/schema/") {
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
    let said: BTreeMap<&str, Rows> = tables().map(|table| (table.name, table.rows)).collect();
    assert_eq!(said.len(), tables().count(), "a table is listed twice");
    let known: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
    assert_eq!(said.keys().copied().collect::<BTreeSet<_>>(), known, "say whose rows a new table holds");
    for (table, rows) in &said {
        let has_county = schema[*table].lines().any(|line| line.trim_start().starts_with("county ->"))
            || schema[*table].contains(" county ->");
        match rows {
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
        assert!(tables().any(|table| table.name == writer.table && table.rows == Shared) && !writer.who.is_empty());
        for operation in writer.operations {
            let permission = permissions().of(operation).unwrap_or_else(|| panic!("{operation} is gone"));
            assert!(permission.person_only, "{operation} writes {} and is open to machines", writer.table);
        }
    }
}

/// Only one function of one store changes a company, so that its rules cannot be bypassed.
#[test]
fn a_company_is_changed_in_one_place() {
    let mut places = Vec::new();
    for (name, text) in sources(".rs") {
        let code = code(&text);
        let found =
            ["update(companies::table", "update(schema::companies::table"].map(|verb| code.matches(verb).count());
        places.extend(std::iter::repeat_n(name, found.iter().sum()));
    }
    assert_eq!(places, ["crates/registers/src/companies/store.rs"]);
}
