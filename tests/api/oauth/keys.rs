//! The keyring of a running service: rotated, damaged, or replaced by another.

use std::time::{Duration, Instant};

use serde_json::Value;
use xiaoqu::access::Role;
use xiaoqu::bootstrap;
use xiaoqu::keys::Keys;

use crate::support::keyring::Folder;
use crate::support::keys::Key;
use crate::support::rows::{complex_input, text};
use crate::support::systems::client_input;
use crate::support::{COUNTY, Database, Kind, Setup, TestApp, block_on};

async fn kids(app: &TestApp) -> Vec<String> {
    let set = app.nobody().get("/.well-known/jwks.json").await.expect(200);
    set["keys"].as_array().expect("keys").iter().map(|key| text(&key["kid"]).to_owned()).collect()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn kid(token: &str) -> String {
    use base64::Engine;
    let head = token.split('.').next().expect("a head");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(head).expect("base64url");
    let head: Value = serde_json::from_slice(&bytes).expect("JSON");
    text(&head["kid"]).to_owned()
}

/// Rotates keys of a running service, as an operator does it.
fn rotated_while_serving(kind: Kind) {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(app) = folder.app(kind) else { return };
    block_on(async {
        let old = app.token(Role::CountyAuthority, COUNTY);
        let input = complex_input();
        let made = app.bearer(&old).post("/v1/complexes", &input).key("before").await;
        assert_eq!(kids(&app).await, [kid(&old)]);

        folder.keys(&["rotate", "--use", "token"]);
        until("the new key is published", async || kids(&app).await.len() == 2).await;
        assert_eq!(kid(&app.token(Role::CountyAuthority, COUNTY)), kid(&old), "it does not sign before its time");
        let line = folder.fails(&["keys", "rotate", "--use", "token"]);
        assert!(line.contains("is already pending"), "{line}");

        folder.keys(&["remove", &kids(&app).await[1]]);
        folder.keys(&["rotate", "--use", "token", "--activate-after", "0"]);
        folder.keys(&["rotate", "--use", "data", "--activate-after", "0"]);
        until("the new key signs", async || kid(&app.token(Role::CountyAuthority, COUNTY)) != kid(&old)).await;
        let new = app.token(Role::CountyAuthority, COUNTY);
        assert_eq!(kids(&app).await, [kid(&old), kid(&new)]);
        for token in [&old, &new] {
            app.bearer(token).get("/v1/me").await.expect(200);
        }
        // Data encrypted with the old key is still read, and the next response is encrypted with the new one.
        let again = app.bearer(&new).post("/v1/complexes", &input).key("before").await;
        assert_eq!((again.header("idempotent-replayed"), &again.json), ("true", &made.json));
        app.bearer(&new).post("/v1/complexes", &complex_input()).key("after").await.expect(201);
        let used = app.values("SELECT DISTINCT data_key AS value FROM idempotency_keys");
        assert_eq!(used.len(), 2, "{used:?}");

        // A stolen key: its tokens are refused as soon as it is removed.
        folder.keys(&["remove", &kid(&old)]);
        until("the old key is gone", async || app.bearer(&old).get("/v1/me").await.status == 401).await;
        app.bearer(&new).get("/v1/me").await.expect(200);
        let line = folder.fails(&["keys", "remove", &kid(&new)]);
        assert!(line.contains("is active"), "{line}");

        let issued = folder.run(&[
            "token",
            "issue",
            "--role",
            "county_authority",
            "--subject",
            "x",
            "--division",
            COUNTY,
            "--set",
            &format!("public_url={}", crate::support::ISSUER),
        ]);
        let issued = String::from_utf8(issued.stdout).expect("UTF-8");
        app.bearer(issued.trim()).get("/v1/me").await.expect(200);
        app.a_system(&client_input()).await.client(&app).await.get("/v1/me").await.expect(200);
    });
}

#[test]
fn keys_are_rotated_while_the_service_runs_on_sqlite() {
    rotated_while_serving(Kind::Sqlite);
}

#[test]
fn keys_are_rotated_while_the_service_runs_on_postgres() {
    rotated_while_serving(Kind::Postgres);
}

#[test]
fn a_broken_keyring_leaves_the_keys_in_force_and_is_told() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(app) = folder.app(Kind::Sqlite) else { return };
    block_on(async {
        let token = app.token(Role::CountyAuthority, COUNTY);
        let warned =
            async || app.nobody().get("/readyz").await.expect(200)["warnings"].to_string().contains("keyring_broken");
        let good = std::fs::read(folder.path("keyring.json")).expect("read");
        std::fs::write(folder.path("keyring.json"), &good[1..]).expect("written");
        until("it is told", warned).await;
        app.bearer(&token).get("/v1/me").await.expect(200);
        app.bearer(&app.token(Role::CountyAuthority, COUNTY)).get("/v1/me").await.expect(200);
        let metrics = app.nobody().get("/metrics").await;
        assert!(String::from_utf8_lossy(&metrics.bytes).contains("xiaoqu_keyring_broken 1"));
        std::fs::write(folder.path("keyring.json"), &good).expect("written");
        until("it is mended", async || !warned().await).await;
        // Another wrapping key, without a restart.
        let new = folder.wrapping_key("new_key");
        folder.keys(&["rewrap", "--new-wrapping-key-file", &new.display().to_string()]);
        let line = folder.fails(&["keys", "list"]);
        assert!(line.contains("is not the one that the keyring"), "{line}");
        std::fs::rename(new, folder.path("wrapping_key")).expect("moved");
        folder.keys(&["rotate", "--use", "token"]);
        until("both were read again", async || kids(&app).await.len() == 2).await;
    });
}

#[test]
fn the_wrong_keyring_stops_the_start_with_one_line() {
    let folder = Folder::new();
    let missing = folder.fails(&["serve"]);
    assert!(missing.contains("cannot be read") && missing.contains("keyring.json"), "{missing}");
    folder.keys(&["init"]);
    let taken = folder.fails(&["keys", "init"]);
    assert!(taken.contains("exists already"), "{taken}");
    let Some(app) = folder.app(Kind::Sqlite) else { return };
    let url = app.db_url.clone();
    block_on(until("the store has heard of the data key", async || app.count("data_keys") == 1));

    // Another keyring, which could not decrypt the database's stored responses.
    std::fs::remove_file(folder.path("keyring.json")).expect("removed");
    folder.keys(&["init"]);
    let other = Keys::open(folder.source()).expect("a keyring");
    let database = Database::Url(url.clone());
    let config = TestApp::config(&database, &Key::ed25519("none"), Setup { keyring: Some(other), ..Setup::default() });
    let state = xiaoqu::app::build(config).expect("a state");
    let line = bootstrap::load(&state).expect_err("the wrong keyring").to_string();
    assert!(line.contains("data keys that the keyring does not have") && line.contains("data-"), "{line}");
    drop(state);
    drop(app);

    // Another wrapping key.
    folder.wrapping_key("wrapping_key");
    for command in [vec!["serve"], vec!["keys", "list"], vec!["keys", "rotate", "--use", "data"]] {
        let line = folder.fails(&command);
        assert!(line.contains("is not the one that the keyring") && line.trim().lines().count() == 1, "{line}");
    }
}
