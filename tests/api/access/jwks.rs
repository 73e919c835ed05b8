//! Trusted issuers whose keys are fetched from a JWKS URL.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use xiaoqu::access::issuer::Issuer;
use xiaoqu::access::jwks::Pace;

use super::{PORTAL, accepted, claims, header, jwks, me, refused, trusted_at, with, without};
use crate::support::jwks::{JwksServer, Reply, url};
use crate::support::keys::Key;
use crate::support::{AUDIENCE, Kind, Setup, TestApp, run};

const QUICK: Pace = Pace { refresh: Duration::from_secs(1), retry: Duration::from_millis(200) };
/// One fetch at the start, and no other during a test.
const ONCE: Pace = Pace { refresh: Duration::from_secs(3600), retry: Duration::from_secs(3600) };

fn issuer(at: SocketAddr, pace: Pace) -> Issuer {
    let table = [
        ("issuer", json!(PORTAL)),
        ("audience", json!(AUDIENCE)),
        ("algorithms", json!(["EdDSA", "ES256"])),
        ("jwks_url", json!(url(at))),
        ("allowed_roles", json!(["social_affairs_office", "county_authority"])),
        ("allowed_divisions", json!(["640121"])),
    ];
    trusted_at(&table, pace)
}

fn set(keys: &[&Key]) -> String {
    jwks(keys).as_str().expect("a set").to_owned()
}

fn token(key: &Key) -> String {
    key.token(&header(key), &claims())
}

fn trusting<F: Future<Output = ()>>(at: SocketAddr, pace: Pace, test: impl FnOnce(TestApp) -> F) {
    run(Kind::Sqlite, Setup { trusted_issuers: vec![issuer(at, pace)], ..Setup::default() }, test);
}

/// Repeats a request until it has this status.
async fn until(app: &TestApp, token: &str, status: u16) {
    let began = Instant::now();
    let mut last = 0;
    while began.elapsed() < Duration::from_secs(20) {
        last = me(app, token).await.status;
        if last == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("still {last}, never {status}");
}

#[test]
fn a_rotation_is_followed_and_the_key_that_is_gone_opens_nothing() {
    let (old, new) = (Key::ed25519("2025"), Key::p256("2026"));
    let server = JwksServer::start(Reply::Set(set(&[&old])));
    trusting(server.address, QUICK, async |app: TestApp| {
        let cached = token(&old);
        accepted(&app, &cached).await;
        refused(&app, &token(&new), "a key that is not published").await;
        server.reply(Reply::Set(set(&[&old, &new])));
        until(&app, &token(&new), 200).await;
        accepted(&app, &cached).await;
        server.reply(Reply::Set(set(&[&new])));
        // This includes a token that was verified with the key before.
        until(&app, &cached, 401).await;
        accepted(&app, &token(&new)).await;
        // The issuer's limits apply whichever key signs.
        let above = with(&claims(), "role", json!("auditor"));
        refused(&app, &new.token(&header(&new), &above), "a role beyond the limit").await;
        for name in ["jku", "x5u"] {
            let head = with(&header(&new), name, json!(server.url()));
            refused(&app, &new.token(&head, &claims()), name).await;
        }
    });
}

#[test]
fn an_issuer_that_is_away_at_the_start_is_waited_for() {
    let (key, at) = (Key::ed25519("a"), JwksServer::nowhere());
    trusting(at, QUICK, async |app: TestApp| {
        let answer = me(&app, &token(&key)).await;
        answer.problem(503, "issuer_unavailable");
        assert!(!answer.header("retry-after").is_empty());
        app.social().get("/v1/me").await.expect(200);
        let _server = JwksServer::at(at, Reply::Set(set(&[&key])));
        until(&app, &token(&key), 200).await;
    });
}

#[test]
fn known_keys_outlive_the_issuer_and_whatever_it_sends() {
    let (known, other) = (Key::ed25519("known"), Key::ed25519("other"));
    let server = JwksServer::start(Reply::Set(set(&[&known])));
    let good = set(&[&known, &other]);
    trusting(server.address, QUICK, async |app: TestApp| {
        accepted(&app, &token(&known)).await;
        let long = format!("{{\"keys\":[],\"x\":\"{}\"}}", "y".repeat(64 * 1024));
        let mut private: Value = serde_json::from_str(&good).expect("a set");
        private["keys"].as_array_mut().expect("keys").retain(|key| key["kid"] == "other");
        private["keys"][0]["d"] = json!("c2VjcmV0");
        let replies = [
            Reply::Status(500, good.clone()),
            Reply::Status(204, String::new()),
            Reply::Redirect(good.clone()),
            Reply::Set("<html>maintenance</html>".into()),
            Reply::Set("{\"keys\":[]}".into()),
            Reply::Set("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"other\",\"k\":\"c2VjcmV0\"}]}".into()),
            Reply::Set(private.to_string()),
            Reply::Set(long.replace("[]", &good)),
            Reply::Flood,
        ];
        for reply in replies {
            let before = server.asked();
            server.reply(reply);
            // Two more fetches, so that the second started after the change.
            while server.asked() < before + 2 {
                let _ = me(&app, &token(&other)).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            refused(&app, &token(&other), "nothing of this is believed").await;
            accepted(&app, &token(&known)).await;
        }
        drop(server);
        for _ in 0..10 {
            accepted(&app, &token(&known)).await;
            refused(&app, &token(&other), "the issuer is gone").await;
        }
    });
}

#[test]
fn an_issuer_that_drips_holds_nobody_up() {
    let key = Key::ed25519("a");
    let server = JwksServer::start(Reply::Drip);
    trusting(server.address, QUICK, async |app: TestApp| {
        let began = Instant::now();
        let token = token(&key);
        let (slow, quick) = tokio::join!(me(&app, &token), async {
            for _ in 0..20 {
                app.social().get("/v1/me").await.expect(200);
            }
            began.elapsed()
        });
        slow.problem(503, "issuer_unavailable");
        assert!(quick < Duration::from_secs(4), "{quick:?}");
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
        server.reply(Reply::Set(set(&[&key])));
        until(&app, &token, 200).await;
    });
}

#[test]
fn a_crowd_waits_for_one_fetch() {
    let (key, stranger) = (Key::ed25519("a"), Key::ed25519("b"));
    let server = JwksServer::start(Reply::Late(Duration::from_secs(1), set(&[&key])));
    trusting(server.address, ONCE, async |app: TestApp| {
        let tokens: Vec<String> = (0..100).map(|_| token(&key)).collect();
        let statuses: Vec<u16> =
            join_all(tokens.iter().map(|one| me(&app, one))).await.iter().map(|a| a.status).collect();
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        assert_eq!(server.asked(), 1);
        // A flood of unknown keys causes no further fetch.
        let tokens: Vec<String> = (0..100).map(|_| token(&stranger)).collect();
        join_all(tokens.iter().map(|one| refused(&app, one, "unknown"))).await;
        assert_eq!(server.asked(), 1);
        let text = String::from_utf8_lossy(&app.nobody().get("/metrics").await.bytes).into_owned();
        assert!(text.contains("xiaoqu_security_events_total{kind=\"token_unknown_key\"} 100"), "{text}");
        assert!(text.contains("xiaoqu_issuer_keys_age_seconds{issuer=\"https://portal.test\"}"), "{text}");
    });
}

#[test]
fn claims_are_read_where_they_are_nested_and_said_where_they_are_not() {
    let key = Key::ed25519("a");
    let server = JwksServer::start(Reply::Set(set(&[&key])));
    let table = [
        ("issuer", json!(PORTAL)),
        ("audience", json!(AUDIENCE)),
        ("algorithms", json!(["EdDSA"])),
        ("jwks_url", json!(server.url())),
        ("allowed_roles", json!(["social_affairs_office"])),
        ("allowed_divisions", json!(["640121102"])),
        ("claim_mapping", json!({ "division": "/resource/x~1y/areas/1", "name": "/profile/name" })),
        ("fixed_claims", json!({ "role": "social_affairs_office" })),
    ];
    let setup = Setup { trusted_issuers: vec![trusted_at(&table, QUICK)], ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let mut all = without(&without(&claims(), "role"), "division");
        all["resource"] = json!({ "x/y": { "areas": ["650000", "640121102"] } });
        all["profile"] = json!({ "name": "王" });
        let seen = accepted(&app, &key.token(&header(&key), &all)).await;
        assert_eq!(
            (&seen["role"], &seen["division"], &seen["name"]),
            (&json!("social_affairs_office"), &json!("640121102"), &json!("王"))
        );
        // The token cannot override a fixed claim.
        let bold = with(&with(&all, "role", json!("county_authority")), "division", json!("640121"));
        assert_eq!(accepted(&app, &key.token(&header(&key), &bold)).await["role"], "social_affairs_office");
        all["resource"] = json!({ "x/y": { "areas": ["640121102"] } });
        refused(&app, &key.token(&header(&key), &all), "nothing at the pointer").await;
        all["resource"] = json!({ "x/y": { "areas": ["", "640121100"] } });
        refused(&app, &key.token(&header(&key), &all), "beyond the limit").await;
    });
}
