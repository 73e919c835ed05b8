//! A streaming hot standby: lists are read from it, and are never older than allowed.

use std::time::Duration;

use xiaoqu::access::Role;

use super::replicas::until;
use crate::support::keys::Key;
use crate::support::postgres::Cluster;
use crate::support::rows::{complex_input, path, text};
use crate::support::sql::{connect, values};
use crate::support::{Database, Setup, TOWNSHIP, TestApp, block_on, prepare};

fn app_on(primary: &str, standby: &str, max_lag: u64, key: &Key) -> TestApp {
    let standby = Some((format!("{standby}?connect_timeout=2"), Duration::from_secs(max_lag)));
    TestApp::on(Database::Url(primary.to_owned()), key.clone(), Setup { standby, ..Setup::default() })
}

/// Number of lists tried on the standby with this result.
async fn counted(app: &TestApp, result: &str) -> u64 {
    let text = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
    let series = format!("xiaoqu_standby_reads_total{{result=\"{result}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&series)).expect("the series").parse().expect("a number")
}

/// Requests lists as a caller who never writes, until one has this result.
async fn lists_until(app: &TestApp, result: &str) {
    let before = counted(app, result).await;
    until(&format!("a list is {result}"), async || {
        app.county().get("/v1/complexes").await.expect(200);
        counted(app, result).await > before
    })
    .await;
}

#[test]
fn lists_come_from_a_standby_that_follows_and_from_the_primary_otherwise() {
    let Some(primary) = Cluster::private() else { return };
    let name = primary.create_database(prepare);
    let standby = primary.standby();
    let (url, read_url, key) = (primary.url(&name), standby.url(&name), Key::ed25519("local"));
    // Two replicas: one accepts a lag of a minute, the other of three seconds.
    let patient = app_on(&url, &read_url, 60, &key);
    let strict = app_on(&url, &read_url, 3, &key);
    let names = async |client: crate::support::client::Client, newest: bool| -> Vec<String> {
        let list = client.get("/v1/complexes?limit=200");
        let list = if newest { list.header("cache-control", "no-cache") } else { list };
        list.await.items().iter().map(|row| text(&row["name"]).to_owned()).collect()
    };
    block_on(async {
        lists_until(&patient, "served").await;
        lists_until(&strict, "served").await;

        standby.execute("SELECT pg_wal_replay_pause()");
        until("replay stands still", async || {
            values(&mut connect(&standby.url("postgres")), "SELECT pg_get_wal_replay_pause_state() AS value")
                == ["paused"]
        })
        .await;
        let writer = patient.officer(Role::SocialAffairsOffice, TOWNSHIP, "writer");
        let made = writer.post("/v1/complexes", &complex_input()).await.expect(201);
        let name = text(&made["name"]).to_owned();
        let reader = || patient.county();
        assert!(names(writer.clone(), false).await.contains(&name), "who wrote it sees it");
        assert!(!names(reader(), false).await.contains(&name), "the standby has not seen it yet");
        assert!(names(reader(), true).await.contains(&name), "who asks for the newest sees it");
        let read = reader().get(&path("complexes", &made)).await.expect(200);
        assert_eq!(read["id"], made["id"], "a single row is always the newest");
        // Three seconds later the standby is too old for the strict replica.
        until("the strict replica leaves the standby", async || names(strict.county(), false).await.contains(&name))
            .await;
        assert!(counted(&strict, "behind").await > 0);
        assert!(!names(reader(), false).await.contains(&name), "and is not for the patient one");

        standby.execute("SELECT pg_wal_replay_resume()");
        lists_until(&strict, "served").await;
        until("the standby has caught up", async || names(reader(), false).await.contains(&name)).await;

        std::thread::scope(|scope| scope.spawn(|| standby.stop()).join().expect("stopped"));
        for _ in 0..20 {
            assert!(names(reader(), false).await.contains(&name), "the primary answers");
            writer.post("/v1/complexes", &complex_input()).await.expect(201);
        }
        lists_until(&strict, "away").await;
        std::thread::scope(|scope| scope.spawn(|| standby.start()).join().expect("started"));
        lists_until(&strict, "served").await;
        lists_until(&patient, "served").await;
    });
}
