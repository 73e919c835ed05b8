use std::time::{Duration, Instant};

use serde_json::json;
use xiaoqu::access::Role;
use xiaoqu::clock::Clock;

use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::keys::Key;
use crate::support::postgres::Cluster;
use crate::support::rows::{path, text};
use crate::support::systems::{client_input, reason};
use crate::support::{
    COUNTY, Database, ISSUER, Kind, NEIGHBOUR, OTHER_TOWNSHIP, Setup, TOWNSHIP, TestApp, block_on, prepare,
};

/// The guarantee: five seconds after the response, no replica accepts the token.
const PROMISED: Duration = Duration::from_secs(5);

/// Waits until the token is refused, at most for the guaranteed time.
async fn ends(client: &Client, what: &str) {
    let began = Instant::now();
    loop {
        let answer = client.get("/v1/me").await;
        match answer.status {
            200 => assert!(began.elapsed() < PROMISED, "{what}: it is still taken"),
            503 => assert_eq!(answer.code(), "revocations_unknown", "{what}"),
            _ => {
                assert_eq!((answer.status, answer.code()), (401, "invalid_token"), "{what}");
                assert!(answer.json.get("detail").is_none(), "{what}: {}", answer.json);
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn becomes(client: &Client, status: u16) {
    let began = Instant::now();
    while client.get("/v1/me").await.status != status {
        assert!(began.elapsed() < Duration::from_secs(30), "it never becomes {status}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn revocation(kind: &str, value: &str) -> serde_json::Value {
    json!({ "kind": kind, "issuer": ISSUER, "value": value, "reason": "测试吊销" })
}

fn claim(token: &str, name: &str) -> String {
    use base64::Engine;
    let payload = token.split('.').nth(1).expect("a payload");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let claims: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    claims[name].as_str().expect("text").to_owned()
}

on_both_databases! {
    async fn a_revoked_subject_is_refused_and_nobody_else(app: TestApp) {
        let lost = app.officer(Role::SocialAffairsOffice, TOWNSHIP, "lost-card");
        let (colleague, elsewhere) = (app.social(), app.officer(Role::SocialAffairsOffice, OTHER_TOWNSHIP, "lost-card"));
        lost.get("/v1/me").await.expect(200);
        let made = app.administrator().post("/v1/token-revocations", &revocation("subject", "lost-card")).await;
        let row = made.expect(201);
        ends(&lost, "a revoked subject").await;
        let fresh = app.officer(Role::CountyAuthority, COUNTY, "lost-card");
        ends(&fresh, "another token of the subject").await;
        colleague.get("/v1/me").await.expect(200);
        elsewhere.get("/v1/me").await.expect(200);
        // Lifted, because the card was found.
        let at = path("token-revocations", &row);
        app.office(Role::SystemAdministrator, "640122").get(&at).await.problem(404, "not_found");
        app.administrator().post(&format!("{at}/withdrawal"), &reason()).await.expect(200);
        app.administrator().post(&format!("{at}/withdrawal"), &reason()).await.problem(409, "state_conflict");
        becomes(&lost, 200).await;
    }

    async fn a_revoked_token_is_refused_and_the_next_of_its_subject_is_not(app: TestApp) {
        let token = app.token_of(Role::SocialAffairsOffice, TOWNSHIP, "leaked");
        let (leaked, next) = (app.bearer(&token), app.officer(Role::SocialAffairsOffice, TOWNSHIP, "leaked"));
        let past = json!({ "expires_at": "2020-01-01T00:00:00Z" });
        let mut input = revocation("token", &claim(&token, "jti"));
        input["expires_at"] = past["expires_at"].clone();
        app.administrator().post("/v1/token-revocations", &input).await.faults(&[("/expires_at", "out_of_range")]);
        let mut nobody = revocation("subject", "leaver");
        nobody["issuer"] = json!(format!("{ISSUER}/"));
        app.administrator().post("/v1/token-revocations", &nobody).await.faults(&[("/issuer", "unknown_reference")]);
        app.administrator().post("/v1/token-revocations", &revocation("token", &claim(&token, "jti"))).await.expect(201);
        ends(&leaked, "a revoked token").await;
        next.get("/v1/me").await.expect(200);
    }

    async fn a_client_that_is_suspended_or_revoked_ends_with_its_tokens(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let other = app.a_system(&client_input()).await.client(&app).await;
        let before = system.client(&app).await;
        let admin = app.administrator();
        admin.post(&format!("{}/suspension", system.path()), &reason()).await.expect(200);
        assert_eq!(system.token(&app).await.json["error"], "unauthorized_client");
        ends(&before, "a suspended client").await;
        let resumed = admin.post(&format!("{}/resumption", system.path()), &reason()).await.expect(200);
        assert_eq!(resumed["state"], "active");
        let after = system.client(&app).await;
        after.get("/v1/me").await.expect(200);
        before.get("/v1/me").await.problem(401, "invalid_token");

        app.county().post(&format!("{}/revocation", system.path()), &reason()).await.expect(200);
        assert_eq!(system.token(&app).await.json["error"], "invalid_client");
        assert_eq!(app.count(&format!("client_secrets WHERE client_id = '{}'", system.id())), 0);
        ends(&after, "a revoked client").await;
        for step in ["suspension", "resumption", "revocation", "approval"] {
            let office = if step == "approval" { app.county() } else { app.administrator() };
            office.post(&format!("{}/{step}", system.path()), &reason()).await.problem(409, "state_conflict");
        }
        admin.post(&format!("{}/secret", system.path()), &json!({ "overlap_hours": 0 })).await.problem(409, "state_conflict");
        other.get("/v1/me").await.expect(200);
    }

    async fn tokens_for_what_was_approved_before_end_with_it(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let before = system.client(&app).await;
        let etag = app.administrator().get(&system.path()).await.etag();
        let moved = json!({ "division": NEIGHBOUR });
        app.administrator().patch(&system.path(), &moved).if_match(&etag).await.expect(200);
        app.approved(&system.row).await;
        let after = system.client(&app).await;
        after.get("/v1/me").await.expect(200);
        ends(&before, "a token for the township before").await;
        after.get("/v1/me").await.expect(200);
    }
}

#[test]
fn a_revocation_on_one_replica_holds_on_the_other_and_after_a_restart() {
    let Some(database) = Database::fresh(Kind::Postgres) else { return };
    // A sandbox makes ids from its own counter, so replicas use real time.
    let setup = || Setup { clock: Clock::real(chrono_tz::Asia::Shanghai), ..Setup::default() };
    let (url, key) = (database.url(), Key::ed25519("local"));
    let second = TestApp::on(Database::Url(url), key.clone(), setup());
    let first = TestApp::on(database, key, setup());
    block_on(async {
        let system = first.a_system(&client_input()).await;
        let token = text(&system.token(&second).await.expect(200)["access_token"]).to_owned();
        let officer = second.officer(Role::SocialAffairsOffice, TOWNSHIP, "leaver");
        for app in [&first, &second] {
            app.bearer(&token).get("/v1/me").await.expect(200);
        }
        officer.get("/v1/me").await.expect(200);
        first.administrator().post(&format!("{}/suspension", system.path()), &reason()).await.expect(200);
        ends(&second.bearer(&token), "a client suspended on the other replica").await;
        first.administrator().post("/v1/token-revocations", &revocation("subject", "leaver")).await.expect(201);
        ends(&officer, "a subject revoked on the other replica").await;
        // From the first response on.
        let second = second.restart(setup());
        second.bearer(&token).get("/v1/me").await.problem(401, "invalid_token");
        second.officer(Role::SocialAffairsOffice, TOWNSHIP, "leaver").get("/v1/me").await.problem(401, "invalid_token");
        second.social().get("/v1/me").await.expect(200);
    });
}

#[test]
fn a_replica_that_does_not_know_what_is_revoked_takes_no_token() {
    let Some(cluster) = Cluster::private() else { return };
    let url = format!("{}?connect_timeout=5", cluster.url(&cluster.create_database(prepare)));
    let setup = Setup { database: |options| options.pool_wait = Duration::from_secs(1), ..Setup::default() };
    let app = TestApp::on(Database::Url(url), Key::ed25519("local"), setup);
    block_on(async {
        let social = app.social();
        // This request does not read the database.
        social.get("/v1/me").await.expect(200);
        std::thread::scope(|scope| scope.spawn(|| cluster.stop()).join().expect("stopped"));
        let stopped = Instant::now();
        while social.get("/v1/me").await.status == 200 {
            assert!(stopped.elapsed() < PROMISED, "it believes what it knew");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answer = social.get("/v1/me").await;
        answer.problem(503, "revocations_unknown");
        assert_eq!(answer.header("retry-after"), "2");
        app.nobody().get("/livez").await.expect(200);
        app.nobody().get("/.well-known/jwks.json").await.expect(200);
        app.nobody().get("/readyz").await.problem(503, "database_unavailable");
        std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
        becomes(&social, 200).await;
    });
}
