//! Direct access to the database, to check what was stored and to create obstacles.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use xiaoqu::db::Conn;

use super::TestApp;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A connection of the test's own.
pub fn connect(url: &str) -> Conn {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut conn = SqliteConnection::establish(path).expect("a connection");
            conn.batch_execute("PRAGMA busy_timeout=5000").expect("a time limit");
            Conn::Sqlite(conn)
        }
        None => Conn::Postgres(PgConnection::establish(url).expect("a connection")),
    }
}

/// The values of a query's only column, which is named `value`.
pub fn values(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Row> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(sql).load(conn),
        Conn::Postgres(conn) => diesel::sql_query(sql).load(conn),
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}

pub fn execute(conn: &mut Conn, sql: &str) {
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Events of callers, without the program's own initial events.
pub const EVENTS: &str = "ledger_events WHERE actor_role <> 'program'";

impl TestApp {
    pub fn connect(&self) -> Conn {
        connect(&self.db_url)
    }

    pub fn values(&self, sql: &str) -> Vec<String> {
        values(&mut self.connect(), sql)
    }

    pub fn execute(&self, sql: &str) {
        execute(&mut self.connect(), sql);
    }

    pub fn count(&self, table: &str) -> usize {
        self.values(&format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table}"))[0].parse().expect("a number")
    }

    /// Waits until every event is sealed.
    pub async fn sealed(&self) {
        for _ in 0..600 {
            if self.count("ledger_unsealed") == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the ledger is not sealed");
    }

    /// Numbers of the sealed events about a resource, in order.
    pub async fn entries_about(&self, subject_id: &str) -> Vec<String> {
        self.sealed().await;
        self.values(&format!(
            "SELECT CAST(seq AS TEXT) AS value FROM ledger_entries WHERE subject_id = '{subject_id}' ORDER BY seq"
        ))
    }
}
