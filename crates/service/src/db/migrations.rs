//! Brings a database to the schema of this version, and says how far one has come.

mod source;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use diesel_migrations::MigrationHarness;

use self::source::Embedded;
use super::{Conn, DbOptions, sqlite};

/// One migration at a time, whoever starts: any number that nobody else uses.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_lock(7236838)";

/// One connection, without any check of what it leads to.
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

/// Brings the store to this version. Returns the names of what was applied.
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

/// How many migrations this version has that the store has not.
pub fn pending(options: &DbOptions) -> anyhow::Result<usize> {
    match connect(options)? {
        Conn::Sqlite(mut conn) => Ok(conn.pending_migrations(Embedded).map_err(boxed)?.len()),
        Conn::Postgres(mut conn) => Ok(conn.pending_migrations(Embedded).map_err(boxed)?.len()),
    }
}

/// How many migrations the store has had.
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

/// The versions of the migrations that the store has had; none where it never had any.
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

/// The versions of the migrations that this program carries.
pub fn known_versions() -> Vec<String> {
    source::versions().map(str::to_owned).collect()
}

/// Is a table there? For a database that is not migrated to this version.
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

/// Takes every migration back, newest first.
pub fn revert_all(options: &DbOptions) -> anyhow::Result<()> {
    match connect(options)? {
        Conn::Sqlite(mut conn) => conn.revert_all_migrations(Embedded).map(drop).map_err(boxed),
        Conn::Postgres(mut conn) => conn.revert_all_migrations(Embedded).map(drop).map_err(boxed),
    }
}

/// The number of migrations that this version carries.
pub fn count() -> usize {
    source::versions().len()
}
