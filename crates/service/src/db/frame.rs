//! The statements that start and end transactions and savepoints. On SQLite they stay compiled, because they are most
//! of the cost of reading one row, and a creation has six of them.

use diesel::connection::SimpleConnection;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};

use super::Conn;

macro_rules! frames {
    ($($name:ident $sql:literal)+) => {
        #[derive(Clone, Copy, Debug)]
        pub enum Frame {
            $($name,)+
        }

        $(
            #[derive(QueryId)]
            struct $name;

            impl QueryFragment<Sqlite> for $name {
                fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                    out.push_sql($sql);
                    Ok(())
                }
            }

            impl RunQueryDsl<SqliteConnection> for $name {}
        )+

        impl Frame {
            pub fn run(self, conn: &mut Conn) -> QueryResult<()> {
                match (self, conn) {
                    $(
                        (Frame::$name, Conn::Sqlite(conn)) => $name.execute(conn).map(drop),
                        (Frame::$name, Conn::Postgres(conn)) => conn.batch_execute($sql),
                    )+
                }
            }
        }
    };
}

frames! {
    Begin "BEGIN"
    BeginImmediate "BEGIN IMMEDIATE"
    Commit "COMMIT"
    SavepointJob "SAVEPOINT job"
    ReleaseJob "RELEASE job"
}
