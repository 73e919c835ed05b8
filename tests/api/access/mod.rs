//! Authentication: every attack of RFC 8725, and the limits of trusted issuers.

mod claims;
mod headers;
mod issuers;
mod jwks;
mod limits;
mod oidc;
mod persons;
mod step_up;

use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};
use xiaoqu::access::issuer::Issuer;
use xiaoqu::access::jwks::Pace;
use xiaoqu::settings::{Settings, Sources};

use crate::support::client::Response;
use crate::support::keys::Key;
use crate::support::{AUDIENCE, Kind, Setup, TOWNSHIP, TestApp, run};

/// A trusted issuer: an office system that may issue tokens for the offices of one county and for two companies.
const PORTAL: &str = "https://portal.test";
const COMPANY: &str = "91350100M000100Y43";

/// `[[trusted_issuers]]` parsed as in the settings.
fn trusted(table: &[(&str, Value)]) -> Issuer {
    trusted_at(table, Pace { refresh: Duration::from_secs(600), retry: Duration::from_secs(30) })
}

fn trusted_at(table: &[(&str, Value)], pace: Pace) -> Issuer {
    let mut table = table.to_vec();
    if !table.iter().any(|(name, _)| ["machine", "person_claims"].contains(name)) {
        // Most tests are about persons, so here every token with a subject is a person's.
        table.push(("person_claims", json!([{ "claim": "sub" }])));
    }
    let fields: Vec<String> = table.iter().map(|(name, value)| format!("{name} = {}", toml_of(value))).collect();
    let flag = ("--set".to_owned(), "trusted_issuers".to_owned(), format!("[{{{}}}]", fields.join(", ")));
    let settings = Settings::load(&Sources { flags: vec![flag], ..Sources::default() });
    Issuer::trusted(&settings.expect("settings").access.trusted_issuers[0], pace).expect("an issuer")
}

fn toml_of(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        Value::Object(fields) => {
            let all: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {}", toml_of(value))).collect();
            format!("{{{}}}", all.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn jwks(keys: &[&Key]) -> Value {
    let all: Vec<Value> = keys
        .iter()
        .map(|key| {
            let mut jwk = key.public();
            jwk["kid"] = json!(key.kid);
            jwk
        })
        .collect();
    json!(json!({ "keys": all }).to_string())
}

fn portal(url: &str, algorithms: &[&str], keys: &[&Key]) -> Issuer {
    trusted(&[
        ("issuer", json!(url)),
        ("audience", json!(AUDIENCE)),
        ("algorithms", json!(algorithms)),
        ("jwks", jwks(keys)),
        ("allowed_roles", json!(["social_affairs_office", "county_authority", "property_company", "resident"])),
        ("allowed_divisions", json!(["640121"])),
        ("allowed_companies", json!([COMPANY])),
    ])
}

/// The claims of a valid token of the portal.
fn claims() -> Value {
    let now = Utc::now().timestamp();
    json!({
        "iss": PORTAL, "aud": AUDIENCE, "sub": "officer-1", "iat": now, "nbf": now, "exp": now + 600,
        "jti": uuid::Uuid::new_v4(), "role": "social_affairs_office", "division": TOWNSHIP,
    })
}

fn header(key: &Key) -> Value {
    json!({ "alg": key.algorithm(), "typ": "at+jwt", "kid": key.kid })
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = to;
    changed
}

fn without(value: &Value, name: &str) -> Value {
    let mut changed = value.clone();
    changed.as_object_mut().expect("an object").remove(name);
    changed
}

async fn me(app: &TestApp, token: &str) -> Response {
    app.bearer(token).get("/v1/me").await
}

async fn accepted(app: &TestApp, token: &str) -> Value {
    me(app, token).await.expect(200)
}

/// Expects 401 `invalid_token` without a reason.
async fn refused(app: &TestApp, token: &str, why: &str) {
    let answer = me(app, token).await;
    assert_eq!((answer.status, answer.code()), (401, "invalid_token"), "{why}: {}", answer.json);
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"xiaoqu\", error=\"invalid_token\"", "{why}");
    assert!(answer.json.get("detail").is_none(), "{why}: {}", answer.json);
}

/// Expects 401 `invalid_token` with the reason that the token expired. Its signature was valid.
async fn expired(app: &TestApp, token: &str) {
    let answer = me(app, token).await;
    answer.problem(401, "invalid_token");
    assert_eq!(answer.errors(), [("header/authorization", "token_expired")]);
    assert!(answer.json["detail"].as_str().is_some_and(|detail| detail.contains("过期")), "{}", answer.json);
}

/// Runs a test with an application that trusts the portal with one Ed25519 key.
fn with_portal<F: Future<Output = ()>>(test: impl FnOnce(TestApp, Key) -> F) {
    let key = Key::ed25519("portal-1");
    let setup = Setup { trusted_issuers: vec![portal(PORTAL, &["EdDSA"], &[&key])], ..Setup::default() };
    run(Kind::Sqlite, setup, |app| test(app, key));
}
