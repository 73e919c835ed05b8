//! PostgreSQL stopped for ten seconds: problems but no crash, no confirmed write is lost, and the service recovers by
//! itself.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::keys::Key;
use crate::support::postgres::Cluster;
use crate::support::rows::{complex_input, text};
use crate::support::sql::EVENTS;
use crate::support::{Database, Setup, TestApp, block_on, prepare};

/// Waits for a connection as long as a deployment would.
fn impatient() -> Setup {
    Setup { database: |options| options.pool_wait = Duration::from_secs(2), ..Setup::default() }
}

const DOWN: Duration = Duration::from_secs(10);

fn app_on(cluster: &Cluster) -> TestApp {
    let url = format!("{}?connect_timeout=5", cluster.url(&cluster.create_database(prepare)));
    TestApp::on(Database::Url(url), Key::ed25519("local"), impatient())
}

/// Results of one writer: names of rows that must exist, and of rows that must not.
#[derive(Default)]
struct Told {
    made: Vec<String>,
    refused: Vec<String>,
    unknown: usize,
}

async fn write_until(app: &TestApp, end: &AtomicBool) -> Told {
    let social = app.social();
    let mut told = Told::default();
    while !end.load(Ordering::SeqCst) {
        let input = complex_input();
        let name = text(&input["name"]).to_owned();
        let answer = social.post("/v1/complexes", &input).await;
        match (answer.status, answer.code()) {
            (201, _) => told.made.push(name),
            (503, "outcome_unknown") => told.unknown += 1,
            _ => {
                // For as long as it still knows what is revoked; after that no token is taken.
                assert!(matches!(
                    (answer.status, answer.code()),
                    (503, "database_unavailable" | "revocations_unknown")
                ));
                assert_eq!(answer.header("retry-after"), "2");
                told.refused.push(name);
            }
        }
    }
    told
}

async fn heals(app: &TestApp) {
    let began = Instant::now();
    while app.nobody().get("/readyz").await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not heal");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[test]
fn nothing_that_was_answered_is_lost_while_the_server_is_away() {
    let Some(cluster) = Cluster::private() else { return };
    let app = app_on(&cluster);
    block_on(async {
        let end = AtomicBool::new(false);
        let writers = futures_util::future::join_all((0..8).map(|_| write_until(&app, &end)));
        let trouble = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            std::thread::scope(|scope| scope.spawn(|| cluster.stop()).join().expect("stopped"));
            let down = Instant::now();
            app.nobody().get("/livez").await.expect(200);
            app.nobody().get("/readyz").await.problem(503, "database_unavailable");
            let read = app.social().get("/v1/complexes").await;
            read.problem(503, "database_unavailable");
            assert_eq!(read.header("retry-after"), "2");
            tokio::time::sleep(DOWN.saturating_sub(down.elapsed())).await;
            std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
            heals(&app).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            end.store(true, Ordering::SeqCst);
        };
        let (told, ()) = futures_util::future::join(writers, trouble).await;
        let stored: HashSet<String> = app.values("SELECT name AS value FROM complexes").into_iter().collect();
        let made: Vec<&String> = told.iter().flat_map(|one| &one.made).collect();
        let refused: Vec<&String> = told.iter().flat_map(|one| &one.refused).collect();
        let unknown: usize = told.iter().map(|one| one.unknown).sum();
        assert!(made.len() > 20 && !refused.is_empty(), "{} made, {} refused", made.len(), refused.len());
        assert!(made.iter().all(|name| stored.contains(*name)), "an answered row is lost");
        assert!(!refused.iter().any(|name| stored.contains(*name)), "a refused row is there");
        assert!(stored.len() <= made.len() + unknown);
        assert_eq!(app.count(EVENTS), stored.len());
        // All connections work again.
        for _ in 0..8 {
            app.social().post("/v1/complexes", &complex_input()).await.expect(201);
            app.county().get("/v1/complexes?limit=1").await.expect(200);
        }
    });
}

#[test]
fn a_service_that_starts_before_its_database_waits_for_it() {
    let Some(cluster) = Cluster::private() else { return };
    let name = cluster.create_database(prepare);
    cluster.stop();
    block_on(async {
        let url = format!("{}?connect_timeout=5", cluster.url(&name));
        let app = TestApp::on(Database::Url(url), Key::ed25519("local"), impatient());
        assert_eq!(app.nobody().get("/livez").await.expect(200), json!({ "status": "alive" }));
        app.social().get("/v1/complexes").await.problem(503, "revocations_unknown");
        std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
        heals(&app).await;
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
    });
}
