//! The private PostgreSQL cluster itself.

#[path = "support/postgres.rs"]
mod postgres;

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};

static PREPARED: AtomicUsize = AtomicUsize::new(0);

fn prepare(url: &str) {
    PREPARED.fetch_add(1, Ordering::SeqCst);
    let mut connection = PgConnection::establish(url).unwrap();
    connection
        .batch_execute("CREATE TABLE rows (id bigint PRIMARY KEY)")
        .unwrap();
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(connection: &mut PgConnection) -> i64 {
    diesel::sql_query("SELECT count(*) FROM rows")
        .get_result::<Count>(connection)
        .unwrap()
        .count
}

#[test]
fn every_test_has_a_database_of_its_own() {
    let Some(first) = postgres::database(prepare) else {
        return;
    };
    let many: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| postgres::database(prepare).unwrap()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut connection = PgConnection::establish(&first.url()).unwrap();
    connection
        .batch_execute("INSERT INTO rows VALUES (1)")
        .unwrap();
    assert_eq!(count(&mut connection), 1);
    for database in &many {
        assert_eq!(
            count(&mut PgConnection::establish(&database.url()).unwrap()),
            0
        );
    }
    assert_eq!(PREPARED.load(Ordering::SeqCst), 1);
    let url = first.url();
    drop(first);
    assert!(
        PgConnection::establish(&url).is_err(),
        "a database is dropped with its value, though connected"
    );
}

#[test]
fn a_private_cluster_stops_and_keeps_what_it_committed() {
    fn fill(url: &str) {
        PgConnection::establish(url)
            .unwrap()
            .batch_execute("CREATE TABLE rows (id bigint PRIMARY KEY)")
            .unwrap();
    }
    let Some(cluster) = postgres::Cluster::private() else {
        return;
    };
    let url = cluster.url(&cluster.create_database(fill));
    let mut connection = PgConnection::establish(&url).unwrap();
    connection
        .batch_execute("INSERT INTO rows VALUES (1)")
        .unwrap();
    cluster.stop();
    assert!(
        connection
            .batch_execute("INSERT INTO rows VALUES (2)")
            .is_err()
    );
    assert!(PgConnection::establish(&url).is_err());
    cluster.start();
    assert_eq!(count(&mut PgConnection::establish(&url).unwrap()), 1);
}
