//! Counts the rows of a database without knowing its schema, because backups outlive versions.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::manifest::LedgerHead;
use crate::db::Conn;
use crate::on_both;

const MIGRATIONS: &str = "__diesel_schema_migrations";
const LEDGER_HEAD: &str = "ledger_head";

#[derive(Debug, Default, PartialEq)]
pub struct Content {
    pub migrations: Vec<String>,
    pub rows: BTreeMap<String, i64>,
    pub ledger: Option<LedgerHead>,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

pub fn texts(conn: &mut Conn, sql: &str) -> QueryResult<Vec<String>> {
    let rows: Vec<TextRow> = on_both!(conn, |c| diesel::sql_query(sql).load(c))?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

fn number(conn: &mut Conn, sql: &str) -> QueryResult<i64> {
    let row: CountRow = on_both!(conn, |c| diesel::sql_query(sql).get_result(c))?;
    Ok(row.value)
}

pub fn tables(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
        Conn::Postgres(_) => {
            "SELECT tablename::text AS value FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        }
    };
    texts(conn, sql)
}

#[derive(QueryableByName)]
struct HeadRow {
    #[diesel(sql_type = BigInt)]
    size: i64,
    #[diesel(sql_type = Text)]
    checkpoint: String,
}

/// Counts everything. Call it within one snapshot.
pub fn of(conn: &mut Conn) -> QueryResult<Content> {
    let mut content = Content::default();
    for table in tables(conn)? {
        if table == MIGRATIONS {
            content.migrations = texts(conn, &format!("SELECT version AS value FROM {MIGRATIONS} ORDER BY version"))?;
            continue;
        }
        let quoted = table.replace('"', "\"\"");
        let rows = number(conn, &format!("SELECT count(*) AS value FROM \"{quoted}\""))?;
        content.rows.insert(table, rows);
    }
    if content.rows.contains_key(LEDGER_HEAD) {
        let sql = format!("SELECT size, checkpoint FROM {LEDGER_HEAD}");
        let head: Option<HeadRow> = on_both!(conn, |c| diesel::sql_query(sql).get_result(c).optional())?;
        content.ledger = head.map(|head| LedgerHead { size: head.size, checkpoint: head.checkpoint });
    }
    Ok(content)
}
