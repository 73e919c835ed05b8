//! Migrations up and down on both databases. Diesel's tables match the result.

use std::collections::BTreeMap;

use xiaoqu::db::{DbOptions, migrate, pending, revert_all};

use crate::support::sql::{connect, values};
use crate::support::{Database, Kind, prepare};

fn tables(url: &str) -> Vec<String> {
    let sql = match url.starts_with("sqlite:") {
        true => {
            "SELECT name AS value FROM sqlite_master WHERE type IN ('table', 'view', 'index', 'trigger') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'"
        }
        false => {
            "SELECT relname::text AS value FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relname NOT LIKE '\\_\\_%'"
        }
    };
    values(&mut connect(url), sql)
}

/// Table and column → type in this test's words, with `?` if null is allowed.
type Columns = BTreeMap<(String, String), String>;

fn columns_of(url: &str) -> Columns {
    let sql = match url.starts_with("sqlite:") {
        true => {
            "SELECT m.name || '|' || c.name || '|' || lower(c.type) || '|' || (c.\"notnull\" OR c.pk > 0) AS value \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        false => {
            "SELECT table_name || '|' || column_name || '|' || data_type || '|' || (CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END) AS value \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = values(&mut connect(url), sql).into_iter().map(|row| {
        let parts: Vec<&str> = row.split('|').collect();
        let null = if parts[3] == "1" { "" } else { "?" };
        ((parts[0].to_owned(), parts[1].to_owned()), format!("{}{null}", parts[2]))
    });
    rows.filter(|((table, _), _)| !table.starts_with("__")).collect()
}

/// Diesel's tables, in the words of a database.
fn columns_of_schema(sqlite: bool) -> Columns {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/service/src/db/schema/tables");
    let files = std::fs::read_dir(folder).expect("the tables").map(|entry| entry.expect("an entry").path());
    let text: String = files.map(|file| std::fs::read_to_string(file).expect("a source file")).collect();
    let mut all = Columns::new();
    for block in text.split("table! {").skip(1) {
        let (head, columns) = block.split_once(") {").expect("a table");
        let table = head.split('(').next().expect("a name").split_whitespace().last().expect("a name");
        for column in columns.split('}').next().expect("its columns").split(',') {
            let Some((name, kind)) = column.split_once("->") else { continue };
            let kind = kind.trim();
            let (kind, null) = match kind.strip_prefix("Nullable<").and_then(|inner| inner.strip_suffix('>')) {
                Some(inner) => (inner, "?"),
                None => (kind, ""),
            };
            let (on_sqlite, on_postgres) = match kind {
                "Text" => ("text", "text"),
                "Uid" => ("text", "uuid"),
                "Moment" => ("bigint", "timestamp with time zone"),
                "BigInt" => ("bigint", "bigint"),
                "Integer" => ("integer", "integer"),
                "Double" => ("double precision", "double precision"),
                "Date" => ("date", "date"),
                "Bool" => ("boolean", "boolean"),
                "Binary" => ("blob", "bytea"),
                other => panic!("{table}: what is {other} in a database?"),
            };
            // A column that SQLite itself numbers can only be declared like this.
            let handed_out = sqlite && (table, name.trim()) == ("ledger_unsealed", "position");
            let kind = if handed_out { "integer" } else { if sqlite { on_sqlite } else { on_postgres } };
            all.insert((table.to_owned(), name.trim().to_owned()), format!("{kind}{null}"));
        }
    }
    all
}

fn up_and_down_and_up(kind: Kind) {
    let Some(database) = Database::fresh(kind) else { return };
    let url = database.url();
    let options = DbOptions::new(&url);
    let before = tables(&url);
    assert!(before.len() > 20);
    assert_eq!((pending(&options).unwrap(), migrate(&options).unwrap().len()), (0, 0));
    revert_all(&options).expect("down");
    assert_eq!(tables(&url), Vec::<String>::new(), "nothing remains");
    assert!(pending(&options).unwrap() > 0);
    prepare(&url);
    assert_eq!(tables(&url).len(), before.len());
    prepare(&url);
}

#[test]
fn every_migration_goes_up_and_down_and_up_again_on_sqlite() {
    up_and_down_and_up(Kind::Sqlite);
}

#[test]
fn every_migration_goes_up_and_down_and_up_again_on_postgres() {
    up_and_down_and_up(Kind::Postgres);
}

#[test]
fn the_schema_agrees_with_the_tables_of_sqlite() {
    let database = Database::fresh(Kind::Sqlite).expect("SQLite is always there");
    assert_eq!(columns_of(&database.url()), columns_of_schema(true));
}

#[test]
fn the_schema_agrees_with_the_tables_of_postgres() {
    let Some(database) = Database::fresh(Kind::Postgres) else { return };
    assert_eq!(columns_of(&database.url()), columns_of_schema(false));
}

#[test]
fn several_replicas_that_migrate_at_once_migrate_once() {
    let Some(database) = Database::fresh(Kind::Postgres) else { return };
    let options = DbOptions::new(database.url());
    revert_all(&options).expect("down");
    let applied: usize = std::thread::scope(|scope| {
        let replicas: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate(&options).expect("up").len())).collect();
        replicas.into_iter().map(|replica| replica.join().expect("no panic")).sum()
    });
    assert_eq!(applied, xiaoqu::db::count());
}
