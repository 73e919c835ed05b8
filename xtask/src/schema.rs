//! Generates the tables for diesel from the migrations: each migration file that creates tables becomes a module of
//! `crates/service/src/db/schema/tables`.
//!
//! It parses the SQL instead of reading a database, because a text column of SQLite does not show whether it is an
//! identifier, and `{id}` does. The parser only supports the SQL in this repository. A test compares the result with
//! both databases.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

const TABLES: &str = "crates/service/src/db/schema/tables";
const HEADER: &str = "//! Written by `cargo xtask schema` from `migrations/`: change it there.\n";

/// File name below `crates/service/src/db/schema`, and the text of the file.
pub type Files = BTreeMap<String, String>;

#[derive(Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: &'static str,
    is_null: bool,
}

#[derive(Debug)]
struct Table {
    module: String,
    name: String,
    columns: Vec<Column>,
    key: Vec<String>,
}

/// Writes the files, and deletes those whose tables no longer exist.
#[allow(dead_code, reason = "the test for drift only compares")]
pub fn write(root: &Path) -> Result<String, String> {
    let told = |error: io::Error| format!("{TABLES}: {error}");
    let files = generate(root)?;
    let folder = root.join(TABLES);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(told)?;
    }
    fs::create_dir_all(&folder).map_err(told)?;
    for (name, text) in &files {
        fs::write(root.join("crates/service/src/db/schema").join(name), text).map_err(told)?;
    }
    Ok(format!("{} files written in {TABLES}", files.len()))
}

/// The expected content of the files.
pub fn generate(root: &Path) -> Result<Files, String> {
    let mut tables = Vec::new();
    for (file, module, text) in up_files(&root.join("migrations")).map_err(|error| format!("migrations: {error}"))? {
        for statement in statements(&text) {
            apply(&mut tables, &module, &statement).map_err(|fault| format!("{file}: {fault}"))?;
        }
    }
    let mut modules: BTreeMap<&str, Vec<&Table>> = BTreeMap::new();
    for table in &tables {
        modules.entry(&table.module).or_default().push(table);
    }
    let mut files = Files::new();
    for (module, tables) in &modules {
        let blocks: String = tables.iter().map(|table| block(table)).collect();
        files.insert(format!("tables/{module}.rs"), format!("{HEADER}\nuse diesel::table;\n{blocks}"));
    }
    let list = |line: fn(&str) -> String| modules.keys().map(|module| line(module)).collect::<String>();
    let declared = list(|module| format!("mod {module};\n"));
    let exported = list(|module| format!("pub use {module}::*;\n"));
    files.insert("tables/mod.rs".into(), format!("{HEADER}\n{declared}\n{exported}"));
    Ok(files)
}

/// The files for both databases, in the order in which they run: path, module, text.
fn up_files(migrations: &Path) -> io::Result<Vec<(String, String, String)>> {
    let mut all = Vec::new();
    for folder in fs::read_dir(migrations)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        let migration = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".sql").filter(|stem| !stem.contains('.')) else { continue };
            let module = match stem.strip_prefix("up") {
                Some("") => without_number(&migration),
                Some(rest) if rest.starts_with('_') => without_number(&rest[1..]),
                _ => continue,
            };
            // Without the suffix, the module would hide a table of the same name.
            all.push((format!("{migration}/{stem}"), format!("{module}_tables"), fs::read_to_string(&path)?));
        }
    }
    all.sort();
    Ok(all)
}

fn without_number(name: &str) -> &str {
    name.trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start_matches('_')
}

/// Each statement as its words. Parentheses and commas are separate words.
fn statements(text: &str) -> Vec<Vec<String>> {
    let (mut all, mut words, mut word) = (Vec::new(), Vec::new(), String::new());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let mut taken = letter.len_utf8();
        match letter {
            '-' if rest.starts_with("--") => taken = rest.find('\n').unwrap_or(rest.len()),
            '\'' => {
                taken = rest[1..].find('\'').map_or(rest.len(), |end| end + 2);
                word.push_str(&rest[..taken]);
            }
            '(' | ')' | ',' | ';' => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                if letter == ';' {
                    all.push(std::mem::take(&mut words));
                } else {
                    words.push(letter.to_string());
                }
            }
            _ if letter.is_whitespace() => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            _ => word.push(letter),
        }
        rest = &rest[taken..];
    }
    all
}

fn apply(tables: &mut Vec<Table>, module: &str, statement: &[String]) -> Result<(), String> {
    let words: Vec<&str> = statement.iter().map(String::as_str).collect();
    let found = |tables: &mut Vec<Table>, name: &str| {
        tables.iter().position(|table| table.name == name).ok_or_else(|| format!("there is no table {name}"))
    };
    match words.as_slice() {
        ["CREATE", "TABLE", name, "(", definitions @ .., ")"] => {
            let mut table = Table { module: module.into(), name: (*name).into(), columns: Vec::new(), key: Vec::new() };
            for definition in parts(definitions) {
                define(&mut table, definition)?;
            }
            if table.key.is_empty() {
                return Err(format!("{name} has no primary key"));
            }
            tables.push(table);
        }
        ["CREATE", "TABLE", ..] => return Err(format!("what does this make: {}", words.join(" "))),
        ["DROP", "TABLE", name] => {
            let at = found(tables, name)?;
            tables.remove(at);
        }
        ["ALTER", "TABLE", name, "ADD", "COLUMN", definition @ ..] => {
            let at = found(tables, name)?;
            define(&mut tables[at], definition)?;
        }
        ["ALTER", "TABLE", name, "DROP", "COLUMN", column] => {
            let at = found(tables, name)?;
            tables[at].columns.retain(|one| one.name != *column);
        }
        ["ALTER", "TABLE", name, "RENAME", "COLUMN", old, "TO", new] => {
            let at = found(tables, name)?;
            let table = &mut tables[at];
            let names = table.columns.iter_mut().map(|column| &mut column.name).chain(&mut table.key);
            names.filter(|name| name == old).for_each(|name| *name = (*new).into());
        }
        ["ALTER", "TABLE", name, "RENAME", "TO", new] => {
            let at = found(tables, name)?;
            tables[at].name = (*new).into();
        }
        ["ALTER", "TABLE", ..] => return Err(format!("what does this change: {}", words.join(" "))),
        _ => {}
    }
    Ok(())
}

/// Splits words at commas outside parentheses.
fn parts<'a>(words: &'a [&'a str]) -> Vec<&'a [&'a str]> {
    let mut depth = 0;
    words
        .split(|word| {
            depth += i32::from(*word == "(") - i32::from(*word == ")");
            *word == "," && depth == 0
        })
        .collect()
}

/// Adds a column, or a constraint of the table.
fn define(table: &mut Table, definition: &[&str]) -> Result<(), String> {
    match definition {
        ["PRIMARY", "KEY", "(", names @ .., ")"] => {
            table.key = names.iter().filter(|name| **name != ",").map(|name| (*name).to_owned()).collect();
        }
        ["UNIQUE" | "CHECK" | "FOREIGN" | "CONSTRAINT", ..] => {}
        [name, kind, rest @ ..] => {
            let has = |a: &str, b: &str| rest.windows(2).any(|pair| pair == [a, b]);
            let is_key = *kind == "{counter}" || has("PRIMARY", "KEY");
            let kind = match *kind {
                "TEXT" => "Text",
                "BIGINT" | "{counter}" => "BigInt",
                "INTEGER" => "Integer",
                "BOOLEAN" => "Bool",
                "DATE" => "Date",
                "DOUBLE" => "Double",
                "{id}" => "Uid",
                "{instant}" => "Moment",
                "{bytes}" => "Binary",
                other => return Err(format!("{}.{name}: what is {other}?", table.name)),
            };
            if is_key {
                table.key = vec![(*name).to_owned()];
            }
            table.columns.push(Column { name: (*name).into(), kind, is_null: !is_key && !has("NOT", "NULL") });
        }
        other => return Err(format!("{}: what is {other:?}?", table.name)),
    }
    Ok(())
}

fn block(table: &Table) -> String {
    let own: Vec<&str> =
        ["Moment", "Uid"].into_iter().filter(|kind| table.columns.iter().any(|column| column.kind == *kind)).collect();
    let import = match own.as_slice() {
        [] => String::new(),
        [one] => format!("    use crate::db::types::{one};\n"),
        more => format!("    use crate::db::types::{{{}}};\n", more.join(", ")),
    };
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|Column { name, kind, is_null }| match is_null {
            true => format!("{name} -> Nullable<{kind}>"),
            false => format!("{name} -> {kind}"),
        })
        .collect();
    let head = format!("    {} ({})", table.name, table.key.join(", "));
    let mut body = format!("{head} {{ {} }}", columns.join(", "));
    if body.len() > 120 {
        body = format!("{head} {{\n        {},\n    }}", columns.join(",\n        "));
    }
    format!("\ntable! {{\n    use diesel::sql_types::*;\n{import}{body}\n}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Result<Vec<Table>, String> {
        let mut tables = Vec::new();
        for statement in statements(text) {
            apply(&mut tables, "tried", &statement)?;
        }
        Ok(tables)
    }

    #[test]
    fn a_table_is_read_as_it_is_made() {
        let made = after(
            "-- A comment; with what (is) no SQL,\n\
             CREATE TABLE visits (id {id} PRIMARY KEY, n BIGINT NOT NULL CHECK (n IN (1, 2)), at {instant},\n\
               note TEXT NOT NULL DEFAULT 'a; b, (c', file {bytes}, other {id} REFERENCES others (id));\n\
             CREATE INDEX visits_at ON visits (at, id);\n\
             CREATE TABLE pairs (a {id} NOT NULL, b DATE NOT NULL, x DOUBLE PRECISION, PRIMARY KEY (b, a));\n\
             CREATE TABLE queue (position {counter}, is_done BOOLEAN NOT NULL, status INTEGER NOT NULL);",
        )
        .expect("tables");
        let text: String = made.iter().map(block).collect();
        assert!(
            text.contains("    use crate::db::types::{Moment, Uid};\n    visits (id) {\n        id -> Uid,\n"),
            "{text}"
        );
        assert!(text.contains("        at -> Nullable<Moment>,\n        note -> Text,\n"), "{text}");
        assert!(text.contains("    pairs (b, a) { a -> Uid, b -> Date, x -> Nullable<Double> }\n"), "{text}");
        assert!(
            text.contains("    queue (position) { position -> BigInt, is_done -> Bool, status -> Integer }\n"),
            "{text}"
        );
    }

    #[test]
    fn a_table_follows_its_changes() {
        let made = after(
            "CREATE TABLE a (id {id} PRIMARY KEY, b TEXT NOT NULL, c TEXT);\n\
             ALTER TABLE a ADD COLUMN d BIGINT NOT NULL DEFAULT 0;\n\
             ALTER TABLE a DROP COLUMN b;\n\
             ALTER TABLE a RENAME COLUMN id TO number;\n\
             ALTER TABLE a RENAME TO z;\n\
             CREATE TABLE gone (id {id} PRIMARY KEY);\n\
             DROP TABLE gone;",
        )
        .expect("tables");
        let text: String = made.iter().map(block).collect();
        assert!(text.contains("    z (number) { number -> Uid, c -> Nullable<Text>, d -> BigInt }\n"), "{text}");
        assert_eq!(made.len(), 1);
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for text in [
            "CREATE TABLE a (id {id} PRIMARY KEY, b VARCHAR);",
            "CREATE TABLE a (b TEXT);",
            "CREATE TABLE a AS SELECT 1;",
            "ALTER TABLE a ADD COLUMN b TEXT;",
            "CREATE TABLE a (id {id} PRIMARY KEY); ALTER TABLE a ALTER COLUMN id TYPE text;",
        ] {
            assert!(after(text).is_err(), "{text}");
        }
    }
}
