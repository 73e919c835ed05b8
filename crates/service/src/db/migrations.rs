//! Migrates a database to the schema of this version, and reports how far it is.

mod source;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use diesel_migrations::MigrationHarness;

use self::source::Embedded;
use super::{Conn, DbOptions, sqlite};

/// Lets one process migrate at a time. The number is arbitrary but must not be used elsewhere.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_lock(7236838)";

/// One connection, without the check of its deployment.
pub fn connect(options: &DbOptions) -> anyhow::Result<Conn> {
    Ok(if options.is_postgres() {
        Conn::Postgres(PgConnection::establish(&options.url)?)
    } else {
        Conn::Sqlite(sqlite::open_writer(&sqlite::path_of(&options.url))?)
    })
}

fn boxed(error: Box<dyn std::error::Error + Send + Sync>) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// Applies the missing migrations. Returns their names.
pub fn migrate(options: &DbOptions) -> anyhow::Result<Vec<String>> {
    let names = |versions: Vec<diesel::migration::MigrationVersion>| versions.iter().map(ToString::to_string).collect();
    match connect(options)? {
        Conn::Sqlite(mut conn) => Ok(names(conn.run_pending_migrations(Embedded).map_err(boxed)?)),
        Conn::Postgres(mut conn) => {
            conn.batch_execute(ADVISORY_LOCK)?;
            Ok(names(conn.run_pending_migrations(Embedded).map_err(boxed)?))
        }
    }
}

/// Number of migrations of this version that are not applied.
pub fn pending(options: &DbOptions) -> anyhow::Result<usize> {
    match connect(options)? {
        Conn::Sqlite(mut conn) => Ok(conn.pending_migrations(Embedded).map_err(boxed)?.len()),
        Conn::Postgres(mut conn) => Ok(conn.pending_migrations(Embedded).map_err(boxed)?.len()),
    }
}

/// Number of applied migrations.
pub fn applied(conn: &mut Conn) -> super::WorkResult<i64> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        value: i64,
    }
    let sql = "SELECT count(*) AS value FROM __diesel_schema_migrations";
    let row: Count = crate::on_both!(conn, |c| diesel::sql_query(sql).get_result(c))?;
    Ok(row.value)
}

/// Versions of the applied migrations; empty if there are none.
pub fn versions(conn: &mut Conn) -> super::WorkResult<Vec<String>> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let sql = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    let rows: Result<Vec<Version>, _> = crate::on_both!(conn, |c| diesel::sql_query(sql).load(c));
    match rows {
        Ok(rows) => Ok(rows.into_iter().map(|row| row.version).collect()),
        Err(error) if super::StoreError::of(&error) == super::StoreError::NotMigrated => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Versions of the migrations in this program.
pub fn known_versions() -> Vec<String> {
    source::versions().map(str::to_owned).collect()
}

/// Does this table exist? For databases that are not migrated to this version.
pub fn has_table(conn: &mut Conn, table: &str) -> super::WorkResult<bool> {
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        value: bool,
    }
    let sql = match conn {
        Conn::Sqlite(_) => "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?) AS value",
        Conn::Postgres(_) => "SELECT to_regclass($1) IS NOT NULL AS value",
    };
    let row: Found =
        crate::on_both!(conn, |c| diesel::sql_query(sql).bind::<diesel::sql_types::Text, _>(table).get_result(c))?;
    Ok(row.value)
}

/// Reverts all migrations, newest first.
pub fn revert_all(options: &DbOptions) -> anyhow::Result<()> {
    match connect(options)? {
        Conn::Sqlite(mut conn) => conn.revert_all_migrations(Embedded).map(drop).map_err(boxed),
        Conn::Postgres(mut conn) => conn.revert_all_migrations(Embedded).map(drop).map_err(boxed),
    }
}

/// Number of migrations in this version.
pub fn count() -> usize {
    source::versions().len()
}
