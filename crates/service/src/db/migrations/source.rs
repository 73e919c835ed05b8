//! The migrations in this program. Each is written once and expanded for each database. `migrations/README.md`
//! describes how to write them.

use diesel::backend::Backend;
use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result as MigrationResult,
};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;

/// A migration: a folder in `migrations/`, with its files in the order of their names.
struct Folder {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

const ALL: &[Folder] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

impl Folder {
    /// Two migrations must not have the same version.
    fn version(&self) -> &'static str {
        self.name.split_once('_').map_or(self.name, |(version, _)| version)
    }
}

/// The suffix of a database's own files, and its replacement for each placeholder.
struct Dialect {
    ending: &'static str,
    placeholders: [(&'static str, &'static str); 4],
}

const SQLITE: Dialect = Dialect {
    ending: "sqlite.sql",
    placeholders: [
        ("{id}", "TEXT"),
        ("{instant}", "BIGINT"),
        ("{bytes}", "BLOB"),
        ("{counter}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    ],
};

const POSTGRES: Dialect = Dialect {
    ending: "postgres.sql",
    placeholders: [
        ("{id}", "uuid"),
        ("{instant}", "timestamptz"),
        ("{bytes}", "bytea"),
        ("{counter}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    ],
};

impl Dialect {
    /// The files of one direction (`up.sql`, `up_….sql`), each before the file of the same name for this database only.
    fn script(&self, folder: &Folder, direction: &str) -> String {
        let mut parts: Vec<(&str, bool, &str)> = Vec::new();
        for (file, text) in folder.files {
            let Some((stem, ending)) = file.split_once('.') else { continue };
            let is_of = stem.strip_prefix(direction).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
            if is_of && (ending == "sql" || ending == self.ending) {
                parts.push((stem, ending != "sql", text));
            }
        }
        parts.sort_by_key(|(stem, own, _)| (*stem, *own));
        let script: String = parts.iter().flat_map(|(_, _, text)| [*text, "\n"]).collect();
        self.placeholders.iter().fold(script, |script, (name, kind)| script.replace(name, kind))
    }

    fn migrations<DB: Backend>(&self) -> Vec<Box<dyn Migration<DB>>> {
        let expand = |folder: &Folder| Expanded {
            name: Name { full: folder.name, version: folder.version() },
            up: self.script(folder, "up"),
            down: self.script(folder, "down"),
        };
        ALL.iter().map(|folder| Box::new(expand(folder)) as Box<dyn Migration<DB>>).collect()
    }
}

/// All migrations for diesel's harness.
pub struct Embedded;

impl MigrationSource<Sqlite> for Embedded {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Sqlite>>>> {
        Ok(SQLITE.migrations())
    }
}

impl MigrationSource<Pg> for Embedded {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Pg>>>> {
        Ok(POSTGRES.migrations())
    }
}

/// The versions of all migrations, the same for both databases.
pub fn versions() -> impl ExactSizeIterator<Item = &'static str> {
    ALL.iter().map(Folder::version)
}

struct Expanded {
    name: Name,
    up: String,
    down: String,
}

impl<DB: Backend> Migration<DB> for Expanded {
    fn run(&self, conn: &mut dyn BoxableConnection<DB>) -> MigrationResult<()> {
        Ok(conn.batch_execute(&self.up)?)
    }

    fn revert(&self, conn: &mut dyn BoxableConnection<DB>) -> MigrationResult<()> {
        Ok(conn.batch_execute(&self.down)?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &InTransaction
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

/// Runs each migration completely or not at all.
struct InTransaction;

impl MigrationMetadata for InTransaction {}

struct Name {
    full: &'static str,
    version: &'static str,
}

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(self.version)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIED: Folder = Folder {
        name: "00000000000002_tried",
        files: &[
            ("down.sql", "down"),
            ("up.postgres.sql", "postgres"),
            ("up.sql", "{id} {instant} {bytes} '{}'"),
            ("up.sqlite.sql", "sqlite"),
            ("up_2.sql", "later"),
            ("upper.sql", "no direction"),
        ],
    };

    #[test]
    fn a_database_gets_what_is_common_and_then_its_own_in_the_order_of_names() {
        let lines = |dialect: &Dialect, direction| dialect.script(&TRIED, direction);
        assert_eq!(lines(&SQLITE, "up"), "TEXT BIGINT BLOB '{}'\nsqlite\nlater\n");
        assert_eq!(lines(&POSTGRES, "up"), "uuid timestamptz bytea '{}'\npostgres\nlater\n");
        assert_eq!(lines(&SQLITE, "down"), "down\n");
    }

    #[test]
    fn no_placeholder_is_misspelt_and_every_migration_goes_both_ways() {
        for folder in ALL {
            for (dialect, direction) in [(&SQLITE, "up"), (&SQLITE, "down"), (&POSTGRES, "up"), (&POSTGRES, "down")] {
                let script = dialect.script(folder, direction);
                assert!(!script.is_empty(), "{}: no {direction}", folder.name);
                for (at, _) in script.match_indices('{') {
                    let inner = script[at + 1..].split('}').next().unwrap_or_default();
                    let is_name =
                        !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                    assert!(!is_name, "{}: what is {{{inner}}}?", folder.name);
                }
            }
        }
    }

    #[test]
    fn versions_are_14_digits_and_rise() {
        let all: Vec<&str> = versions().collect();
        assert!(all.iter().all(|version| version.len() == 14 && version.bytes().all(|byte| byte.is_ascii_digit())));
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
    }
}
