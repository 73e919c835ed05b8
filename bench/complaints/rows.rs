//! Writes rows in bulk. Indexes and foreign keys are dropped first and created again at the end.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, SqliteConnection};
use xiaoqu::complaints::model::{CardRow, ComplaintRow, FollowerRow, StepRow};
use xiaoqu::db::schema::{
    complaint_cards, complaint_followers, complaint_steps, complaints, encrypted_texts, phone_indexes,
};
use xiaoqu::db::{Conn, Id};
use xiaoqu::personal::store::EncryptedText;

const TABLES: [&str; 6] =
    ["complaints", "complaint_steps", "complaint_followers", "complaint_cards", "encrypted_texts", "phone_indexes"];

#[derive(Insertable)]
#[diesel(table_name = phone_indexes, treat_none_as_default_value = false)]
pub struct PhoneRow {
    pub subject_id: Id,
    pub index_key: String,
    pub digest: String,
}

/// Rows of some thousand complaints.
#[derive(Default)]
pub struct Batch {
    pub complaints: Vec<ComplaintRow>,
    pub steps: Vec<StepRow>,
    pub followers: Vec<FollowerRow>,
    pub cards: Vec<CardRow>,
    pub sealed: Vec<EncryptedText>,
    pub phones: Vec<PhoneRow>,
}

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

#[derive(QueryableByName)]
struct Statistic {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Nullable<Text>)]
    idx: Option<String>,
    #[diesel(sql_type = Text)]
    stat: String,
}

/// SQL that creates the indexes and foreign keys again.
pub struct Emptied {
    again: Vec<String>,
    statistics: Vec<Statistic>,
}

fn listed() -> String {
    TABLES.map(|name| format!("'{name}'")).join(",")
}

/// Drops indexes and foreign keys, and starts the one transaction for all rows.
pub fn begin(conn: &mut Conn) -> anyhow::Result<Emptied> {
    match conn {
        Conn::Sqlite(conn) => begin_sqlite(conn),
        Conn::Postgres(conn) => begin_postgres(conn),
    }
}

fn begin_sqlite(conn: &mut SqliteConnection) -> anyhow::Result<Emptied> {
    conn.batch_execute("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-500000; BEGIN")?;
    let made = "SELECT name, tbl_name AS \"table\", sql FROM sqlite_master \
        WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (";
    let made: Vec<Made> = diesel::sql_query(format!("{made}{})", listed())).load(conn)?;
    // Dropping an index deletes its planner statistics, which the service's migrations wrote.
    let statistics = diesel::sql_query("SELECT tbl, idx, stat FROM sqlite_stat1").load(conn)?;
    for one in &made {
        conn.batch_execute(&format!("DROP INDEX {}", one.name))?;
    }
    Ok(Emptied { again: made.into_iter().map(|one| one.sql).collect(), statistics })
}

fn begin_postgres(conn: &mut PgConnection) -> anyhow::Result<Emptied> {
    conn.batch_execute("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '1GB'")?;
    let keys = "SELECT conname::text AS name, conrelid::regclass::text AS \"table\", pg_get_constraintdef(oid) AS sql \
        FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text IN (";
    let keys: Vec<Made> = diesel::sql_query(format!("{keys}{})", listed())).load(conn)?;
    let made = "SELECT indexname::text AS name, tablename::text AS \"table\", indexdef AS sql FROM pg_indexes \
        WHERE indexname NOT LIKE '%\\_pkey' AND schemaname = current_schema() AND tablename IN (";
    let made: Vec<Made> = diesel::sql_query(format!("{made}{})", listed())).load(conn)?;
    let mut again = Vec::new();
    for one in &keys {
        conn.batch_execute(&format!("ALTER TABLE {} DROP CONSTRAINT {}", one.table, one.name))?;
    }
    for one in made {
        conn.batch_execute(&format!("DROP INDEX {}", one.name))?;
        again.push(one.sql);
    }
    again.extend(keys.iter().map(|one| format!("ALTER TABLE {} ADD CONSTRAINT {} {}", one.table, one.name, one.sql)));
    Ok(Emptied { again, statistics: Vec::new() })
}

pub fn write(conn: &mut Conn, batch: Batch) -> anyhow::Result<()> {
    macro_rules! each {
        ($conn:ident, $($rows:ident => $table:ident),*) => {{
            $(for row in &batch.$rows {
                diesel::insert_into($table::table).values(row).execute($conn)?;
            })*
        }};
    }
    macro_rules! copied {
        ($conn:ident, $($rows:ident => $table:ident),*) => {{
            $(if !batch.$rows.is_empty() {
                diesel::copy_from($table::table).from_insertable(&batch.$rows).execute($conn)?;
            })*
        }};
    }
    match conn {
        Conn::Sqlite(conn) => each!(conn, complaints => complaints, steps => complaint_steps,
            followers => complaint_followers, cards => complaint_cards, sealed => encrypted_texts, phones => phone_indexes),
        Conn::Postgres(conn) => copied!(conn, complaints => complaints, steps => complaint_steps,
            followers => complaint_followers, cards => complaint_cards, sealed => encrypted_texts, phones => phone_indexes),
    }
    Ok(())
}

pub fn end(conn: &mut Conn, emptied: Emptied) -> anyhow::Result<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for sql in &emptied.again {
                conn.batch_execute(sql)?;
            }
            conn.batch_execute("DELETE FROM sqlite_stat1")?;
            for Statistic { tbl, idx, stat } in emptied.statistics {
                diesel::sql_query("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)")
                    .bind::<Text, _>(tbl)
                    .bind::<Nullable<Text>, _>(idx)
                    .bind::<Text, _>(stat)
                    .execute(conn)?;
            }
            conn.batch_execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        Conn::Postgres(conn) => {
            for sql in &emptied.again {
                conn.batch_execute(sql)?;
            }
            conn.batch_execute("COMMIT")?;
            // As autovacuum would later.
            for table in TABLES {
                conn.batch_execute(&format!("VACUUM ANALYZE {table}"))?;
            }
            conn.batch_execute("CHECKPOINT").or_else(|_| conn.batch_execute("SELECT 1"))?;
        }
    }
    Ok(())
}
