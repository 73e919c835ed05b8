//! `private_key_jwt`: a client authenticates with a signed assertion, which can be used once.

use chrono::Utc;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::client::Response;
use crate::support::keys::Key;
use crate::support::rows::text;
use crate::support::systems::{client_input, reason};
use crate::support::{ISSUER, TestApp};

const TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

fn jwk(key: &Key) -> Value {
    let mut jwk = key.public();
    jwk["kid"] = json!(key.kid);
    for private in ["alg", "use"] {
        jwk.as_object_mut().expect("an object").remove(private);
    }
    jwk
}

/// The id of an approved client with these keys and without a secret.
async fn a_client(app: &TestApp, keys: &[&Key]) -> Value {
    let mut input = client_input();
    input["jwks"] = json!({ "keys": keys.iter().map(|key| jwk(key)).collect::<Vec<_>>() });
    let made = app.administrator().post("/v1/clients", &input).await.expect(201);
    app.approved(&made).await
}

fn header(key: &Key) -> Value {
    json!({ "alg": key.algorithm(), "typ": "JWT", "kid": key.kid })
}

fn claims(id: &str) -> Value {
    let now = Utc::now().timestamp();
    json!({
        "iss": id, "sub": id, "aud": format!("{ISSUER}/oauth/token"), "iat": now, "exp": now + 120,
        "jti": uuid::Uuid::new_v4(),
    })
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = to;
    changed
}

async fn show(app: &TestApp, assertion: &str) -> Response {
    let form = format!("grant_type=client_credentials&client_assertion_type={TYPE}&client_assertion={assertion}");
    app.nobody().post_form("/oauth/token", &form).await
}

#[track_caller]
fn refused(answer: &Response, why: &str) {
    assert_eq!((answer.status, answer.json["error"].as_str()), (401, Some("invalid_client")), "{why}: {}", answer.json);
}

on_both_databases! {
    async fn each_kind_of_key_opens_once(app: TestApp) {
        for key in [Key::ed25519("ed"), Key::p256("ec"), Key::rsa("rs")] {
            let client = a_client(&app, &[&key]).await;
            let id = text(&client["id"]);
            assert_eq!(client["jwks"]["keys"][0]["kid"], json!(key.kid));
            let assertion = key.token(&header(&key), &claims(id));
            let answer = show(&app, &assertion).await.expect(200);
            let me = app.bearer(text(&answer["access_token"])).get("/v1/me").await.expect(200);
            assert_eq!((&me["subject"], &me["machine"]), (&json!(id), &json!(true)));
            refused(&show(&app, &assertion).await, "a second time");
            show(&app, &key.token(&header(&key), &with(&claims(id), "aud", json!([ISSUER])))).await.expect(200);
        }
    }

    async fn an_assertion_is_for_us_for_now_and_by_the_client(app: TestApp) {
        let (key, stranger) = (Key::ed25519("k"), Key::ed25519("k"));
        let client = a_client(&app, &[&key]).await;
        let other = a_client(&app, &[&stranger]).await;
        let (id, now) = (text(&client["id"]), Utc::now().timestamp());
        let good = claims(id);
        for (why, changed) in [
            ("another audience", with(&good, "aud", json!("https://evil.test/oauth/token"))),
            ("no audience", with(&good, "aud", Value::Null)),
            ("expired", with(&good, "exp", json!(now - 90))),
            ("for ever", with(&good, "exp", json!(now + 86_400))),
            ("without an end", with(&good, "exp", Value::Null)),
            ("from the future", with(&good, "iat", json!(now + 300))),
            ("not yet", with(&good, "nbf", json!(now + 300))),
            ("no id of its own", with(&good, "jti", Value::Null)),
            ("an id with spaces", with(&good, "jti", json!("a "))),
            ("another subject", with(&good, "sub", other["id"].clone())),
            ("another client's", with(&with(&good, "sub", other["id"].clone()), "iss", other["id"].clone())),
            ("nobody's", with(&with(&good, "sub", json!("x")), "iss", json!("x"))),
        ] {
            refused(&show(&app, &key.token(&header(&key), &changed)).await, why);
        }
        refused(&show(&app, &stranger.token(&header(&key), &good)).await, "another's key");
        for (name, value) in [("alg", json!("none")), ("alg", json!("HS256")), ("alg", json!("ES256")), ("crit", json!(["x"])),
            ("jku", json!("https://evil.test")), ("typ", json!("at+jwt")), ("kid", json!("other"))] {
            refused(&show(&app, &key.token(&with(&header(&key), name, value.clone()), &good)).await, &format!("{name} {value}"));
        }
        for public in key.public_forms() {
            let forged = Key::hmac("k", &public).token(&with(&header(&key), "alg", json!("HS256")), &good);
            refused(&show(&app, &forged).await, "HS256 under the public key");
        }
        let twice = format!("{{\"jti\":\"x\",{}", &good.to_string()[1..]);
        refused(&show(&app, &key.sign_text(&header(&key).to_string(), &twice)).await, "a claim twice");
        for odd in ["", "a.b.c", "a.b", &"x".repeat(7000)] {
            let answer = show(&app, odd).await;
            assert!([400, 401].contains(&answer.status), "{odd}: {}", answer.json);
        }
        // After all of these, the valid assertion still works.
        show(&app, &key.token(&header(&key), &good)).await.expect(200);
    }

    async fn keys_are_changed_with_an_overlap(app: TestApp) {
        let (old, new) = (Key::ed25519("2026-1"), Key::p256("2026-2"));
        let client = a_client(&app, &[&old]).await;
        let (id, at) = (text(&client["id"]).to_owned(), format!("/v1/clients/{}", text(&client["id"])));
        let admin = app.administrator();
        let patch = async |keys: Value, version: u64| {
            admin.patch(&at, &json!({ "jwks": keys })).if_match(&format!("\"{version}\"")).await
        };
        let version = client["version"].as_u64().expect("a version");
        let both = patch(json!({ "keys": [jwk(&old), jwk(&new)] }), version).await.expect(200);
        assert_eq!(both["state"], "active", "keys need no new approval");
        for key in [&old, &new] {
            show(&app, &key.token(&header(key), &claims(&id))).await.expect(200);
        }
        patch(json!({ "keys": [jwk(&new)] }), version + 1).await.expect(200);
        refused(&show(&app, &old.token(&header(&old), &claims(&id))).await, "the old key");
        patch(Value::Null, version + 2).await.expect(200);
        refused(&show(&app, &new.token(&header(&new), &claims(&id))).await, "no key");
        let weak = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AA" }] });
        patch(weak, version + 3).await.faults(&[("/jwks/keys/0", "invalid")]);
        let private = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "c2VjcmV0" }] });
        let answer = patch(private, version + 3).await;
        assert_eq!(answer.status, 400);
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("c2VjcmV0"), "{}", answer.json);
    }

    async fn a_client_that_is_suspended_shows_its_key_in_vain(app: TestApp) {
        let key = Key::ed25519("k");
        let client = a_client(&app, &[&key]).await;
        let id = text(&client["id"]);
        app.administrator().post(&format!("/v1/clients/{id}/suspension"), &reason()).await.expect(200);
        let answer = show(&app, &key.token(&header(&key), &claims(id))).await;
        assert_eq!((answer.status, &answer.json["error"]), (400, &json!("unauthorized_client")));
    }

    async fn the_metadata_names_the_method(app: TestApp) {
        let answer = app.nobody().get("/.well-known/oauth-authorization-server").await.expect(200);
        assert!(answer["token_endpoint_auth_methods_supported"].as_array().expect("a list").contains(&json!("private_key_jwt")));
        assert_eq!(answer["token_endpoint_auth_signing_alg_values_supported"], json!(["ES256", "EdDSA", "RS256"]));
    }
}
