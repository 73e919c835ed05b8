//! The private PostgreSQL cluster itself.

#[path = "support/ports.rs"]
mod ports;
// The suite uses more of it.
#[allow(dead_code)]
#[path = "support/postgres.rs"]
mod postgres;

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};
use xiaoqu::settings::{Settings, Sources};

static PREPARED: AtomicUsize = AtomicUsize::new(0);

fn prepare(url: &str) {
    PREPARED.fetch_add(1, Ordering::SeqCst);
    let mut connection = PgConnection::establish(url).unwrap();
    connection.batch_execute("CREATE TABLE rows (id bigint PRIMARY KEY)").unwrap();
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(connection: &mut PgConnection) -> i64 {
    diesel::sql_query("SELECT count(*) FROM rows").get_result::<Count>(connection).unwrap().count
}

#[test]
fn every_test_has_a_database_of_its_own() {
    let Some(first) = postgres::database(prepare) else {
        return;
    };
    let many: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| postgres::database(prepare).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut connection = PgConnection::establish(&first.url()).unwrap();
    connection.batch_execute("INSERT INTO rows VALUES (1)").unwrap();
    assert_eq!(count(&mut connection), 1);
    for database in &many {
        assert_eq!(count(&mut PgConnection::establish(&database.url()).unwrap()), 0);
    }
    assert_eq!(PREPARED.load(Ordering::SeqCst), 1);
    let url = first.url();
    drop(first);
    assert!(PgConnection::establish(&url).is_err(), "a database is dropped with its value, though connected");
}

#[test]
fn a_private_cluster_stops_and_keeps_what_it_committed() {
    fn fill(url: &str) {
        PgConnection::establish(url).unwrap().batch_execute("CREATE TABLE rows (id bigint PRIMARY KEY)").unwrap();
    }
    let Some(cluster) = postgres::Cluster::private() else {
        return;
    };
    let url = cluster.url(&cluster.create_database(fill));
    let mut connection = PgConnection::establish(&url).unwrap();
    connection.batch_execute("INSERT INTO rows VALUES (1)").unwrap();
    cluster.stop();
    assert!(connection.batch_execute("INSERT INTO rows VALUES (2)").is_err());
    assert!(PgConnection::establish(&url).is_err());
    cluster.start();
    assert_eq!(count(&mut PgConnection::establish(&url).unwrap()), 1);
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    shown: String,
}

#[test]
fn the_settings_make_a_url_that_postgresql_takes() {
    let Some(database) = postgres::database(prepare) else {
        return;
    };
    let url = database.url();
    let (before, after) = url.split_once('@').unwrap();
    let (_, password) = before.rsplit_once(':').unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{password}\n")).unwrap();
    let flags = [
        ("database_url", format!("postgres://postgres@{after}")),
        ("database_password_file", file.path().display().to_string()),
        ("statement_timeout_seconds", "7".to_owned()),
    ];
    let flags = flags.map(|(key, value)| ("--set".to_owned(), key.to_owned(), value)).to_vec();
    let settings = Settings::load(&Sources { flags, ..Sources::default() }).unwrap();
    let url = settings.postgres_url().unwrap().unwrap();
    let mut connection = PgConnection::establish(url.expose()).unwrap();
    let shown = diesel::sql_query(
        "SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('application_name'), \
         (SELECT count(*) FROM rows)) AS shown",
    );
    assert_eq!(shown.get_result::<Shown>(&mut connection).unwrap().shown, "7s xiaoqu 0");
}
